// A session of coinbase-api on Advanced Trade. The argument says which key signs: ES256 or ED25519.
"use strict";

const { CBAdvancedTradeClient, WebsocketClient, WS_KEY_MAP } = require("coinbase-api");
const { tell, wait, run } = require("./talk.cjs");

const PRODUCT = "BTC-USD";
const MARKET_CHANNELS = ["candles", "market_trades", "status", "ticker", "ticker_batch", "level2"];
const USER_CHANNELS = ["user", "futures_balance_summary"];
const environ = process.env;
const prefix = process.argv[2] === "ED25519" ? "DOWNTICK_ED25519_" : "DOWNTICK_";
const keys = { apiKey: environ[`${prefix}API_KEY`], apiSecret: environ[`${prefix}API_SECRET`] };

function feed(wsUrl) {
  const seen = { frames: {}, orders: {}, errors: [] };
  const logger = { trace() {}, info() {}, error: (...words) => seen.errors.push(words) };
  const client = new WebsocketClient({ ...keys, wsUrl }, logger);
  const take = (message) => {
    seen.frames[message.channel] = (seen.frames[message.channel] ?? 0) + 1;
    for (const event of message.channel === "user" ? message.events : [])
      for (const order of event.orders ?? []) (seen.orders[order.order_id] ??= []).push(order.status);
  };
  client.on("update", take);
  client.on("response", take);
  client.on("exception", (error) => seen.errors.push(error));
  const has = (channels) => channels.every((channel) => seen.frames[channel]);
  const until = (channels) => wait(() => has(channels), () => `${channels} in ${JSON.stringify(seen)}`);
  return { client, seen, until };
}

async function markets() {
  const { client, seen, until } = feed(environ.DOWNTICK_MARKET_WSS_URL);
  const topics = MARKET_CHANNELS.map((topic) => ({ topic, payload: { product_ids: [PRODUCT] } }));
  client.subscribe(["heartbeats", ...topics], WS_KEY_MAP.advTradeMarketData);
  const frames = MARKET_CHANNELS.map((name) => (name === "level2" ? "l2_data" : name));
  await until(["heartbeats", "subscriptions", ...frames]);
  client.unsubscribe(topics, WS_KEY_MAP.advTradeMarketData);
  client.closeAll();
  tell("market feed", { frames: seen.frames, errors: seen.errors });
}

async function look(client) {
  tell("time", { iso: (await client.getServerTime()).iso });
  const { accounts } = await client.getAccounts({ limit: 250 });
  tell("accounts", { currencies: accounts.map((account) => account.currency) });
  const book = (await client.getProductBook({ product_id: PRODUCT, limit: 5 })).pricebook;
  const best = (await client.getBestBidAsk({ product_ids: [PRODUCT, "ETH-USD"] })).pricebooks;
  const products = (await client.getPublicProducts({ limit: 10 })).products;
  tell("books", { bids: book.bids.length, best: best.map((one) => one.product_id), products: products.length });
  tell("permissions", { trade: (await client.getApiKeyPermissions()).can_trade });
  tell("fees", { maker: (await client.getTransactionSummary()).fee_tier.maker_fee_rate });
}

async function trade(client, user) {
  const price = Number((await client.getProduct({ product_id: PRODUCT })).price);
  const lookup = async (order_id) => (await client.getOrder({ order_id })).order;
  const name = client.generateNewOrderId();
  const ticket = { base_size: "0.01", limit_price: (price / 2).toFixed(2) };
  const placed = await client.submitOrder({
    client_order_id: name,
    product_id: PRODUCT,
    side: "BUY",
    order_configuration: { limit_limit_gtc: { ...ticket, post_only: false } },
  });
  const number = placed.success_response.order_id;
  tell("placed", { order_id: number, client_order_id: name, status: (await lookup(number)).status });
  const [size, priceNow] = ["0.02", (price / 2 - 1).toFixed(2)];
  const preview = await client.updateOrderPreview({ order_id: number, size, price: priceNow });
  const edited = await client.updateOrder({ order_id: number, size, price: priceNow });
  if (!edited.success || preview.errors?.length) throw new Error(JSON.stringify([preview, edited]));
  const { base_size, limit_price } = (await lookup(number)).order_configuration.limit_limit_gtc;
  tell("edited", { order_id: number, asked: [size, priceNow], found: [base_size, limit_price] });
  const open = await client.getOrders({ order_status: ["OPEN"], product_ids: [PRODUCT, "ETH-USD"] });
  tell("open orders", { order_ids: open.orders.map((order) => order.order_id) });
  const [cancelled] = (await client.cancelOrders({ order_ids: [number] })).results;
  if (!cancelled.success) throw new Error(JSON.stringify(cancelled));
  tell("cancelled", { order_id: number, status: (await lookup(number)).status });

  const bought = await client.submitOrder({
    client_order_id: client.generateNewOrderId(),
    product_id: PRODUCT,
    side: "BUY",
    order_configuration: { market_market_ioc: { quote_size: "100" } },
  });
  const filled = bought.success_response.order_id;
  const { fills } = await client.getFills({ order_ids: [filled] });
  tell("filled", {
    order_id: filled,
    status: (await lookup(filled)).status,
    fills: fills.map((fill) => [fill.trade_id, fill.size, fill.price, fill.commission]),
  });
  const told = (id, status) =>
    wait(() => user.seen.orders[id]?.includes(status), () => `${id} ${status} in ${JSON.stringify(user.seen)}`);
  await told(number, "CANCELLED");
  await told(filled, "FILLED");
}

run(async () => {
  const baseUrl = new URL(environ.DOWNTICK_REST_TLS_URL).origin;
  const client = new CBAdvancedTradeClient({ ...keys, baseUrl });
  await markets();
  const user = feed(environ.DOWNTICK_USER_WSS_URL);
  user.client.subscribe(["heartbeats", ...USER_CHANNELS], WS_KEY_MAP.advTradeUserData);
  await user.until(["heartbeats", ...USER_CHANNELS]);
  await look(client);
  await trade(client, user);
  user.client.closeAll();
  tell("user feed", user.seen);
  tell("closed");
});
