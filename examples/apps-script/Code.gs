/**
 * The page that a provider sends people back to when their browsers can't reach the Stagepass server:
 * it shows the one line that they give to the assistant in their chat.
 *
 * The script keeps nothing and logs nothing. README.md says what it can see, and what it can't.
 */

/** The script property with an https URL that the line is posted to as well. Usually there is none. */
const POST_TO = 'POST_TO';

/** What the server's `state` looks like; the others are as long as they may be, without blanks. */
const STATE = /^[A-Za-z0-9_-]{43}$/;
const CODE = /^[\x21-\x7e]{1,4096}$/;
const ISSUER = /^https?:\/\/[\x21\x22\x24-\x7e]{1,512}$/;

/** Apps Script calls this for each visit. */
function doGet(event) {
  const answer = readAnswer(event);
  if (answer.declined) {
    return page('Not connected', [
      'The sign-in was ended without connecting anything.',
      'If that was a mistake, ask the assistant in your chat for a new link.',
    ]);
  }
  if (!answer.line) {
    return page('This address isn’t complete', [
      'Open the link from your chat again, or ask the assistant for a new one.',
    ]);
  }
  const told = post(answer);
  return page(
    'One step is left',
    [
      told ? 'The assistant was told. If it doesn’t go on by itself:' : null,
      'Copy this line and give it to the assistant, in the chat in which you asked for the link:',
    ],
    answer.line,
  );
}

/** The authorization response (RFC 6749 §4.1.2), each parameter once and as it has to look. */
function readAnswer(event) {
  const sent = (event && event.parameters) || {};
  const one = (name, shape) => {
    const values = sent[name] || [];
    return values.length === 1 && shape.test(values[0]) ? values[0] : null;
  };
  // The provider's own words about an error aren't shown: anybody can write them into a link.
  if (sent.error) return { declined: true };
  const code = one('code', CODE);
  const state = one('state', STATE);
  const iss = one('iss', ISSUER);
  if (!code || !state || (sent.iss && !iss)) return {};
  return { state, line: [code, state].concat(iss || []).join('#') };
}

/** Tells the bot, if it is to be told; whether it has heard. */
function post(answer) {
  const url = PropertiesService.getScriptProperties().getProperty(POST_TO);
  if (!url || !/^https:\/\//.test(url)) return false;
  try {
    const response = UrlFetchApp.fetch(url, {
      method: 'post',
      contentType: 'application/json',
      payload: JSON.stringify({ state: answer.state, code: answer.line }),
      followRedirects: false,
      muteHttpExceptions: true,
    });
    return Math.floor(response.getResponseCode() / 100) === 2;
  } catch (error) {
    // The person still has the line.
    return false;
  }
}

/** A page with a heading, some sentences, and the line if there is one. Nothing in it is a script. */
function page(title, sentences, line) {
  const said = sentences.filter(Boolean).map((sentence) => `<p>${escapeHtml(sentence)}</p>`);
  const shown = line ? `<p><code>${escapeHtml(line)}</code></p>` : '';
  const warning = line
    ? '<p>Give it to nobody else. If you didn’t ask for this, close the page: nothing is connected.</p>'
    : '';
  const html = `<!doctype html><html lang="en"><head><style>
body { font: 1.1rem/1.5 system-ui, sans-serif; max-width: 34rem; margin: 2rem auto; padding: 0 1rem }
code { display: block; padding: 1rem; border: 1px solid; overflow-wrap: anywhere; user-select: all }
</style></head><body><h1>${escapeHtml(title)}</h1>${said.join('')}${shown}${warning}</body></html>`;
  return HtmlService.createHtmlOutput(html)
    .setTitle(title)
    .addMetaTag('viewport', 'width=device-width, initial-scale=1');
}

/** Text as it is written in HTML, between tags as well as in attributes. */
function escapeHtml(text) {
  const entities = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
  return text.replace(/[&<>"']/g, (letter) => entities[letter]);
}
