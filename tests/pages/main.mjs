// Every story in turn: `main.mjs ENDPOINT SPOTIFY [FOLDER FOR SCREENSHOTS]`.

import { mkdirSync } from "node:fs";

import { chromium } from "playwright-core";

import { World } from "./world.mjs";
import * as landing from "./stories/landing.mjs";
import * as linking from "./stories/linking.mjs";
import * as refused from "./stories/refused.mjs";

const stories = { ...landing, ...linking, ...refused };

const flags =
  "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking " +
  "--disable-component-update --disable-sync --no-proxy-server";

const [endpoint, spotify, folder] = process.argv.slice(2);
if (folder) mkdirSync(folder, { recursive: true });
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM,
  args: flags.split(" "),
});
console.log(`Chromium ${browser.version()}`);
const world = new World(browser, endpoint, spotify, folder);
let failed = 0;
for (const [name, tell] of Object.entries(stories)) {
  try {
    await tell(world);
    console.log(`✓ ${name}`);
  } catch (error) {
    failed += 1;
    console.log(`✗ ${name}\n${error.stack}`);
  } finally {
    await world.everybodyLeaves();
  }
}
await browser.close();
console.log(`${world.looks} pages looked at, ${failed} stories failed`);
process.exit(failed ? 1 : 0);
