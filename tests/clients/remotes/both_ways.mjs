// Servers asked directly and as a remote of Stagepass: what they list, and what they answer.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";

const started = [];
const folders = [];

/** A file of an installed package. */
export function installed(path) {
  return fileURLToPath(new URL(`node_modules/${path}`, import.meta.url));
}

/** A port that nobody has just now. */
export async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((done) => server.once("listening", done));
  const { port } = server.address();
  await new Promise((done) => server.close(done));
  return port;
}

/** Starts a program, and waits until something answers at `url`. */
export async function start(command, args, env, url) {
  const child = spawn(command, args, { env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "pipe"] });
  started.push(child);
  let said = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (text) => (said += text));
  for (let tries = 0; tries < 200; tries++) {
    if (child.exitCode !== null) break;
    if (await fetch(url).then(() => true, () => false)) return;
    await new Promise((done) => setTimeout(done, 100));
  }
  throw new Error(`${command} doesn't start: ${said}`);
}

/** Starts Stagepass with one remote, and gives its address. */
export async function startStagepass(name, remote) {
  const folder = mkdtempSync(join(tmpdir(), "stagepass-"));
  folders.push(folder);
  const port = await freePort();
  const env = {
    STAGEPASS_ACCESS__ALLOW: "local",
    STAGEPASS_LISTEN: `127.0.0.1:${port}`,
    STAGEPASS_PUBLIC_URL: `http://127.0.0.1:${port}`,
    STAGEPASS_DATA_DIR: folder,
    STAGEPASS_PROVIDER__SPOTIFY__CLIENT_ID: "nobody",
    STAGEPASS_PROVIDER__SPOTIFY__CLIENT_SECRET: "signs in",
  };
  for (const [key, value] of Object.entries(remote)) {
    env[`STAGEPASS_REMOTE__${name.toUpperCase()}__${key.toUpperCase()}`] = value;
  }
  const url = `http://127.0.0.1:${port}`;
  await start(process.argv[2], ["serve"], env, `${url}/healthz`);
  return url;
}

/** Runs a story, and ends what it has started. */
export async function told(story) {
  try {
    await story();
  } finally {
    for (const child of started) child.kill();
    for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  }
  process.exit(0);
}

/** A client of the SDK, whose person can't be asked anything. */
export async function connected(url, options) {
  const client = new Client({ name: "stagepass-tests", version: "1" });
  await client.connect(new StreamableHTTPClientTransport(new URL(url), options));
  return client;
}

/** Something for each argument that has to be there. */
function argumentsFor(tool) {
  const { properties = {}, required = [] } = tool.inputSchema;
  const value = ({ type, enum: among, default: usual, minimum }) =>
    usual ?? among?.[0] ?? { number: minimum ?? 2, integer: minimum ?? 2, boolean: false, string: "seven" }[type];
  const given = Object.fromEntries(required.map((name) => [name, value(properties[name])]));
  if (tool.name.endsWith("trigger-long-running-operation")) Object.assign(given, { duration: 0.2, steps: 2 });
  return given;
}

/** What the remote said, as it said it: without its name in front, and what we add for clients. */
function own(name, value) {
  const isOurs = (key, inner) =>
    ["securitySchemes", "io.stagepass/account"].includes(key) ||
    (key === "account" && inner.description?.startsWith("Which account to use"));
  const text = JSON.stringify(value, (key, inner) => (isOurs(key, inner) ? undefined : inner));
  const bare = JSON.parse(text.replaceAll(`${name}+`, "").replaceAll(`"${name}_`, '"'));
  for (const item of [bare, ...(Array.isArray(bare) ? bare : [])]) {
    if (item?._meta && Object.keys(item._meta).length === 0) delete item._meta;
  }
  return bare;
}

/** Without what is different each time that it is asked, and the words for a question that nobody takes. */
function steady(value) {
  const text = JSON.stringify(value).replace(/(error -32601): [^"]*/g, "$1");
  const times = text.replace(/\d{1,2}:\d\d:\d\d( [AP]M)?/g, "TIME").replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "TIME");
  return JSON.parse(times.replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22}/g, "SESSION"));
}

/** Lists and uses all that the server has, both ways, and fails where they don't say the same. */
export async function compare(remote, direct, through) {
  const mine = (list) => list.filter(({ name }) => name.startsWith(`${remote}_`));
  const same = (through, direct, what) => assert.deepEqual(steady(own(remote, through)), steady(direct), what);
  // What can only be run as a task isn't offered, and of others it isn't said that they can.
  const callable = (await direct.listTools()).tools.filter((tool) => tool.execution?.taskSupport !== "required");
  const tools = callable.map(({ execution, ...tool }) => tool);
  const offered = mine((await through.listTools()).tools);
  same(offered.map(({ execution, ...tool }) => tool), tools, "the tools");
  for (const tool of tools) {
    const args = argumentsFor(tool);
    const said = await direct.callTool({ name: tool.name, arguments: args });
    const passed = await through.callTool({ name: `${remote}_${tool.name}`, arguments: args });
    same(passed, said, tool.name);
  }
  const { prompts } = await direct.listPrompts();
  same(mine((await through.listPrompts()).prompts), prompts, "the prompts");
  for (const { name, arguments: wanted = [] } of prompts) {
    const args = Object.fromEntries(wanted.filter((one) => one.required).map((one) => [one.name, "1"]));
    const ask = (client, name) =>
      client.getPrompt({ name, arguments: args }).then((said) => said.messages, (error) => error.code);
    same(await ask(through, `${remote}_${name}`), await ask(direct, name), name);
  }
  const { resources } = await direct.listResources();
  const passed = (await through.listResources()).resources;
  same(passed.filter(({ uri }) => uri.startsWith(`${remote}+`)), resources, "the resources");
  for (const { uri } of resources) {
    const said = (await direct.readResource({ uri })).contents;
    same((await through.readResource({ uri: `${remote}+${uri}` })).contents, said, uri);
  }
  const { resourceTemplates } = await direct.listResourceTemplates();
  const forms = (await through.listResourceTemplates()).resourceTemplates;
  same(forms.filter((one) => one.uriTemplate.startsWith(`${remote}+`)), resourceTemplates, "the templates");
  console.log(
    `  ${remote}: ${tools.length} tools, ${prompts.length} prompts, ${resources.length} resources, ` +
      `${resourceTemplates.length} templates say the same directly and as a remote`,
  );
}
