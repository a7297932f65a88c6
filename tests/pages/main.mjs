// Every story in turn: `main.mjs ENDPOINT SPOTIFY [FOLDER FOR SCREENSHOTS]`.

import { mkdirSync } from "node:fs";

import { chromium } from "playwright-core";

import { World } from "./world.mjs";
import * as account from "./stories/account.mjs";
import * as chat from "./stories/chat.mjs";
import * as landing from "./stories/landing.mjs";
import * as linking from "./stories/linking.mjs";
import * as refused from "./stories/refused.mjs";
import * as signIn from "./stories/sign_in.mjs";
import * as turnedAway from "./stories/turned_away.mjs";

const stories = { ...account, ...chat, ...landing, ...linking, ...refused, ...signIn, ...turnedAway };

const flags = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--no-proxy-server",
  // All there is, is on this machine; the OpenID provider's pages want a font from elsewhere.
  "--host-resolver-rules=MAP another.example 127.0.0.1, MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
];

const [endpoint, spotify, folder] = process.argv.slice(2);
if (folder) mkdirSync(folder, { recursive: true });
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: flags });
console.log(`Chromium ${browser.version()}`);
const world = await World.start(browser, endpoint, spotify, folder);
let failed = 0;
for (const [name, tell] of Object.entries(stories)) {
  if (!name.includes(process.env.ONLY ?? "")) continue;
  try {
    await tell(world);
    world.noTrouble();
    console.log(`✓ ${name}`);
  } catch (error) {
    failed += 1;
    console.log(`✗ ${name}\n${error.stack}`);
  } finally {
    await world.everybodyLeaves();
  }
}
await world.end();
await browser.close();
console.log(`${world.looks} pages looked at, ${failed} stories failed`);
process.exit(failed ? 1 : 0);
