// The official server that has one of everything: `everything.mjs STAGEPASS`.

import { compare, connected, freePort, installed, start, startStagepass, told } from "./both_ways.mjs";

await told(async () => {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}/mcp`;
  const server = installed("@modelcontextprotocol/server-everything/dist/index.js");
  await start(process.execPath, [server, "streamableHttp"], { PORT: `${port}` }, url);
  const stagepass = await startStagepass("everything", { url, auth: "none" });
  await compare("everything", await connected(url), await connected(`${stagepass}/mcp`));
});
