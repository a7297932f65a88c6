// Where people sign in: oidc-provider, which the OpenID Foundation has certified, with the pages
// that it brings along for development.

import { generateKeyPairSync, randomUUID } from "node:crypto";
import { createServer } from "node:http";

import { Provider } from "oidc-provider";

import { listening } from "./port.mjs";

/** Whatever password they type. */
const people = {
  ann: { name: "Ann Example", email: "ann@example.com", email_verified: true },
  // Anybody could have typed this one in.
  ben: { name: "Ben Example", email: "ben@example.com", email_verified: false },
  cat: { name: "Cat Elsewhere", email: "cat@elsewhere.example", email_verified: true },
};

const secret = "of-the-server-at-the-provider";

export class OpenIdProvider {
  #server = createServer((request, response) => this.#callback(request, response));
  #callback;
  #redirectUris = [];
  #keys = [signingKey("RS256")];

  static async start() {
    const provider = new OpenIdProvider();
    provider.url = await listening(provider.#server);
    provider.#renew();
    return provider;
  }

  /** Takes a server of ours for a client, and says what it has to know. */
  take(origin) {
    this.#redirectUris.push(`${origin}/callback/idp`);
    this.#renew();
    return { name: "Example ID", issuer: this.url, client_id: "stagepass", client_secret: secret };
  }

  /** Signs with another key from now on, and forgets all others at once, which is rude. */
  rotate(algorithm) {
    this.#keys = [signingKey(algorithm)];
    this.#renew(algorithm);
  }

  async stop() {
    this.#server.closeAllConnections();
    await new Promise((stopped) => this.#server.close(stopped));
  }

  /** What is stored is stored outside of it, so nobody notices that it is another one. */
  #renew(algorithm = "RS256") {
    const provider = new Provider(this.url, {
      clients: [
        {
          client_id: "stagepass",
          client_secret: secret,
          redirect_uris: this.#redirectUris,
          id_token_signed_response_alg: algorithm,
        },
      ].filter((client) => client.redirect_uris.length),
      jwks: { keys: this.#keys },
      cookies: { keys: ["of-the-provider"] },
      claims: { openid: ["sub"], profile: ["name"], email: ["email", "email_verified"] },
      features: { revocation: { enabled: true } },
      findAccount: (_, accountId) => ({ accountId, claims: () => ({ sub: accountId, ...people[accountId] }) }),
    });
    this.#callback = provider.callback();
  }
}

function signingKey(algorithm) {
  const { privateKey } =
    algorithm === "ES256"
      ? generateKeyPairSync("ec", { namedCurve: "P-256" })
      : generateKeyPairSync("rsa", { modulusLength: 2048 });
  return { ...privateKey.export({ format: "jwk" }), kid: randomUUID(), use: "sig", alg: algorithm };
}
