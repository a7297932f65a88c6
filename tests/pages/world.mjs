// The server, the stand-in Spotify, and people with browsers of their own.

import assert from "node:assert/strict";

import { Visitor } from "./visitor.mjs";

export class World {
  looks = 0;
  #browser;
  #visitors = [];

  constructor(browser, endpoint, spotify, folder) {
    this.#browser = browser;
    this.endpoint = endpoint;
    this.origin = new URL(endpoint).origin;
    this.spotify = spotify;
    this.folder = folder;
  }

  /** Somebody who has never been here. */
  async visitor() {
    const context = await this.#browser.newContext();
    const visitor = new Visitor(this, context, await context.newPage());
    this.#visitors.push(visitor);
    return visitor;
  }

  async everybodyLeaves() {
    await Promise.all(this.#visitors.splice(0).map((visitor) => visitor.leave()));
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
}
