// What the official server of the old era asks on the way to its answers: `asked.mjs STAGEPASS`.
//
// A client of today gets each question through Stagepass as it is, and the server its person's answer.

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

/** What a person was asked, and what they say to it. */
function person() {
  const one = { asked: [], says: { action: "decline" } };
  one.answer = async ({ params }) => {
    one.asked.push(params);
    return one.says;
  };
  return one;
}

/** What a tool says, in one text. */
async function said(client, name, args = {}) {
  const { content } = await client.callTool({ name, arguments: args });
  return content.map(({ text }) => text).join("\n");
}

await told(async () => {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}/mcp`;
  const server = installed("@modelcontextprotocol/server-everything/dist/index.js");
  await start(process.execPath, [server, "streamableHttp"], { PORT: `${port}` }, url);
  const stagepass = await startStagepass("everything", { url, auth: "none" });

  const near = person();
  const direct = new ClientV1(me, { capabilities });
  direct.setRequestHandler(ElicitRequestSchema, near.answer);
  await direct.connect(new TransportV1(new URL(url)));

  const far = person();
  const through = new Client(me, { capabilities, versionNegotiation: { mode: "auto" } });
  through.setRequestHandler("elicitation/create", far.answer);
  await through.connect(new StreamableHTTPClientTransport(new URL(`${stagepass}/mcp`)));
  assert.equal(through.getNegotiatedProtocolVersion(), "2026-07-28");
  const { tools } = await through.listTools();
  assert.ok(tools.some(({ name }) => name === `everything_${form}`), "it asks who can be asked");

  // In the order in which we write fields: the server repeats them as they come.
  const content = { check: true, integer: 7, legacyTitledEnum: "pet-2", name: "Ada" };
  for (const says of [{ action: "accept", content }, { action: "decline" }, { action: "cancel" }]) {
    near.says = far.says = says;
    assert.equal(await said(through, `everything_${form}`), await said(direct, form), says.action);
    const [passed, own] = [far.asked.pop(), near.asked.pop()];
    assert.deepEqual(passed.requestedSchema, own.requestedSchema);
    assert.equal(passed.message, `The server "everything" asks: ${own.message}`);
  }
  near.says = far.says = { action: "accept" };
  const args = { url: "https://example.org/pay", message: "Please pay.", elicitationId: "one" };
  assert.equal(await said(through, `everything_${link}`, args), await said(direct, link, args));
  assert.deepEqual([far.asked.length, far.asked.pop().url], [1, args.url]);

  // A link of the server's first, and then, in the call that is made again, the other one on the way.
  const first = { ...args, elicitationId: "two", errorPath: true };
  assert.match(await said(through, `everything_${link}`, first), /accept/);
  assert.deepEqual(far.asked.map(({ url }) => url), ["https://modelcontextprotocol.io", args.url]);

  const older = await connected(`${stagepass}/mcp`);
  const offered = (await older.listTools()).tools.map(({ name }) => name);
  assert.ok(offered.includes("everything_echo") && !offered.includes(`everything_${form}`), "nor who can't");
  console.log("  everything: its forms and links reach the person, and their answers the server");
});
