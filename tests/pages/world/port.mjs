// Ports of this machine alone.

import { createServer } from "node:http";

/** Has `server` listen on a port that was free, and says where. */
export async function listening(server) {
  await new Promise((listens) => server.listen(0, "127.0.0.1", listens));
  return `http://127.0.0.1:${server.address().port}`;
}

/** An origin where nobody listens yet. */
export async function freeOrigin() {
  const server = createServer();
  const origin = await listening(server);
  await new Promise((closed) => server.close(closed));
  return origin;
}
