// Sign-ins that don't work out, and what people and apps then hear.

import assert from "node:assert/strict";

/** Somebody at the consent page of an app. */
async function asked(world, allow = "@example.com", providers = ["idp"], name = "Example App", ...at) {
  const server = await world.server(allow, providers);
  const app = await world.app(server, name, ...at);
  const person = await world.visitor();
  await person.open(app.authorizeUrl());
  await person.arrive(`Connect ${name}`);
  return { server, app, person };
}

export async function whose_email_is_not_verified_is_not_invited(world) {
  const { person } = await asked(world);
  await person.press("Continue with Example ID");
  await person.signInWithId("ben");
  await person.look("not-invited-unverified", "You need an invitation", 403);
  await person.page.getByText("idp:ben").waitFor();
}

export async function whose_email_is_elsewhere_is_not_invited(world) {
  const { app, person } = await asked(world);
  await person.press("Continue with Example ID");
  await person.signInWithId("cat");
  await person.look("not-invited", "You need an invitation", 403);
  await person.press("Back to Example App");
  await person.arrive("The app isn't connected");
  assert.equal((await app.answer()).get("error"), "access_denied");
}

export async function who_cancels_goes_back_to_the_app(world) {
  const { app, person } = await asked(world);
  const stays = await person.halt(new URL(app.redirectUri).origin);
  await person.press("Cancel");
  await person.look("denied", "Taking you to Example App…");
  await stays.lift();
  await person.press("Continue to Example App");
  await person.arrive("The app isn't connected");
  assert.equal((await app.answer()).get("error"), "access_denied");
}

export async function who_cancels_at_the_provider_goes_back_to_the_app(world) {
  const { app, person } = await asked(world);
  await person.press("Continue with Example ID");
  await person.arrive("Sign-in");
  await person.press("[ Cancel ]");
  await person.arrive("The app isn't connected");
  assert.equal((await app.answer()).get("error"), "access_denied");
}

export async function a_page_works_once(world) {
  const { app, person } = await asked(world);
  const form = await person.page.content();
  await person.press("Continue with Example ID");
  await person.arrive("Sign-in");
  // The back button of a browser that has kept the page.
  await person.open(app.authorizeUrl());
  await person.page.evaluate((form) => {
    const before = new DOMParser().parseFromString(form, "text/html").forms[0];
    for (const name of ["id", "request"]) document.forms[0].elements[name].value = before.elements[name].value;
  }, form);
  await person.press("Continue with Example ID");
  await person.look("used-page", "This page is over", 403);
}

export async function who_comes_back_in_another_browser_does_not_come_in(world) {
  const { person } = await asked(world);
  await person.press("Continue with Example ID");
  await person.arrive("Sign-in");
  await person.forgetUs();
  await person.signInWithId("ann");
  await person.look("sign-in-other-browser", "This isn't the browser in which it began", 400);
}

export async function a_provider_that_is_away(world) {
  const { person } = await asked(world);
  await world.idp.whileAway(async () => {
    await person.press("Continue with Example ID");
    await person.look("provider-away", "Not at the moment", 502);
  });
}

export async function who_is_not_served_by_the_provider(world) {
  const { person } = await asked(world, "open", ["spotify"]);
  await person.press("Continue with Spotify");
  await person.signIn("mallory");
  await person.look("sign-in-not-served", "Not signed in", 403);
}

export async function an_app_that_nobody_knows(world) {
  const { app, person } = await asked(world);
  await person.open(app.authorizeUrl({ client_id: "made up" }));
  await person.look("unknown-app", "This request can't be used", 400);
}

export async function an_app_that_asks_wrongly_hears_of_it(world) {
  const { app, person } = await asked(world);
  await person.open(app.authorizeUrl({ code_challenge_method: "plain" }));
  await person.look("odd-request", "This request can't be answered", 400);
  await person.press("Back to Example App");
  await person.arrive("The app isn't connected");
  assert.equal((await app.answer()).get("error"), "invalid_request");
}

export async function an_app_with_a_scheme_of_its_own(world) {
  const at = "cursor://anysphere.cursor-mcp/oauth/callback";
  const { app, person } = await asked(world, "@example.com", ["idp"], "Cursor", at);
  await person.look("consent-app", "Connect Cursor");
  await person.press("Continue with Example ID");
  await person.signInWithId("ann");
  await person.arrive("Taking you to Cursor…");
  await person.newTab();
  await person.stayHere();
  await person.open(app.authorizeUrl());
  await person.press("Continue as Ann Example");
  await person.look("back-to-app", "Taking you to Cursor…");
}

export async function an_app_with_a_long_name_at_a_long_address(world) {
  const name = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft";
  const host = `${"a-very-long-label-of-a-host-name-that-nobody-can-read".repeat(1)}.${"sub.".repeat(20)}example`;
  const { person } = await asked(world, "@example.com", ["idp"], name, `https://${host}/callback`);
  await person.look("consent-long", `Connect ${name}`);
}

export async function what_cannot_be_read(world) {
  const { server, person } = await asked(world, "open", ["idp", "spotify"]);
  await person.open(`${server.origin}/callback/idp?state=1&state=2`);
  await person.look("unreadable", "This can't be read", 400);
}

export async function who_asks_too_often_is_told_to_wait(world) {
  const server = await world.server("open", ["idp"], { limits: { authorize_per_minute: 1 } });
  const [app, person] = [await world.app(server), await world.visitor()];
  await person.open(app.authorizeUrl());
  await person.open(app.authorizeUrl());
  await person.look("too-many", "Too many requests", 429);
}
