// The pages that show people what to paste into the chat: `examples/apps-script` in a stand-in for
// Google's runtime, and `examples/relay` in a stand-in for the few things of a browser that it uses.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { runInNewContext } from "node:vm";

const example = (name) => readFileSync(new URL(`../../../examples/${name}`, import.meta.url), "utf8");

const state = "aZ09-_".repeat(8).slice(0, 43);
const hostile = [
  "<script>alert(1)</script>",
  `"><img/src=x/onerror=alert(1)>`,
  "'onmouseover='alert(1)",
  "</code></html><svg/onload=alert(1)>",
  "&lt;script&gt;",
  "<!--",
  "${alert(1)}",
];

/** Google's runtime, as far as the script uses it; it knows nothing else. */
class AppsScript {
  posted = [];

  constructor(properties = {}, fetch = () => 200) {
    const output = (html) => ({
      html,
      meta: {},
      setTitle(title) {
        return Object.assign(this, { title });
      },
      addMetaTag(name, content) {
        this.meta[name] = content;
        return this;
      },
    });
    this.globals = {
      HtmlService: { createHtmlOutput: output },
      PropertiesService: { getScriptProperties: () => ({ getProperty: (name) => properties[name] ?? null }) },
      UrlFetchApp: {
        fetch: (url, options) => {
          this.posted.push([url, options]);
          const status = fetch();
          return { getResponseCode: () => status };
        },
      },
    };
    runInNewContext(`${example("apps-script/Code.gs")}\nglobalThis.doGet = doGet;`, this.globals);
  }

  /** A visit, with the query as Apps Script reads it. */
  visit(query) {
    const pairs = new URLSearchParams(query);
    const parameters = Object.fromEntries([...pairs.keys()].map((name) => [name, pairs.getAll(name)]));
    const parameter = Object.fromEntries([...pairs].reverse());
    const page = this.globals.doGet({ parameter, parameters, queryString: query, contextPath: "" });
    assert.equal(page.meta.viewport, "width=device-width, initial-scale=1");
    assert.deepEqual(tags(page.html), ["html", "head", "style", "body", "h1", ...page.html.match(/<p>|<code>/g)
      .map((tag) => tag.slice(1, -1))].sort(), "there are no tags but our own");
    return page.html;
  }
}

/** The names of all elements, in order. */
function tags(html) {
  return [...html.matchAll(/<([a-z][^\s>/]*)/gi)].map(([, name]) => name.toLowerCase()).sort();
}

/** What stands in an HTML page as its line, unescaped. */
function line(html) {
  const found = /<code>(.*?)<\/code>/s.exec(html)?.[1];
  assert.ok(found === undefined || !/[<>"']/.test(found), `escaped: ${found}`);
  const plain = { amp: "&", lt: "<", gt: ">", quot: '"', "#39": "'" };
  return found?.replace(/&([^;]+);/g, (_, name) => plain[name]);
}

const query = (answer) => new URLSearchParams(answer).toString();

function appsScriptShowsTheLine() {
  const script = new AppsScript();
  assert.equal(line(script.visit(query({ code: "AQABcode", state }))), `AQABcode#${state}`);
  const iss = "https://accounts.google.com";
  assert.equal(line(script.visit(query({ code: "4/0Ae", state, iss, scope: "x" }))), `4/0Ae#${state}#${iss}`);
  for (const code of hostile) {
    assert.equal(line(script.visit(query({ code, state }))), `${code}#${state}`);
  }
  assert.deepEqual(script.posted, [], "without the property nobody is told");
}

function appsScriptShowsNothingElse() {
  const script = new AppsScript();
  for (const error of ["access_denied", "call 0900", ...hostile]) {
    const html = script.visit(query({ error, error_description: error, state, code: "x" }));
    assert.match(html, /Not connected/);
    assert.ok(!html.includes(error), "none of it is repeated");
  }
  for (const bad of [
    "",
    query({ code: "x" }),
    query({ state }),
    query({ code: "two words", state }),
    query({ code: "x".repeat(4097), state }),
    query({ code: "x", state: `${state}<` }),
    query({ code: "x", state: state.slice(1) }),
    query({ code: "x", state, iss: "javascript:alert(1)" }),
    query({ code: "x", state, iss: "https://a.example#b" }),
    `code=x&code=y&state=${state}`,
    `code=x&state=${state}&state=${state}`,
  ]) {
    const html = script.visit(bad);
    assert.match(html, /isn’t complete/, bad);
    assert.equal(line(html), undefined);
  }
  assert.match(script.globals.doGet(undefined).html, /isn’t complete/);
}

function appsScriptTellsTheBotIfItIsTo() {
  const url = "https://bot.example/linked";
  const told = new AppsScript({ POST_TO: url });
  const html = told.visit(query({ code: "AQAB", state }));
  assert.match(html, /was told/);
  assert.equal(line(html), `AQAB#${state}`, "the line is there all the same");
  const [[to, options]] = told.posted;
  assert.equal(to, url);
  assert.deepEqual(JSON.parse(options.payload), { state, code: `AQAB#${state}` });
  assert.equal(options.followRedirects, false);
  told.visit(query({ error: "access_denied", state }));
  assert.equal(told.posted.length, 1, "there is nothing to tell");
  const deaf = [() => 500, () => 302, () => { throw new Error("no way there"); }];
  for (const fetch of deaf) {
    const html = new AppsScript({ POST_TO: url }, fetch).visit(query({ code: "AQAB", state }));
    assert.doesNotMatch(html, /was told/);
    assert.equal(line(html), `AQAB#${state}`);
  }
  for (const url of ["http://bot.example/linked", "javascript:alert(1)", ""]) {
    const script = new AppsScript({ POST_TO: url });
    script.visit(query({ code: "AQAB", state }));
    assert.deepEqual(script.posted, [], url);
  }
}

/** What the static page shows for this query: which part of it, and which line. */
function visitPage(search) {
  const html = example("relay/index.html");
  const element = (id) => {
    assert.ok(html.includes(`id="${id}"`), id);
    // A browser has more, but whatever is set besides these two isn't what the page may do.
    return Object.seal({ hidden: true, textContent: "" });
  };
  const elements = {};
  const document = Object.freeze({ getElementById: (id) => (elements[id] ??= element(id)) });
  const globals = { document, location: { search }, URLSearchParams };
  runInNewContext(`"use strict";${script(html)}`, globals);
  const { line, ...parts } = elements;
  const shown = Object.keys(parts).filter((id) => !parts[id].hidden);
  assert.equal(shown.length, 1);
  return [shown[0], line?.textContent];
}

const script = (html) => /<script>(.*?)<\/script>/s.exec(html)[1];

function staticPageShowsTheLine() {
  const iss = "https://accounts.google.com";
  assert.deepEqual(visitPage(`?${query({ code: "AQ", state })}`), ["answered", `AQ#${state}`]);
  assert.deepEqual(visitPage(`?${query({ code: "4/0", state, iss })}`), ["answered", `4/0#${state}#${iss}`]);
  for (const code of hostile) {
    assert.deepEqual(visitPage(`?${query({ code, state })}`), ["answered", `${code}#${state}`]);
    assert.deepEqual(visitPage(`?${query({ error: code, state })}`), ["declined", undefined]);
  }
  for (const bad of ["", "?code=x", `?code=x&code=y&state=${state}`, `?code=x+y&state=${state}`]) {
    assert.deepEqual(visitPage(bad), ["incomplete", undefined], bad);
  }
}

function staticPagesPolicyAllowsItsOwnScriptAndStyleAlone() {
  const html = example("relay/index.html");
  const sha = (text) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
  const [, policy] = /http-equiv="Content-Security-Policy" content="([^"]+)"/.exec(html);
  const style = /<style>(.*?)<\/style>/s.exec(html)[1];
  const none = ["default-src", "base-uri", "form-action"].map((name) => `${name} 'none'`);
  const own = [`script-src ${sha(script(html))}`, `style-src ${sha(style)}`];
  assert.equal(policy, [...none, ...own].join("; "));
  assert.equal(html.match(/<script/g).length, 1);
  assert.doesNotMatch(html, /\b(src|href|on[a-z]+|style)=/, "nothing is loaded, nothing runs but the script");
  assert.match(html, /<meta name="referrer" content="no-referrer">/);
}

for (const story of [
  appsScriptShowsTheLine,
  appsScriptShowsNothingElse,
  appsScriptTellsTheBotIfItIsTo,
  staticPageShowsTheLine,
  staticPagesPolicyAllowsItsOwnScriptAndStyleAlone,
]) {
  story();
}
console.log("Relay pages, Apps Script and static: well");
