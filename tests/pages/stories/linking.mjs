// From the link in the chat to a connected account.

export async function a_person_connects_an_account(world) {
  const person = await world.visitor();
  const link = await world.link();
  await person.open(link);
  await person.look("connect", "Connect Spotify");

  const spotify = await person.halt(world.spotify);
  await person.press("Continue to Spotify");
  await person.look("onward", "Taking you to Spotify…");
  await spotify.lift();
  await person.press("Continue to Spotify");
  await person.signIn("alice");
  await person.look("connected", "Spotify is connected");

  await person.open(link);
  await person.look("link-used", "This link is over", 410);
}

export async function who_comes_back_in_another_browser_gets_a_code(world) {
  const person = await world.visitor();
  await person.open(await world.link());
  await person.press("Continue to Spotify");
  // The page in between leads on by itself.
  await person.arrive("Log in to Spotify");
  await person.forgetUs();
  await person.signIn("alice");
  await person.look("code", "One step is left");
  await person.page.reload();
  await person.look("code-again", "One step is left");
}
