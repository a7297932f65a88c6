// A person's own page.

import assert from "node:assert/strict";

export async function a_person_sees_and_ends_what_is_on_their_own_page(world) {
  const server = await world.server("@example.com", ["idp", "spotify"]);
  const app = await world.app(server);
  const person = await world.visitor();
  await person.open(`${server.origin}/account`);
  await person.look("account-sign-in", "Your own page");
  await person.press("Continue with Example ID");
  await person.signInWithId("ann");
  await person.look("account-empty", "Your own page");
  await person.page.getByText("Signed in as Ann Example (Example ID)").waitFor();

  await person.press("Connect Spotify");
  await person.look("account-connect", "Connect Spotify");
  await person.press("Continue to Spotify");
  await person.signIn("alice");
  await person.arrive("Your own page");
  await person.open(app.authorizeUrl());
  await person.press("Continue as Ann Example");
  await person.arrive("The app is connected");
  const { access_token: token } = await app.redeem();

  await person.open(`${server.origin}/account`);
  await person.look("account", "Your own page");
  await person.press("Take access away from Example App");
  await person.arrive("Your own page");
  await person.page.getByText("No app may use this server for you.").waitFor();
  assert.equal((await app.ask(token, "tools/list")).status, 401);
  await person.press("Disconnect Spotify: Alice Example");
  await person.page.getByText("Not connected.").waitFor();

  await person.press("Delete everything about me");
  await person.look("account-delete", "Delete everything about Ann Example (Example ID)?");
  await person.press("Delete everything about me");
  await person.look("account-deleted", "Everything is deleted");
  await person.open(`${server.origin}/account`);
  await person.page.getByRole("button", { name: "Continue with Example ID" }).waitFor();
}

export async function a_person_signs_out_of_their_own_page(world) {
  const server = await world.server("@example.com", ["idp"]);
  const person = await world.visitor();
  await person.open(`${server.origin}/account`);
  await person.press("Continue with Example ID");
  await person.signInWithId("ann");
  await person.arrive("Your own page");
  const button = person.page.getByRole("button", { name: "Sign out" });
  await button.waitFor();
  await person.press("Sign out");
  await person.look("account-signed-out", "Signed out");
  await person.press("Sign in again");
  await person.page.getByRole("button", { name: "Continue with Example ID" }).waitFor();
}

export async function whose_own_page_is_old_is_told_to_press_again(world) {
  const person = await world.visitor();
  await person.open("/account");
  await person.look("account-owner", "Your own page");
  await person.forgetUs();
  await person.press("Connect Spotify");
  await person.look("account-again", "Please press the button again", 403);
  await person.press("Back to your own page");
  await person.arrive("Your own page");
}

export async function a_chat_user_opens_their_own_page_by_a_code(world) {
  const server = await world.server("open", ["spotify"]);
  const bot = await world.bot(server, "Weather Bot");
  const anna = "whatsapp:+4915112345678";
  const link = async () => (await bot.auth(anna, { action: "status" })).account_url;
  const give = (chat, code) => bot.auth(chat, { action: "handle_callback", code });

  const person = await world.visitor();
  await person.open(await link());
  await person.look("account-chat", "Your own page");
  await person.press("Show me the code");
  await person.look("account-chat-code", "One step is left");
  const code = await person.page.locator(".code").innerText();
  await person.press("Continue");
  await person.look("account-chat-early", "One step is left", 409);
  assert.equal((await give(anna, code)).page_open, true);
  await person.press("Continue");
  await person.look("account-of-chat", "Your own page");
  await person.press("Connect Spotify");
  await person.press("Continue to Spotify");
  await person.signIn("alice");
  await person.arrive("Your own page");
  await person.page.getByRole("heading", { name: "Spotify: Alice Example" }).waitFor();

  const url = await link();
  const stranger = await world.visitor();
  await stranger.open(url);
  await stranger.press("Show me the code");
  const wrong = await give("whatsapp:+4917099999999", await stranger.page.locator(".code").innerText());
  assert.equal(wrong.code, "wrong_identity");
  await person.open(url);
  await person.look("account-chat-over", "This link is over", 410);
}
