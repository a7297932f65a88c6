// One of the official TypeScript SDKs where people sign in, told what to do line by line:
// `signed_in.mjs VERSION MODE ENDPOINT [DOCUMENT]`. Each line that comes in has a command's name and
// its arguments, each that goes out a result or an error.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const [version, mode, endpoint, document] = process.argv.slice(2);
const browser = fileURLToPath(new URL("../browser.py", import.meta.url));

/** Version 2, and version 1, which most clients in the field are built on. */
const versions = {
  2: async () => import("@modelcontextprotocol/client"),
  1: async () => ({
    ...(await import("@modelcontextprotocol/sdk/client/index.js")),
    ...(await import("@modelcontextprotocol/sdk/client/streamableHttp.js")),
    ...(await import("@modelcontextprotocol/sdk/client/auth.js")),
  }),
};

/** Where the browser comes back to. */
class Callback {
  #server = createServer((request, response) => {
    this.answer = new URL(request.url, this.url).searchParams;
    response.end("You may close this window.");
  });

  async listen() {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    this.url = `http://127.0.0.1:${this.#server.address().port}/callback`;
    this.#server.unref();
  }
}

/** What the SDK keeps, in memory, and how it reaches the person. */
class Provider {
  kept = {};
  clientMetadataUrl = document;

  constructor(callback) {
    this.callback = callback;
    this.redirectUrl = callback.url;
    this.clientMetadata = { client_name: `TypeScript SDK ${version}`, redirect_uris: [callback.url] };
  }

  state = () => (this.kept.state = randomUUID());
  clientInformation = () => this.kept.client;
  saveClientInformation = (client) => (this.kept.client = client);
  tokens = () => this.kept.tokens;
  saveTokens = (tokens) => (this.kept.tokens = tokens);
  codeVerifier = () => this.kept.verifier;
  saveCodeVerifier = (verifier) => (this.kept.verifier = verifier);
  discoveryState = () => this.kept.discovery;
  saveDiscoveryState = (discovery) => (this.kept.discovery = discovery);
  invalidateCredentials = (scope) => delete this.kept[scope];

  async redirectToAuthorization(url) {
    await promisify(execFile)("python3", [browser, url.href], { timeout: 120_000 });
    assert.equal(this.callback.answer.get("state"), this.kept.state);
  }
}

// They say so when they discard a token that was revoked; the story expects that.
console.warn = () => {};
const sdk = await versions[version]();
const callback = new Callback();
await callback.listen();
const provider = new Provider(callback);
const client = new sdk.Client({ name: "stagepass-tests", version: "1" }, { versionNegotiation: { mode } });
let transport;

async function connect() {
  transport = new sdk.StreamableHTTPClientTransport(new URL(endpoint), { authProvider: provider });
  await client.connect(transport);
}

/** Does it, and once more after the person has signed in, if that was what was missing. */
async function signedIn(what) {
  try {
    return await what();
  } catch (error) {
    if (!(error instanceof sdk.UnauthorizedError)) throw error;
    // Version 2 looks at everything that came back, version 1 at the code.
    const answer = provider.callback.answer;
    await transport.finishAuth(version === "1" ? answer.get("code") : answer);
    return await what();
  }
}

const commands = {
  connect: async () => {
    await signedIn(connect);
    return client.getNegotiatedProtocolVersion?.() ?? transport.protocolVersion;
  },
  listTools: () => signedIn(() => client.listTools()),
  callTool: (call) => signedIn(() => client.callTool(call)),
  stored: () => ({ ...provider.kept.client, ...provider.kept.tokens }),
};

for await (const line of createInterface({ input: process.stdin })) {
  const [name, argument] = JSON.parse(line);
  let said;
  try {
    said = { result: await commands[name](argument) };
  } catch (error) {
    said = { error: String(error.stack) };
  }
  console.log(JSON.stringify(said));
}
await client.close();
