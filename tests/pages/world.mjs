// The servers, the providers, the apps, and people with browsers of their own.

import assert from "node:assert/strict";

import { Visitor } from "./visitor.mjs";
import { App } from "./world/app.mjs";
import { Bot } from "./world/bot.mjs";
import { freeOrigin } from "./world/port.mjs";
import { OpenIdProvider } from "./world/provider.mjs";
import { Server } from "./world/server.mjs";

/** What the stand-in knows its app by. */
const demo = { client_id: "demo-client", client_secret: "demo-secret-5f0c2b7e9a1d4c38b6" };

export class World {
  looks = 0;
  #browser;
  #ours;
  #visitors = [];
  #leaving = [];

  /** `endpoint` is that of a server which asks nobody to sign in. */
  static async start(browser, endpoint, spotify, folder) {
    const world = new World();
    world.#browser = browser;
    world.endpoint = endpoint;
    world.origin = new URL(endpoint).origin;
    world.#ours = new Set([world.origin]);
    world.spotify = spotify;
    world.idp = await OpenIdProvider.start();
    world.folder = folder;
    return world;
  }

  /** Somebody who has never been here. */
  async visitor() {
    const context = await this.#browser.newContext();
    const visitor = new Visitor(this, context);
    await visitor.newTab();
    this.#visitors.push(visitor);
    return visitor;
  }

  /** Another server, where people sign in with the providers named; `more` are its settings. */
  async server(allow, providers, more = {}) {
    const origin = await freeOrigin();
    const known = { idp: () => this.idp.take(origin), spotify: () => this.#atSpotify() };
    const provider = Object.fromEntries(providers.map((id) => [id, known[id]()]));
    const server = await Server.start(origin, { access: { allow }, provider, ...more });
    this.#ours.add(origin);
    this.#leaving.push(() => server.stop());
    return server;
  }

  /** An app that was told the URL of `server`. */
  async app(server, ...about) {
    const app = await App.add(server.endpoint, ...about);
    this.#leaving.push(() => app.close());
    return app;
  }

  /** A bot that the operator of `server` has added. */
  async bot(server, name) {
    return Bot.add(server, name);
  }

  isOurs(url) {
    return URL.canParse(url) && this.#ours.has(new URL(url).origin);
  }

  noTrouble() {
    for (const visitor of this.#visitors) visitor.noTrouble();
  }

  async everybodyLeaves() {
    await Promise.all(this.#visitors.splice(0).map((visitor) => visitor.leave()));
    for (const leave of this.#leaving.splice(0).reverse()) await leave();
  }

  async end() {
    await this.idp.stop();
  }

  /** Has the assistant call a tool. */
  async call(tool, args) {
    const body = { jsonrpc: "2.0", id: 1, method: "tools/call", params: { name: tool, arguments: args } };
    const response = await fetch(this.endpoint, {
      method: "POST",
      headers: { "content-type": "application/json", accept: "application/json, text/event-stream" },
      body: JSON.stringify(body),
    });
    const { result } = await response.json();
    assert.ok(result && !result.isError, JSON.stringify(result));
    return result.structuredContent;
  }

  /** The link that the assistant shows. */
  async link() {
    return (await this.call("Auth", { action: "get_url" })).url;
  }

  #atSpotify() {
    const at = (path) => `${this.spotify}${path}`;
    const urls = { authorize_url: at("/authorize"), token_url: at("/api/token"), api_url: at("/v1") };
    return { ...demo, ...urls, revoke_url: at("/oauth2/revoke/v1") };
  }
}
