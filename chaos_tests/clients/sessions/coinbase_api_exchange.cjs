// A session of coinbase-api on Coinbase Exchange: key, secret and passphrase, and one door for all channels.
"use strict";

const { CBExchangeClient, WebsocketClient, WS_KEY_MAP } = require("coinbase-api");
const { randomUUID } = require("node:crypto");
const { tell, wait, run } = require("./talk.cjs");

const PRODUCT = "BTC-USD";
const PUBLIC = { ticker: "ticker", ticker_batch: "ticker", matches: "last_match", level2_batch: "snapshot", heartbeat: "heartbeat" };
const SIGNED = { level2: "snapshot", full: "open", user: "subscriptions", heartbeat: "heartbeat" };
const environ = process.env;
const keys = {
  apiKey: environ.DOWNTICK_EXCHANGE_API_KEY,
  apiSecret: environ.DOWNTICK_EXCHANGE_API_SECRET,
  apiPassphrase: environ.DOWNTICK_EXCHANGE_API_PASSPHRASE,
};

async function watch(wsKey, channels, others = []) {
  const seen = { types: {}, orders: {}, errors: [] };
  const logger = { trace() {}, info() {}, error: (...words) => seen.errors.push(words) };
  const client = new WebsocketClient({ ...keys, wsUrl: environ.DOWNTICK_MARKET_WSS_URL }, logger);
  const take = (message) => {
    seen.types[message.type] = (seen.types[message.type] ?? 0) + 1;
    const number = message.order_id ?? message.taker_order_id;
    if (message.user_id) (seen.orders[number] ??= []).push(message.reason ?? message.type);
  };
  client.on("update", take);
  client.on("response", take);
  client.on("exception", (error) => seen.errors.push(error));
  const topics = Object.keys(channels).map((topic) => ({ topic, payload: { product_ids: [PRODUCT] } }));
  client.subscribe([...others, ...topics], wsKey);
  const types = ["subscriptions", ...Object.values(channels), ...others];
  await wait(() => types.every((type) => seen.types[type]), () => `${types} in ${JSON.stringify(seen)}`);
  return { client, seen, topics };
}

async function look(client) {
  tell("accounts", { currencies: (await client.getAccounts()).map((account) => account.currency) });
  const book = await client.getProductBook({ product_id: PRODUCT, level: 2 });
  const trades = await client.getProductTrades({ product_id: PRODUCT, limit: 10 });
  const candles = await client.getProductCandles({ product_id: PRODUCT, granularity: "300" });
  const products = await client.getAllTradingPairs();
  tell("books", { bids: book.bids.length, trades: trades.length, candles: candles.length, products: products.length });
  tell("fees", { maker: (await client.getFees()).maker_fee_rate });
}

async function trade(client, { seen }) {
  const price = Number((await client.getProductTicker({ product_id: PRODUCT })).price);
  const order = { type: "limit", side: "buy", product_id: PRODUCT, size: "0.01", price: (price / 2).toFixed(2) };
  // Its own method prefixes the client's id, which is no UUID then: Coinbase refuses that.
  const refused = await client.submitOrder({ ...order, client_oid: client.generateNewOrderId() }).catch((error) => error);
  tell("refused", { error: refused.body?.message });
  const place = (more) => client.postPrivate("/orders", { body: { ...order, client_oid: randomUUID(), ...more } });
  const placed = await place({});
  const found = await client.getOrder({ order_id: placed.id });
  tell("placed", { order_id: placed.id, client_order_id: found.client_oid, status: found.status });
  const open = await client.getOrders({ product_id: PRODUCT, limit: 10, sortedBy: "created_at", sorting: "desc", status: ["open"] });
  tell("open orders", { order_ids: open.map((one) => one.id) });
  const cancelled = await client.cancelOrder({ order_id: placed.id });
  if (cancelled !== placed.id) throw new Error(JSON.stringify(cancelled));
  tell("cancelled", { order_id: placed.id, status: "canceled" });

  const filled = (await place({ type: "market", price: undefined, size: undefined, funds: "100" })).id;
  const fills = await client.getFills({ order_id: filled });
  tell("filled", {
    order_id: filled,
    status: (await client.getOrder({ order_id: filled })).status,
    fills: fills.map((fill) => [fill.trade_id, fill.size, fill.price, fill.fee]),
  });
  const told = (id, reason) =>
    wait(() => seen.orders[id]?.includes(reason), () => `${id} ${reason} in ${JSON.stringify(seen)}`);
  await told(placed.id, "canceled");
  await told(filled, "filled");
}

run(async () => {
  const client = new CBExchangeClient({ ...keys, baseUrl: new URL(environ.DOWNTICK_REST_TLS_URL).origin });
  const market = await watch(WS_KEY_MAP.exchangeMarketData, PUBLIC, ["status"]);
  market.client.unsubscribe(market.topics, WS_KEY_MAP.exchangeMarketData);
  market.client.closeAll();
  tell("market feed", market.seen);
  // All at once: on a signed connection this client sends no later subscription.
  const signed = await watch(WS_KEY_MAP.exchangeDirectMarketData, SIGNED);
  await look(client);
  await trade(client, signed);
  signed.client.closeAll();
  tell("user feed", signed.seen);
  tell("closed");
});
