// Adds a bearer token to what the suite sends: `proxy.mjs SERVER`.
//
// Starts the server under test as one that wants a token, at the proxy's own URL, gets one from it,
// and then lets everything through, streams included.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer, request } from "node:http";
import { createInterface } from "node:readline";

const proxy = createServer();
proxy.listen(0, "127.0.0.1");
await once(proxy, "listening");
const publicUrl = `http://127.0.0.1:${proxy.address().port}`;

const server = spawn(process.argv[2], ["--port", "0", "--public-url", publicUrl], {
  stdio: ["ignore", "pipe", "inherit"],
});
process.on("SIGTERM", () => process.exit());
process.on("exit", () => server.kill());
server.on("exit", () => process.exit(1));

/** What the server says of itself when it starts: its client, and its URL. */
const said = {};
for await (const line of createInterface({ input: server.stdout })) {
  const [, what, rest] = /^(client|listening on) (.*)$/.exec(line);
  said[what] = rest;
  if (said["listening on"]) break;
}
const { hostname, port } = new URL(said["listening on"]);

let authorization;
proxy.on("request", (asked, answer) => {
  const headers = { ...asked.headers, ...(authorization && { authorization }) };
  const onward = request({ hostname, port, method: asked.method, path: asked.url, headers });
  onward.on("response", (response) => {
    answer.writeHead(response.statusCode, response.headers);
    answer.flushHeaders();
    response.pipe(answer);
  });
  onward.on("error", () => answer.destroy());
  answer.on("close", () => onward.destroy());
  asked.pipe(onward);
});

const refused = await fetch(`${publicUrl}/mcp`, { method: "POST", body: "{}" });
assert.equal(refused.status, 401, "a token is asked for");
const metadata = await fetch(`${publicUrl}/.well-known/oauth-authorization-server`);
const { token_endpoint } = await metadata.json();
const given = await fetch(token_endpoint, {
  method: "POST",
  headers: { authorization: `Basic ${btoa(said.client.replace(" ", ":"))}` },
  body: new URLSearchParams({ grant_type: "client_credentials", resource: `${publicUrl}/mcp` }),
});
assert.equal(given.status, 200, "a token is given");
authorization = `Bearer ${(await given.json()).access_token}`;
console.log(`listening on ${publicUrl}/mcp`);
