// Whatever doesn't work out, and what the page then says.

export async function a_person_declines(world) {
  const person = await world.visitor();
  await person.open(await world.link());
  await person.press("Continue to Spotify");
  await person.arrive("Log in to Spotify");
  await person.signIn("bob", "Cancel");
  await person.look("declined", "Not connected", 400);
}

export async function a_browser_without_cookies(world) {
  const person = await world.visitor();
  await person.open(await world.link());
  await person.forgetUs();
  await person.press("Continue to Spotify");
  await person.look("no-cookies", "This browser keeps no cookies", 400);
}

export async function a_form_of_somebody_elses(world) {
  const person = await world.visitor();
  await person.open(await world.link());
  await person.page.evaluate(() => (document.forms[0].elements.token.value = "made up"));
  await person.press("Continue to Spotify");
  await person.look("foreign-form", "Please press the button again", 403);
}

export async function a_link_that_was_begun_in_another_browser(world) {
  const [first, second] = [await world.visitor(), await world.visitor()];
  const link = await world.link();
  await first.open(link);
  await second.open(link);
  await first.press("Continue to Spotify");
  await first.arrive("Log in to Spotify");
  await second.press("Continue to Spotify");
  await second.look("other-browser", "Opened in another browser", 409);
}

export async function whom_spotify_does_not_serve(world) {
  const person = await world.visitor();
  await person.open(await world.link());
  await person.press("Continue to Spotify");
  await person.signIn("mallory");
  await person.look("not-served", "Not connected", 400);
}

export async function another_name_for_the_server(world) {
  const person = await world.visitor();
  const { port } = new URL(world.origin);
  await person.open(`http://another.example:${port}/`);
  await person.look("another-name", "This server doesn't answer to that name", 403);
}

export async function an_address_that_leads_nowhere(world) {
  const person = await world.visitor();
  await person.open("/nowhere");
  await person.look("nothing-here", "There is nothing here", 404);
}

export async function a_page_that_only_a_form_opens(world) {
  const person = await world.visitor();
  await person.open("/");
  await person.page.evaluate(() => {
    const form = Object.assign(document.createElement("form"), { method: "post", action: "/" });
    document.body.append(form);
    form.submit();
  });
  await person.look("wrong-method", "This page can't be opened like that", 405);
}
