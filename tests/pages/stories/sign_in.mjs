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

  const tokens = await app.redeem();
  const { result } = await app.ask(tokens.access_token, "tools/list");
  assert.deepEqual(result.tools.map((tool) => tool.name), ["Auth"]);
  const renewed = await app.refresh(tokens.refresh_token);
  assert.equal((await app.ask(renewed.access_token, "tools/list")).status, 200);
  await app.revoke(renewed.refresh_token);
  assert.equal((await app.ask(renewed.access_token, "tools/list")).status, 401);
}

export async function the_second_app_is_connected_without_a_sign_in(world) {
  const server = await world.server("@example.com", ["idp"]);
  const person = await world.visitor();
  const first = await world.app(server);
  await person.open(first.authorizeUrl());
  await person.press("Continue with Example ID");
  await person.signInWithId("ann");
  await person.arrive("The app is connected");

  const second = await world.app(server, "Another App");
  await person.open(second.authorizeUrl());
  await person.look("consent-signed-in", "Connect Another App");
  const app = await person.halt(new URL(second.redirectUri).origin);
  await person.press("Continue as Ann Example");
  await person.look("onward-app", "Taking you to Another App…");
  await app.lift();
  await person.press("Continue to Another App");
  await person.arrive("The app is connected");
  assert.notEqual((await first.redeem()).access_token, (await second.redeem()).access_token);

  // The provider would still know who that was; it is made to ask.
  await person.open(second.authorizeUrl());
  await person.press("Use another account");
  await person.look("login-another", "Sign in");
  await person.press("Continue with Example ID");
  await person.signInWithId("dan");
  await person.arrive("The app is connected");
  await person.open(second.authorizeUrl());
  await person.arrive("Connect Another App");
  await person.page.getByText("Signed in as Dan Example with Example ID").waitFor();
}

export async function the_owner_signs_in_with_one_of_several_accounts(world) {
  const server = await world.server("owner", ["idp", "spotify"]);
  const app = await world.app(server, "Claude");
  const person = await world.visitor();
  await person.open(app.authorizeUrl());
  await person.look("consent-several", "Connect Claude");
  await person.press("Continue");
  await person.look("login", "Sign in");
  await person.page.getByLabel("Claim code").fill("K7QM-2X9D-0RTV-4HNC");
  await person.press("Continue with Spotify");
  await person.look("login-wrong-claim", "Sign in", 403);
  await person.page.getByLabel("Claim code").fill(server.claimCode);
  await person.press("Continue with Spotify");
  await person.signIn("alice");
  await person.arrive("The app is connected");

  const { access_token: token } = await app.redeem();
  const { result } = await app.ask(token, "tools/call", { name: "Auth", arguments: { action: "status" } });
  assert.equal(result.structuredContent.providers[0].state, "connected", JSON.stringify(result));
}

export async function the_owner_signs_in_with_spotify_alone(world) {
  const server = await world.server("owner", ["spotify"]);
  const app = await world.app(server, "Claude", "https://claude.ai/api/mcp/auth_callback");
  const person = await world.visitor();
  const late = await world.visitor();
  await late.open(app.authorizeUrl());
  await person.open(app.authorizeUrl());
  await person.look("consent-claim", "Connect Claude");
  await person.page.getByLabel("Let the tools use this Spotify account").uncheck();
  await person.page.getByLabel("Claim code").fill("K7QM-2X9D-0RTV-4HNC");
  await person.press("Continue with Spotify");
  await person.look("consent-wrong-claim", "Connect Claude", 403);
  const ticked = await person.page.getByLabel("Let the tools use this Spotify account").isChecked();
  assert.equal(ticked, false, "what was chosen stays chosen");
  await person.page.getByLabel("Claim code").fill(server.claimCode);
  await person.press("Continue with Spotify");
  await person.signIn("alice");

  await late.page.getByLabel("Claim code").fill(server.claimCode);
  await late.press("Continue with Spotify");
  await late.look("late-claim", "This server has an owner", 403);
}

export async function the_provider_changes_its_keys(world) {
  const server = await world.server("@example.com", ["idp"]);
  const signIn = async () => {
    const [app, person] = [await world.app(server), await world.visitor()];
    await person.open(app.authorizeUrl());
    await person.press("Continue with Example ID");
    await person.signInWithId("ann");
    await person.arrive("The app is connected");
    await app.redeem();
  };
  world.idp.announceKey("ES256");
  await signIn();
  world.idp.changeKey();
  await signIn();
}

export async function a_link_in_the_chat_of_somebody_who_is_signed_in(world) {
  const server = await world.server("open", ["idp", "spotify"]);
  const [ann, cat] = [await world.visitor(), await world.visitor()];
  const tokens = [];
  for (const [person, name] of [[ann, "ann"], [cat, "cat"]]) {
    const app = await world.app(server);
    await person.open(app.authorizeUrl());
    await person.press("Continue");
    await person.press("Continue with Example ID");
    await person.signInWithId(name);
    await person.arrive("The app is connected");
    tokens.push([app, (await app.redeem()).access_token]);
  }
  const [app, token] = tokens[0];
  const { result } = await app.ask(token, "tools/call", { name: "Auth", arguments: { action: "get_url" } });
  const { url } = result.structuredContent;
  await cat.open(url);
  await cat.look("link-of-another", "This link isn't yours", 403);
  await ann.open(url);
  await ann.look("connect-signed-in", "Connect Spotify");
  await ann.press("Continue to Spotify");
  await ann.signIn("alice");
  await ann.arrive("Spotify is connected");
}
