// The official TypeScript SDKs: `client.mjs ENDPOINT`. Version 2 once per era of the protocol, and
// version 1, which most clients in the field are built on.
//
// Both check answers against the tool's output schema, version 1 also those of failed calls.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";

import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { Client as ClientV1 } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport as TransportV1 } from "@modelcontextprotocol/sdk/client/streamableHttp.js";

const browser = fileURLToPath(new URL("../browser.py", import.meta.url));
const endpoint = new URL(process.argv[2]);
const me = { name: "stagepass-tests", version: "1" };

/** Connects Spotify through the chat, uses it, and disconnects it again. */
async function tell(client) {
  const { tools } = await client.listTools();
  described(tools);
  assert.equal(await state(client), "not_connected");

  const link = await success(client, "Auth", { action: "get_url" });
  assert.ok(link.url.startsWith(`${endpoint.origin}/connect/`), link.url);
  const page = execFileSync("python3", [browser, link.url], { encoding: "utf8", timeout: 120_000 });
  assert.match(page, /connected/);

  assert.equal(await state(client), "connected");
  const found = await success(client, "spotify_search", { query: "harbour" });
  assert.ok(Object.values(found.results).some((rows) => rows.length > 0), "the search finds something");

  const revoked = await success(client, "Auth", { action: "revoke" });
  assert.equal(revoked.deleted, true);
  assert.equal(await state(client), "not_connected");
  const error = await failure(client, "spotify_search", { query: "harbour" });
  assert.equal(error.code, "not_connected");
  assert.ok(error.message && error.next_step, "the error says what to do");
}

/** The tools are there, and each says of itself what clients show to people. */
function described(tools) {
  const names = tools.map((tool) => tool.name);
  for (const name of ["Auth", "spotify_search"]) {
    assert.ok(names.includes(name), `${name} is not among ${names}`);
  }
  for (const tool of tools) {
    for (const field of ["title", "description", "annotations", "inputSchema", "outputSchema"]) {
      assert.ok(tool[field], `${tool.name} has no ${field}`);
    }
  }
}

/** How Spotify stands. A connected account has a name. */
async function state(client) {
  const { providers } = await success(client, "Auth", { action: "status" });
  const spotify = providers.find((row) => row.provider === "spotify");
  if (spotify.state === "connected") {
    assert.ok(spotify.account.name, "the account has a name");
  }
  return spotify.state;
}

async function success(client, name, args) {
  const result = await client.callTool({ name, arguments: args });
  assert.ok(!result.isError, JSON.stringify(result));
  return result.structuredContent;
}

async function failure(client, name, args) {
  const result = await client.callTool({ name, arguments: args });
  assert.equal(result.isError, true, JSON.stringify(result));
  return result.structuredContent;
}

/** Version 2, with the era it shall negotiate and the version that must come out. */
async function current(mode, version) {
  const client = new Client(me, { versionNegotiation: { mode } });
  await client.connect(new StreamableHTTPClientTransport(endpoint));
  assert.equal(client.getNegotiatedProtocolVersion(), version);
  await tell(client);
  await client.close();
  console.log(`TypeScript SDK 2, ${version}: well`);
}

async function predecessor() {
  const client = new ClientV1(me);
  await client.connect(new TransportV1(endpoint));
  await tell(client);
  await client.close();
  console.log("TypeScript SDK 1: well");
}

await current("auto", "2026-07-28");
await current("legacy", "2025-11-25");
await predecessor();
