// A bot, as an operator adds one: it speaks for every user of its chat.

import assert from "node:assert/strict";

export class Bot {
  #endpoint;
  #token;

  /** Adds one of this name to `server`, and has it fetch its token. */
  static async add(server, name) {
    const bot = new Bot();
    bot.#endpoint = server.endpoint;
    const said = server.command("clients", "add", name, "--act-as");
    const client_id = said.match(/client_id\s*[:=]?\s*(\S+)/)[1];
    bot.id = client_id;
    const client_secret = said.match(/client_secret\s*[:=]?\s*(\S+)/)[1];
    const form = { grant_type: "client_credentials", scope: "mcp.write mcp.act_as", client_id, client_secret };
    const response = await fetch(`${server.origin}/token`, { method: "POST", body: new URLSearchParams(form) });
    assert.equal(response.status, 200);
    bot.#token = (await response.json()).access_token;
    return bot;
  }

  /** Calls `Auth` for the chat user `id`. */
  async auth(id, args) {
    const params = { name: "Auth", arguments: args };
    const response = await fetch(this.#endpoint, {
      method: "POST",
      headers: {
        authorization: `Bearer ${this.#token}`,
        "content-type": "application/json",
        accept: "application/json, text/event-stream",
        "mcp-protocol-version": "2025-11-25",
        "stagepass-chat-id": encodeURIComponent(id),
      },
      body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/call", params }),
    });
    const { result } = await response.json();
    return result.structuredContent;
  }
}
