// A chat bot whose chat is this terminal: type `alice: search harbour`, or as anybody else.
//
// Its server, id and secret come from BOT_SERVER, BOT_CLIENT_ID and BOT_CLIENT_SECRET.
// A few commands stand in for a language model; everything else is what a real bot has, too.

import { createInterface } from "node:readline";

import { Client, StreamableHTTPClientTransport, type AuthProvider } from "@modelcontextprotocol/client";

type Call = { name: string; arguments: Record<string, string> };

const help = "I know: search …, play …, now, status, disconnect.";
const trouble = "Something went wrong. Please try again in a minute.";
/** The code on the page, the line or the address of a relay's page. */
const code = /^([0-9a-z]{4}-[0-9a-z]{4}|\S+#\S+|https?:\/\/\S+)$/i;
/** The person has to sign in before this call can work. */
const unconnected = ["not_connected", "needs_reconnect"];

function setting(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set`);
  return value;
}

/** The tool call that somebody means; none if it is none of the commands. */
function understand(text: string): Call | undefined {
  const [, command, words] = /^(\S+)\s*(.*)$/s.exec(text) ?? [];
  if (command === "search" && words) return { name: "spotify_search", arguments: { query: words } };
  if (command === "play" && words) return { name: "spotify_play", arguments: { query: words } };
  if (text === "now") return { name: "spotify_now", arguments: {} };
  if (text === "status") return { name: "Auth", arguments: { action: "status" } };
  if (text === "disconnect") return { name: "Auth", arguments: { action: "revoke" } };
  if (code.test(text)) return { name: "Auth", arguments: { action: "handle_callback", code: text } };
  return undefined;
}

/** The bot's own token: got with its id and secret, and got again when it has ended. */
class BotToken implements AuthProvider {
  #url: URL;
  #proof: string;
  #token = "";
  #goodUntil = 0;

  constructor(endpoint: string, id: string, secret: string) {
    this.#url = new URL("/token", endpoint);
    this.#proof = btoa(`${encodeURIComponent(id)}:${encodeURIComponent(secret)}`);
  }

  async token(): Promise<string> {
    if (Date.now() < this.#goodUntil) return this.#token;
    const answer = await fetch(this.#url, {
      method: "POST",
      headers: { authorization: `Basic ${this.#proof}` },
      body: new URLSearchParams({
        grant_type: "client_credentials",
        scope: "mcp.read mcp.write mcp.act_as",
      }),
    });
    if (!answer.ok) throw new Error(`no token: ${answer.status} ${await answer.text()}`);
    const token = await answer.json();
    this.#token = token.access_token;
    this.#goodUntil = Date.now() + (token.expires_in - 60) * 1000;
    return this.#token;
  }

  /** It ended sooner than it said, by the server's clock or because it was revoked. */
  async onUnauthorized(): Promise<void> {
    this.#goodUntil = 0;
  }
}

/** Answers messages, each as the person who has sent it. */
class Assistant {
  #endpoint = setting("BOT_SERVER");
  #auth = new BotToken(this.#endpoint, setting("BOT_CLIENT_ID"), setting("BOT_CLIENT_SECRET"));
  /** What to do once somebody is connected, by chat id. */
  #postponed = new Map<string, Call>();

  /** What to answer to `text`. The platform vouches for `chatId`: it never comes from a text. */
  async answer(chatId: string, name: string, text: string): Promise<string> {
    const call = understand(text);
    if (!call) return help;
    try {
      return await this.#answer(chatId, name, call);
    } catch (error) {
      // One message that fails must not end the bot.
      console.error(`no answer for ${chatId}:`, error);
      return trouble;
    }
  }

  async #answer(chatId: string, name: string, call: Call): Promise<string> {
    const stagepass = await this.#speakingFor(chatId, name);
    try {
      const { isError, structuredContent, content } = await this.#call(stagepass, call);
      if (isError && unconnected.includes(structuredContent.code)) {
        this.#postponed.set(chatId, call);
        const { url } = structuredContent;
        if (!url) return "Now send me the code from the page, here in this chat.";
        return `For that I need your account. Sign in here: ${url}\nThen send me what the page shows.`;
      }
      if (isError) return structuredContent.message;
      if (call.arguments.action !== "handle_callback") return content[0].text;
      // It was the code of their own page.
      if (!structuredContent.account) return "Thank you. Now go back to the page and press Continue.";
      const said = `Connected as ${structuredContent.account.name}.`;
      const postponed = this.#postponed.get(chatId);
      if (!postponed) return said;
      this.#postponed.delete(chatId);
      const then = await this.#call(stagepass, postponed);
      return `${said}\n${then.content[0].text}`;
    } finally {
      await stagepass.close();
    }
  }

  async #call(stagepass: Client, call: Call): Promise<any> {
    return stagepass.callTool(call);
  }

  /** A client for one message. Both are UTF-8, percent-encoded; the name is for people's eyes. */
  async #speakingFor(chatId: string, name: string): Promise<Client> {
    const client = new Client({ name: "chatbot", version: "1" }, { versionNegotiation: { mode: "auto" } });
    const headers = {
      "Stagepass-Chat-Id": encodeURIComponent(chatId),
      "Stagepass-Chat-Name": encodeURIComponent(name),
    };
    const url = new URL(this.#endpoint);
    await client.connect(new StreamableHTTPClientTransport(url, { authProvider: this.#auth, requestInit: { headers } }));
    return client;
  }
}

const assistant = new Assistant();
console.log(`Write as somebody, e.g. \`alice: search harbour\`. ${help}\n`);
for await (const line of createInterface({ input: process.stdin })) {
  const [, name, text] = /^\s*([^:]*?)\s*:\s*(.*?)\s*$/s.exec(line) ?? [];
  if (name === undefined) {
    console.log("Who says that? Write `alice: …`.\n");
    continue;
  }
  // Here everybody is who they say; on a real platform it is the platform that says so.
  const answer = await assistant.answer(`terminal:${name}`, name, text);
  console.log(`bot to ${name}: ${answer}\n`);
}
