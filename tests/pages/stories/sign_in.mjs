// From an app that was told a URL to one that uses the tools.

import assert from "node:assert/strict";

export async function a_person_signs_in_for_an_app(world) {
  const server = await world.server("@example.com", ["idp"]);
  const app = await world.app(server);
  const person = await world.visitor();
  await person.open(app.authorizeUrl());
  await person.look("consent", "Connect Example App");

  const provider = await person.halt(world.idp.url);
  await person.press("Continue with Example ID");
  await person.look("consent-onward", "Taking you to Example ID…");
  await provider.lift();
  await person.press("Continue to Example ID");
  await person.signInWithId("ann");
  await person.arrive("The app is connected");
  person.noTrouble();

  const tokens = await app.redeem();
  const { result } = await app.ask(tokens.access_token, "tools/list");
  assert.deepEqual(result.tools.map((tool) => tool.name), ["Auth"]);
  const renewed = await app.refresh(tokens.refresh_token);
  assert.equal((await app.ask(renewed.access_token, "tools/list")).status, 200);
  await app.revoke(renewed.refresh_token);
  assert.equal((await app.ask(renewed.access_token, "tools/list")).status, 401);
}
