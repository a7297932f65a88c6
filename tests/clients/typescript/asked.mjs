// What official servers of the old era ask on the way to their answers: `asked.mjs STAGEPASS`.
//
// A client of today gets each question through Stagepass as it is, and the server its person's answer:
// whether it asks on the call's own stream, as server-everything does, or on the one for what is
// unasked, as the SDK's example does, or in an error that names links.

import assert from "node:assert/strict";

import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { Client as ClientV1 } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport as TransportV1 } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { ElicitRequestSchema } from "@modelcontextprotocol/sdk/types.js";

import { connected, freePort, installed, start, startStagepass, told } from "../remotes/both_ways.mjs";

const me = { name: "stagepass-tests", version: "1" };
const capabilities = { elicitation: { form: {}, url: {} } };
const form = "trigger-elicitation-request";
const link = "trigger-url-elicitation";

/** What a person was asked, and what they say to it: of several answers, one after the other. */
function person() {
  const one = { asked: [], says: [] };
  one.answer = async ({ params }) => {
    one.asked.push(params);
    return one.says.shift() ?? { action: "cancel" };
  };
  return one;
}

/** Starts an example, and gives two clients of it with their people: directly and through Stagepass. */
async function bothWays(name, example, args) {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}/mcp`;
  await start(process.execPath, [installed(`@modelcontextprotocol/${example}`), ...args], { PORT: `${port}` }, url);
  const stagepass = await startStagepass(name, { url, auth: "none" });

  const near = person();
  const direct = new ClientV1(me, { capabilities });
  direct.setRequestHandler(ElicitRequestSchema, near.answer);
  await direct.connect(new TransportV1(new URL(url)));

  const far = person();
  const through = new Client(me, { capabilities, versionNegotiation: { mode: "auto" } });
  through.setRequestHandler("elicitation/create", far.answer);
  await through.connect(new StreamableHTTPClientTransport(new URL(`${stagepass}/mcp`)));
  assert.equal(through.getNegotiatedProtocolVersion(), "2026-07-28");
  await through.listTools();
  return { name, stagepass, direct, near, through, far };
}

/** What a tool says, in one text. */
async function said(client, name, args = {}) {
  const { content } = await client.callTool({ name, arguments: args });
  return content.map(({ text }) => text).join("\n");
}

/** Calls a tool both ways with the same answers of both people, and gives what it said, and asked. */
async function same({ name, direct, near, through, far }, tool, answers, args) {
  near.says = answers.slice();
  far.says = answers.slice();
  const [own, passed] = [await said(direct, tool, args), await said(through, `${name}_${tool}`, args)];
  assert.equal(passed, own, tool);
  const [wanted, asked] = [near.asked.splice(0), far.asked.splice(0)];
  assert.deepEqual(asked.map((one) => one.requestedSchema), wanted.map((one) => one.requestedSchema));
  assert.deepEqual(asked.map((one) => one.url), wanted.map((one) => one.url));
  const named = wanted.map(({ message }) => `The server "${name}" asks: ${message}`);
  assert.deepEqual(asked.map((one) => one.message), named);
  return { passed, asked };
}

/** Fields in the order in which we write them: servers repeat them as they come. */
const accept = (content) => ({ action: "accept", content });

async function everything() {
  const both = await bothWays("everything", "server-everything/dist/index.js", ["streamableHttp"]);
  const content = { check: true, integer: 7, legacyTitledEnum: "pet-2", name: "Ada" };
  for (const says of [accept(content), { action: "decline" }, { action: "cancel" }]) {
    assert.equal((await same(both, form, [says])).asked.length, 1);
  }
  const opened = { action: "accept" };
  const args = { url: "https://example.org/pay", message: "Please pay.", elicitationId: "one" };
  assert.equal((await same(both, link, [opened], args)).asked[0].url, args.url);

  // A link of the server's first, and then, in the call that is made again, the other one on the way.
  both.far.says = [opened, opened];
  const first = { ...args, elicitationId: "two", errorPath: true };
  assert.match(await said(both.through, `everything_${link}`, first), /accept/);
  assert.deepEqual(both.far.asked.map(({ url }) => url), ["https://modelcontextprotocol.io", args.url]);

  const older = await connected(`${both.stagepass}/mcp`);
  const offered = (await older.listTools()).tools.map(({ name }) => name);
  assert.ok(offered.includes("everything_echo") && !offered.includes(`everything_${form}`));
}

async function unasked() {
  const both = await bothWays("forms", "sdk/dist/esm/examples/server/elicitationFormExample.js", []);
  const user = { email: "ada@example.org", newsletter: true, password: "not a real one", username: "ada" };
  assert.match((await same(both, "register_user", [accept(user)])).passed, /successful[^]*Username: ada/);
  await same(both, "register_user", [{ action: "decline" }]);
  const steps = [accept({ title: "Tea" }), accept({ date: "2026-12-24", duration: 60, startTime: "16:00" })];
  const { passed, asked } = await same(both, "create_event", steps);
  assert.match(passed, /successfully[^]*Tea[^]*16:00/);
  assert.equal(asked.length, 2);
}

await told(async () => {
  await everything();
  await unasked();
  console.log("  everything, forms: what they ask reaches the person, and the answer the server");
});
