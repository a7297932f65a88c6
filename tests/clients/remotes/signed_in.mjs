// The official SDK's example server with its sign-in: `signed_in.mjs STAGEPASS`.
//
// Stagepass finds the authorization server, registers itself, and a person links to it with `Auth`. The
// example takes no token that was issued for another server.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";

import { compare, connected, freePort, installed, start, startStagepass, told } from "./both_ways.mjs";
import { auth } from "@modelcontextprotocol/sdk/client/auth.js";

const browser = fileURLToPath(new URL("../browser.py", import.meta.url));

/** What the SDK's own client keeps while it signs in. Nobody has to press a button at the example. */
function direct() {
  const kept = {};
  return {
    kept,
    redirectUrl: "http://127.0.0.1:9/callback",
    clientMetadata: { client_name: "direct", redirect_uris: ["http://127.0.0.1:9/callback"] },
    clientInformation: () => kept.client,
    saveClientInformation: (client) => void (kept.client = client),
    tokens: () => kept.tokens,
    saveTokens: (tokens) => void (kept.tokens = tokens),
    codeVerifier: () => kept.verifier,
    saveCodeVerifier: (verifier) => void (kept.verifier = verifier),
    redirectToAuthorization: async (url) => {
      const { headers } = await fetch(url, { redirect: "manual" });
      kept.code = new URL(headers.get("location")).searchParams.get("code");
    },
  };
}

async function call(client, name, args) {
  const { isError, structuredContent } = await client.callTool({ name, arguments: args });
  return { isError, ...structuredContent };
}

/** How the person's account at the example stands. */
async function state(client) {
  const { providers } = await call(client, "Auth", { action: "status" });
  return providers.find(({ provider }) => provider === "example").state;
}

/** Links by the page, as a person does. */
async function link(client) {
  assert.equal(await state(client), "not_connected");
  const { url } = await call(client, "Auth", { action: "get_url", provider: "example" });
  const page = execFileSync("python3", [browser, url], { encoding: "utf8", timeout: 120_000 });
  assert.match(page, /connected/);
  assert.equal(await state(client), "connected");
}

await told(async () => {
  const [port, authPort] = [await freePort(), await freePort()];
  const url = `http://localhost:${port}/mcp`;
  const server = installed("@modelcontextprotocol/sdk/dist/esm/examples/server/simpleStreamableHttp.js");
  const ports = { MCP_PORT: `${port}`, MCP_AUTH_PORT: `${authPort}` };
  await start(process.execPath, [server, "--oauth", "--oauth-strict"], ports, url);
  const stagepass = await startStagepass("example", { url, auth: "mcp" });

  const authProvider = direct();
  assert.equal(await auth(authProvider, { serverUrl: url }), "REDIRECT");
  assert.equal(await auth(authProvider, { serverUrl: url, authorizationCode: authProvider.kept.code }), "AUTHORIZED");
  const themselves = await connected(url, { authProvider });

  const before = await connected(`${stagepass}/mcp`);
  await link(before);
  const through = await connected(`${stagepass}/mcp`);
  await compare("example", themselves, through);

  const { deleted } = await call(through, "Auth", { action: "revoke", provider: "example" });
  assert.equal(deleted, true);
  const refused = await call(through, "example_greet", { name: "nobody" });
  assert.deepEqual([refused.isError, refused.code], [true, "not_connected"]);
});
