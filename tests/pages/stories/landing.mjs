// The landing page.

import assert from "node:assert/strict";

export async function a_newcomer_finds_out_how_to_add_the_server(world) {
  const person = await world.visitor();
  await person.open("/");
  await person.page.evaluate(() => document.querySelectorAll("details").forEach((one) => (one.open = true)));
  await person.look("landing", "Add this server to your assistant");

  await person.page.locator("code.copy").first().click();
  const selected = await person.page.evaluate(() => getSelection().toString());
  assert.equal(selected, world.endpoint, "one click selects the URL");
}

export async function a_server_where_people_sign_in_says_so(world) {
  const server = await world.server("open", ["spotify"]);
  const person = await world.visitor();
  await person.open(server.origin);
  await person.look("landing-sign-in", "Add this server to your assistant");
  await person.page.getByText("where you sign in").waitFor();
}

export async function a_closed_landing_page_is_short(world) {
  const person = await world.visitor();
  await person.open("/");
  await person.look("landing-closed", "Add this server to your assistant");
}
