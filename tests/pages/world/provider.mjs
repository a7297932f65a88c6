// Where people sign in: oidc-provider, which the OpenID Foundation has certified, with the pages
// that it brings along for development.

import { generateKeyPairSync, randomUUID } from "node:crypto";
import { createServer } from "node:http";

import { Provider } from "oidc-provider";

import { listening } from "./port.mjs";

/** Everybody with an account, by the name to sign in with. Any password will do. */
const people = {
  ann: { name: "Ann Example", email: "ann@example.com", email_verified: true },
  dan: { name: "Dan Example", email: "dan@example.com", email_verified: true },
  // Anybody could have typed this one in.
  ben: { name: "Ben Example", email: "ben@example.com", email_verified: false },
  cat: { name: "Cat Elsewhere", email: "cat@elsewhere.example", email_verified: true },
};

/** How the server of ours makes itself known there. */
const client = { client_id: "stagepass", client_secret: "of-the-server-at-the-provider" };

export class OpenIdProvider {
  #server = createServer((request, response) => this.#answer(request, response));
  #answer;
  #redirectUris = [];
  /** The first one signs. */
  #keys = [signingKey("RS256")];

  static async start() {
    const provider = new OpenIdProvider();
    provider.url = await listening(provider.#server);
    provider.#change();
    return provider;
  }

  /** Takes the server at `origin` for the client, and says what that has to know. */
  take(origin) {
    this.#redirectUris.push(`${origin}/callback/idp`);
    this.#change();
    return { name: "Example ID", issuer: this.url, ...client };
  }

  /** Publishes the key that will sign next. */
  announceKey(algorithm) {
    this.#keys.push(signingKey(algorithm));
    this.#change();
  }

  /** Signs with the announced key, and forgets the one before. */
  changeKey() {
    this.#keys.shift();
    this.#change();
  }

  /** Nothing but faults comes from it meanwhile. */
  async whileAway(meanwhile) {
    const answer = this.#answer;
    this.#answer = (_, response) => response.writeHead(503).end();
    await meanwhile();
    this.#answer = answer;
  }

  async stop() {
    this.#server.closeAllConnections();
    await new Promise((stopped) => this.#server.close(stopped));
  }

  /** Another one in its place, which nobody notices: whatever it stores stays. */
  #change() {
    const redirect_uris = this.#redirectUris;
    const id_token_signed_response_alg = this.#keys[0].alg;
    const known = { ...client, redirect_uris, id_token_signed_response_alg };
    const hour = 3600;
    const ttl = { AccessToken: hour, Grant: hour, IdToken: hour, Interaction: hour, Session: hour };
    this.#answer = quietly(() =>
      new Provider(this.url, {
        clients: redirect_uris.length ? [known] : [],
        jwks: { keys: this.#keys },
        cookies: { keys: ["of-the-provider"] },
        claims: { openid: ["sub"], profile: ["name"], email: ["email", "email_verified"] },
        ttl,
        findAccount: (_, accountId) => ({
          accountId,
          claims: () => ({ sub: accountId, ...people[accountId] }),
        }),
      }).callback(),
    );
  }
}

function signingKey(algorithm) {
  const { privateKey } =
    algorithm === "ES256"
      ? generateKeyPairSync("ec", { namedCurve: "P-256" })
      : generateKeyPairSync("rsa", { modulusLength: 2048 });
  return { ...privateKey.export({ format: "jwk" }), kid: randomUUID(), use: "sig", alg: algorithm };
}

/** It warns each time that its pages and its store are for development, which is what this is. */
function quietly(make) {
  const { warn } = console;
  console.warn = () => {};
  try {
    return make();
  } finally {
    console.warn = warn;
  }
}
