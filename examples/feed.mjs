// Reads Coinbase's feed with Node's own WebSocket, and comes back whenever it is dropped.
// Node 22, or Node 20 with --experimental-websocket:
//
//   downtick run streaming/market-feed-close -- node examples/feed.mjs {market_ws_url}

const [url] = process.argv.slice(2);
const FIRST_PAUSE = 100; // milliseconds; doubled each time that nobody opens
const LONGEST_PAUSE = 5000;

let pause = FIRST_PAUSE;

function connect() {
  const socket = new WebSocket(url);
  socket.onopen = () => {
    for (const channel of ["ticker", "heartbeats"]) {
      socket.send(JSON.stringify({ type: "subscribe", channel, product_ids: ["BTC-USD"] }));
    }
  };
  socket.onmessage = ({ data }) => {
    pause = FIRST_PAUSE;
    const { channel, events } = JSON.parse(data);
    if (channel === "ticker") console.log(events[0].tickers[0].price);
  };
  socket.onerror = () => {}; // a close follows
  socket.onclose = () => {
    setTimeout(connect, pause * (0.5 + Math.random()));
    pause = Math.min(2 * pause, LONGEST_PAUSE);
  };
}

process.on("SIGTERM", () => process.exit(0));
connect();
