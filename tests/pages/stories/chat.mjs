// A chat user connects an account, and leads the code back into the chat.

import assert from "node:assert/strict";

const anna = "whatsapp:+4915112345678";

async function weatherBot(world) {
  const server = await world.server("open", ["spotify"]);
  const bot = await world.bot(server, "Weather Bot");
  const return_link = "https://wa.me/15551234567?text={code}";
  await server.again({ chat: { [bot.id]: { return_link } } });
  return bot;
}

export async function a_chat_user_connects_an_account(world) {
  const bot = await weatherBot(world);
  const person = await world.visitor();
  await person.open((await bot.auth(anna, { action: "get_url" })).url);
  await person.look("chat-connect", "Connect Spotify");
  await person.press("Continue to Spotify");
  await person.signIn("alice");
  await person.look("chat-code", "One step is left");
  const code = await person.page.locator(".code").innerText();
  const back = await person.page.getByRole("link", { name: "Back to the chat" }).getAttribute("href");
  assert.equal(back, `https://wa.me/15551234567?text=${code}`);
  await person.page.getByRole("img", { name: "for your phone" }).waitFor();
  assert.equal((await bot.auth(anna, { action: "handle_callback", code })).connected, true);
  await person.page.reload();
  await person.look("chat-connected", "Connected");
}

export async function a_chat_user_without_cookies_connects_one_all_the_same(world) {
  const bot = await weatherBot(world);
  const person = await world.visitor();
  await person.open((await bot.auth(anna, { action: "get_url" })).url);
  await person.press("Continue to Spotify");
  await person.arrive("Log in to Spotify");
  await person.forgetUs();
  await person.signIn("alice");
  await person.arrive("One step is left");
  const code = await person.page.locator(".code").innerText();
  assert.equal((await bot.auth(anna, { action: "handle_callback", code })).connected, true);
}

export async function who_followed_somebody_elses_link_sees_why_it_ended(world) {
  const bot = await weatherBot(world);
  const person = await world.visitor();
  await person.open((await bot.auth("whatsapp:+4917099999999", { action: "get_url" })).url);
  await person.press("Continue to Spotify");
  await person.signIn("alice");
  await person.arrive("One step is left");
  const code = await person.page.locator(".code").innerText();
  assert.equal((await bot.auth(anna, { action: "handle_callback", code })).code, "wrong_identity");
  await person.page.reload();
  await person.look("chat-wrong", "This link is over", 410);
}
