// An app on this computer, as editors and assistants are: it was told nothing but a URL.

import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { createServer } from "node:http";

import { listening } from "./port.mjs";

export class App {
  #server = createServer((request, response) => this.#serve(request, response));
  #about;
  #clientId;
  #verifier;
  #state;
  #arrived;
  #arrive;

  /** Adds the server at `endpoint` to an app of this name. */
  static async add(endpoint, name = "Example App", redirectUri = undefined) {
    const app = new App();
    app.endpoint = endpoint;
    app.redirectUri = redirectUri ?? `${await listening(app.#server)}/callback`;
    await app.#discover();
    await app.#register(name);
    return app;
  }

  /** Where it opens the browser. */
  authorizeUrl(changes = {}) {
    this.#verifier = random();
    this.#state = random();
    this.#arrived = new Promise((arrive) => (this.#arrive = arrive));
    const url = new URL(this.#about.authorization_endpoint);
    const asked = {
      response_type: "code",
      client_id: this.#clientId,
      redirect_uri: this.redirectUri,
      code_challenge: createHash("sha256").update(this.#verifier).digest("base64url"),
      code_challenge_method: "S256",
      state: this.#state,
      resource: this.endpoint,
      ...changes,
    };
    for (const [name, value] of Object.entries(asked)) url.searchParams.set(name, value);
    return url.href;
  }

  /** What came with the person: for this app, and from this server. */
  async answer() {
    const answer = await this.#arrived;
    assert.equal(answer.get("state"), this.#state);
    assert.equal(answer.get("iss"), this.#about.issuer);
    return answer;
  }

  /** Redeems the code that came with the person. */
  async redeem() {
    const answer = await this.answer();
    const code = answer.get("code");
    assert.ok(code, `a code, not ${answer}`);
    return this.#token({
      grant_type: "authorization_code",
      code,
      code_verifier: this.#verifier,
      redirect_uri: this.redirectUri,
      resource: this.endpoint,
    });
  }

  async refresh(token) {
    return this.#token({ grant_type: "refresh_token", refresh_token: token });
  }

  async revoke(token) {
    const { status } = await this.#post(this.#about.revocation_endpoint, { token });
    assert.equal(status, 200);
  }

  /** Sends a message with this token; the answer has its HTTP status, too. */
  async ask(token, method, params = {}) {
    const response = await fetch(this.endpoint, {
      method: "POST",
      headers: {
        authorization: `Bearer ${token}`,
        "content-type": "application/json",
        accept: "application/json, text/event-stream",
        "mcp-protocol-version": "2025-11-25",
      },
      body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }),
    });
    const { result } = await response.json().catch(() => ({}));
    return { status: response.status, result };
  }

  async close() {
    this.#server.closeAllConnections();
    await new Promise((closed) => this.#server.close(closed));
  }

  /** From the challenge at the endpoint to the authorization server's own document. */
  async #discover() {
    const refused = await fetch(this.endpoint, { method: "POST" });
    assert.equal(refused.status, 401);
    const [, at] = refused.headers.get("www-authenticate").match(/resource_metadata="([^"]+)"/);
    const resource = await (await fetch(at)).json();
    assert.equal(resource.resource, this.endpoint);
    const [issuer] = resource.authorization_servers;
    this.#about = await (await fetch(new URL("/.well-known/oauth-authorization-server", issuer))).json();
    assert.equal(this.#about.issuer, issuer);
  }

  async #register(name) {
    const response = await fetch(this.#about.registration_endpoint, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({
        client_name: name,
        redirect_uris: [this.redirectUri],
        grant_types: ["authorization_code", "refresh_token"],
        token_endpoint_auth_method: "none",
      }),
    });
    assert.equal(response.status, 201);
    this.#clientId = (await response.json()).client_id;
  }

  async #token(form) {
    const response = await this.#post(this.#about.token_endpoint, form);
    const answer = await response.json();
    assert.equal(response.status, 200, JSON.stringify(answer));
    return answer;
  }

  #post(url, form) {
    return fetch(url, { method: "POST", body: new URLSearchParams({ ...form, client_id: this.#clientId }) });
  }

  /** The page that people come back to. */
  #serve(request, response) {
    const { pathname, searchParams } = new URL(request.url, this.redirectUri);
    if (pathname !== "/callback") return response.writeHead(404).end();
    const heading = searchParams.has("code") ? "The app is connected" : "The app isn't connected";
    response.setHeader("content-type", "text/html; charset=utf-8");
    response.end(`<!doctype html><title>App</title><h1>${heading}</h1>`);
    this.#arrive(searchParams);
  }
}

function random() {
  return randomBytes(32).toString("base64url");
}
