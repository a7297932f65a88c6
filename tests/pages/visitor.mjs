// A person with a browser, who notices whatever goes wrong on a page of ours.

import assert from "node:assert/strict";

import { inspect } from "./look.mjs";

export class Visitor {
  #world;
  #context;
  #troubles = [];
  #status = 0;

  constructor(world, context) {
    this.#world = world;
    this.#context = context;
    context.on("console", (message) => this.#heard(message));
    context.on("weberror", (error) => this.#troubles.push(`error: ${error.error()}`));
    context.on("request", (request) => this.#asked(request));
    context.on("response", (response) => {
      // 204 leaves the page that there is.
      if (response.request().isNavigationRequest() && response.status() !== 204) this.#status = response.status();
    });
  }

  /** Leaves the page for a new one in the same browser. */
  async newTab() {
    this.page = await this.#context.newPage();
  }

  /** Opens an address, as typed. */
  async open(url) {
    await this.page.goto(new URL(url, this.#world.origin).href);
  }

  /** Presses a button or follows a link, by its words, and waits for what comes. */
  async press(words) {
    const what = this.page.getByRole("button", { name: words, exact: true });
    const link = this.page.getByRole("link", { name: words, exact: true });
    await Promise.all([this.page.waitForEvent("framenavigated"), what.or(link).click()]);
    await this.page.waitForLoadState();
  }

  /** Waits for the page with this heading. */
  async arrive(heading) {
    await this.page.getByRole("heading", { level: 1, name: heading }).waitFor({ timeout: 10_000 });
    await this.page.waitForLoadState();
  }

  /** Waits for the page with this heading, and looks closely: at what it looks like, too. */
  async look(name, heading, status = 200) {
    await this.arrive(heading);
    assert.equal(this.#status, status, `the status of ${this.page.url()}`);
    await inspect(this.page, name, this.#world.folder);
    this.#world.looks += 1;
    this.noTrouble();
  }

  noTrouble() {
    assert.deepEqual(this.#troubles, [], `on the way to ${this.page.url()}`);
  }

  /** Signs in at Spotify, from its first page on, and comes back; it asks once for the same. */
  async signIn(who, decision = "Agree") {
    await this.arrive("Log in to Spotify");
    await this.page.locator(`input[name=username][value=${who}]`).check();
    await this.press("Log in");
    if (this.page.url().startsWith(this.#world.spotify)) await this.press(decision);
  }

  /** Signs in at the OpenID provider, and comes back; it asks once for the same, too. */
  async signInWithId(who) {
    await this.arrive("Sign-in");
    await this.page.getByPlaceholder("Enter any login").fill(who);
    await this.page.getByPlaceholder("and password").fill("whatever");
    await this.press("Sign-in");
    await this.arrive("Authorize");
    await this.press("Continue");
  }

  /** From here on addresses that begin with `prefix` lead nowhere: the page before them stays. */
  async halt(prefix) {
    const pattern = (url) => url.href.startsWith(prefix);
    await this.#context.route(pattern, (route) => route.fulfill({ status: 204 }));
    return { lift: () => this.#context.unroute(pattern) };
  }

  /**
   * From here on pages of ours lead on by their button alone. Where there is no such app, Chromium
   * would ask what to do about it, and hear nothing else.
   */
  async stayHere() {
    const ours = (url) => this.#world.isOurs(url.href);
    await this.#context.route(ours, async (route) => {
      const response = await route.fetch({ maxRedirects: 0 });
      const body = (await response.text()).replace(/<meta http-equiv="refresh"[^>]+>/, "");
      await route.fulfill({ response, body });
    });
  }

  /** Loses our cookies, and so is another browser from here on. */
  async forgetUs() {
    await this.#context.clearCookies({ name: /^(__Host-)?stagepass-/ });
  }

  async leave() {
    await this.#context.close();
  }

  /** What failed to load is trouble unless it is a page that was refused, or somebody else's. */
  #heard(message) {
    const { url } = message.location();
    const known = url === this.page.url() || !this.#world.isOurs(url);
    const unloaded = message.text().startsWith("Failed to load resource:");
    if (["error", "warning"].includes(message.type()) && !(unloaded && known)) {
      this.#troubles.push(`${message.type()}: ${message.text()} (${url})`);
    }
  }

  /** Our pages load nothing from elsewhere. */
  #asked(request) {
    const foreign = !this.#world.isOurs(request.url());
    const ours = this.#world.isOurs(request.frame().url());
    if (!request.isNavigationRequest() && foreign && ours) {
      this.#troubles.push(`foreign content: ${request.url()}`);
    }
  }
}
