// What a session tells the test that started it: one JSON object a line, on standard output.
"use strict";

const WITHIN = 20_000; // milliseconds that a session waits for anything before it gives up

function tell(what, particulars = {}) {
  process.stdout.write(JSON.stringify({ what, ...particulars }) + "\n");
}

// Waits until a condition holds that an event brings about.
async function wait(condition, what) {
  const end = Date.now() + WITHIN;
  while (!condition()) {
    if (Date.now() > end) throw new Error(`not within ${WITHIN} ms: ${what()}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

// Runs a session; whatever goes wrong ends the process with an error, whoever still holds a socket.
function run(session) {
  session().then(
    () => process.exit(0),
    (error) => {
      console.error(error);
      process.exit(1);
    },
  );
}

module.exports = { tell, wait, run };
