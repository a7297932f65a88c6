// The real server, as an operator starts it: the binary, and variables.

import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";

export class Server {
  #process;
  #data = mkdtempSync(join(tmpdir(), "stagepass-pages-"));
  #said = "";
  #env;

  /** Starts one at `origin`; `settings` are keys of the configuration, as a tree. */
  static async start(origin, settings) {
    const server = new Server();
    server.origin = origin;
    server.endpoint = `${origin}/mcp`;
    const { host } = new URL(origin);
    const all = { ...settings, listen: host, data_dir: server.#data };
    server.#env = Object.fromEntries(variables(all));
    await server.#serve();
    return server;
  }

  async #serve() {
    this.#process = spawn(process.env.STAGEPASS, ["serve"], {
      env: this.#env,
      stdio: ["ignore", "ignore", "pipe"],
    });
    this.#process.stderr.on("data", (said) => (this.#said += said));
    await this.#answers();
  }

  /** Starts it again on the same data, with more `settings`. */
  async again(settings) {
    await this.#end();
    Object.assign(this.#env, Object.fromEntries(variables(settings)));
    await this.#serve();
  }

  /** The code that makes somebody the owner. */
  get claimCode() {
    return this.#said.match(/^ {4}(\S+)$/m)?.[1] ?? this.#fail("no claim code");
  }

  /** What another command says, of an operator beside the server. */
  command(...words) {
    return execFileSync(process.env.STAGEPASS, words, { env: this.#env, encoding: "utf8" });
  }

  async stop() {
    await this.#end();
    rmSync(this.#data, { recursive: true });
  }

  async #end() {
    const ended = new Promise((ended) => this.#process.once("exit", ended));
    if (this.#process.exitCode === null && this.#process.kill()) await ended;
  }

  async #answers() {
    for (let tries = 0; tries < 300; tries += 1) {
      if (this.#process.exitCode !== null) break;
      const answer = await fetch(`${this.origin}/healthz`).catch(() => null);
      if (answer?.ok) return;
      await wait(100);
    }
    this.#fail("it didn't start");
  }

  #fail(why) {
    throw new Error(`${why}; the server said:\n${this.#said}`);
  }
}

function* variables(settings, path = []) {
  for (const [key, value] of Object.entries(settings)) {
    const keys = [...path, key];
    if (typeof value === "object") yield* variables(value, keys);
    else yield [`STAGEPASS_${keys.join("__").toUpperCase()}`, String(value)];
  }
}
