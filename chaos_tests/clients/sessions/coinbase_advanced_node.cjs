// A session of coinbase-advanced-node. It signs with keys of a kind that Coinbase has given up, and cannot edit.
"use strict";

const { Coinbase, WebSocketChannelName, WebSocketEvent } = require("coinbase-advanced-node");
const { randomUUID } = require("node:crypto");
const { tell, wait, run } = require("./talk.cjs");

const PRODUCT = "BTC-USD";
const environ = process.env;
const origin = new URL(environ.DOWNTICK_REST_TLS_URL).origin;
const address = {
  advTradeHttpUrl: `${origin}/api/v3`,
  siwcHttpUrl: `${origin}/v2`,
  apiKey: "anything",
  apiSecret: "anything",
};

function watch(wsUrl) {
  const client = new Coinbase({ ...address, wsUrl });
  const seen = { frames: {}, orders: {}, errors: [] };
  client.ws.on(WebSocketEvent.ON_MESSAGE, (message) => {
    seen.frames[message.channel] = (seen.frames[message.channel] ?? 0) + 1;
  });
  client.ws.on(WebSocketEvent.ON_USER_UPDATE, (message) => {
    for (const event of message.events)
      for (const order of event.orders ?? []) (seen.orders[order.order_id] ??= []).push(order.status);
  });
  client.ws.on(WebSocketEvent.ON_MESSAGE_ERROR, (error) => seen.errors.push(error));
  client.ws.on(WebSocketEvent.ON_ERROR, (error) => seen.errors.push(error.message));
  const opened = new Promise((resolve) => client.ws.on(WebSocketEvent.ON_OPEN, resolve));
  client.ws.connect({ debug: false });
  const until = (channels) =>
    wait(() => channels.every((channel) => seen.frames[channel]), () => `${channels} in ${JSON.stringify(seen)}`);
  return { client, seen, opened, until };
}

async function markets() {
  const { client, seen, opened, until } = watch(environ.DOWNTICK_MARKET_WSS_URL);
  await opened;
  const names = Object.values(WebSocketChannelName).filter((name) => name !== WebSocketChannelName.USER);
  const channels = names.map((channel) => ({ channel, product_ids: [PRODUCT] }));
  await client.ws.subscribe(channels);
  await until(["subscriptions", ...names]);
  await client.ws.unsubscribe(channels);
  client.ws.disconnect();
  tell("market feed", { channels: names, frames: seen.frames, errors: seen.errors });
}

async function look({ rest }) {
  tell("time", { epoch: (await rest.time.getTime()).epoch });
  tell("user", { id: (await rest.user.fetchUserInfo()).id });
  const accounts = (await rest.account.listAccounts()).data;
  tell("accounts", { currencies: accounts.map((account) => account.currency) });
  const trades = await rest.product.getTrades(PRODUCT);
  const book = await rest.product.getProductBook(PRODUCT, 5);
  const best = await rest.product.getBestAsksAndBids([PRODUCT]);
  const products = await rest.product.getProducts();
  tell("books", { trades: trades.data.length, bids: book.bids.length, best: best.length, products: products.length });
  tell("fees", { maker: (await rest.fee.getCurrentFees()).fee_tier.maker_fee_rate });
}

async function trade({ rest }, user) {
  const price = Number((await rest.product.getProduct(PRODUCT)).price);
  const name = randomUUID();
  const placed = await rest.order.placeOrder({
    client_order_id: name,
    product_id: PRODUCT,
    side: "BUY",
    order_configuration: { limit_limit_gtc: { base_size: "0.01", limit_price: (price / 2).toFixed(2), post_only: false } },
  });
  const number = placed.success_response.order_id;
  tell("placed", { order_id: number, client_order_id: name, status: (await rest.order.getOrder(number)).status });
  const open = await rest.order.getOrders({ order_status: "OPEN", product_id: PRODUCT });
  tell("open orders", { order_ids: open.data.map((order) => order.order_id) });
  const cancelled = await rest.order.cancelOrder(number);
  if (!cancelled.success) throw new Error(JSON.stringify(cancelled));
  tell("cancelled", { order_id: number, status: (await rest.order.getOrder(number)).status });

  const bought = await rest.order.placeOrder({
    client_order_id: randomUUID(),
    product_id: PRODUCT,
    side: "BUY",
    order_configuration: { market_market_ioc: { quote_size: "100" } },
  });
  const filled = bought.success_response.order_id;
  const fills = (await rest.fill.getFillsByOrderId(filled, {})).data;
  tell("filled", {
    order_id: filled,
    status: (await rest.order.getOrder(filled)).status,
    fills: fills.map((fill) => [fill.trade_id, fill.size, fill.price, fill.commission]),
  });
  const told = (id, status) =>
    wait(() => user.seen.orders[id]?.includes(status), () => `${id} ${status} in ${JSON.stringify(user.seen)}`);
  await told(number, "CANCELLED");
  await told(filled, "FILLED");
}

run(async () => {
  await markets();
  const user = watch(environ.DOWNTICK_USER_WSS_URL);
  await user.opened;
  const channels = [{ channel: WebSocketChannelName.USER, product_ids: [PRODUCT] }, { channel: WebSocketChannelName.HEARTBEAT }];
  await user.client.ws.subscribe(channels);
  await user.until(["user", "heartbeats"]);
  await look(user.client);
  await trade(user.client, user);
  user.client.ws.disconnect();
  tell("user feed", user.seen);
  tell("closed");
});
