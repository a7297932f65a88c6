"""A chat bot's side of Stagepass: one token for the bot, and with each call for whom it speaks.

A few commands stand in for a language model; everything else is what a real bot has, too.
"""

import re
import sys
import time
from contextlib import asynccontextmanager
from urllib.parse import quote, urljoin

import httpx2
from mcp import Client
from mcp.client.streamable_http import streamable_http_client

HELP = "I know: search …, play …, now, status, disconnect."
TROUBLE = "Something went wrong. Please try again in a minute."
LINK = "For that I need your account. Sign in here: {url}\nThen send me what the page shows."
# The code on the page, the line or the address of a relay's page.
CODE = re.compile(r"[0-9a-z]{4}-[0-9a-z]{4}|\S+#\S+|https?://\S+", re.IGNORECASE)
# The person has to sign in before this call can work.
UNCONNECTED = ("not_connected", "needs_reconnect")


def understand(text):
    """The tool call that somebody means; none if it is none of the commands."""
    match text.split(maxsplit=1):
        case ["search", words]:
            return "spotify_search", {"query": words}
        case ["play", words]:
            return "spotify_play", {"query": words}
        case ["now"]:
            return "spotify_now", {}
        case ["status"]:
            return "Auth", {"action": "status"}
        case ["disconnect"]:
            return "Auth", {"action": "revoke"}
    if CODE.fullmatch(text.strip()):
        return "Auth", {"action": "handle_callback", "code": text.strip()}
    return None


class BotToken(httpx2.Auth):
    """The bot's own token: got with its id and secret, and got again when it has ended."""

    def __init__(self, endpoint, client_id, client_secret):
        self._url = urljoin(endpoint, "/token")
        self._proof = httpx2.BasicAuth(quote(client_id, safe=""), quote(client_secret, safe=""))
        self._token = None
        self._good_until = 0

    async def async_auth_flow(self, request):
        if time.monotonic() >= self._good_until:
            await self._keep((yield self._question()))
        request.headers["Authorization"] = f"Bearer {self._token}"
        response = yield request
        if response.status_code == 401:
            # It ended sooner than it said, by the server's clock or because it was revoked.
            await self._keep((yield self._question()))
            request.headers["Authorization"] = f"Bearer {self._token}"
            yield request

    def _question(self):
        form = {"grant_type": "client_credentials", "scope": "mcp.read mcp.write mcp.act_as"}
        question = httpx2.Request("POST", self._url, data=form)
        return next(self._proof.auth_flow(question))

    async def _keep(self, answer):
        await answer.aread()
        if answer.status_code != 200:
            raise RuntimeError(f"no token: {answer.status_code} {answer.text}")
        token = answer.json()
        self._token = token["access_token"]
        self._good_until = time.monotonic() + token["expires_in"] - 60


class Assistant:
    """Answers messages, each as the person who has sent it."""

    def __init__(self, endpoint, client_id, client_secret):
        self._endpoint = endpoint
        self._auth = BotToken(endpoint, client_id, client_secret)
        # What to do once somebody is connected, by chat id.
        self._postponed = {}

    async def answer(self, chat_id, name, text):
        """What to answer to `text`. The platform vouches for `chat_id`: it never comes from a text."""
        call = understand(text)
        if call is None:
            return HELP
        try:
            return await self._answer(chat_id, name, call)
        except Exception as error:  # One message that fails must not end the bot
            print(f"no answer for {chat_id}: {error!r}", file=sys.stderr)
            return TROUBLE

    async def _answer(self, chat_id, name, call):
        async with self._speaking_for(chat_id, name) as stagepass:
            result = await stagepass.call_tool(*call)
            failed = result.structured_content["code"] if result.is_error else None
            if failed in UNCONNECTED:
                self._postponed[chat_id] = call
                if url := result.structured_content.get("url"):
                    return LINK.format(url=url)
                return "Now send me the code from the page, here in this chat."
            if failed:
                return result.structured_content["message"]
            if call[1].get("action") != "handle_callback":
                return result.content[0].text
            if "account" not in result.structured_content:  # It was the code of their own page
                return "Thank you. Now go back to the page and press Continue."
            said = f"Connected as {result.structured_content['account']['name']}."
            if chat_id in self._postponed:
                result = await stagepass.call_tool(*self._postponed.pop(chat_id))
                said = f"{said}\n{result.content[0].text}"
            return said

    @asynccontextmanager
    async def _speaking_for(self, chat_id, name):
        """A client for one message. Both are UTF-8, percent-encoded; the name is for people's eyes."""
        headers = {"Stagepass-Chat-Id": quote(chat_id, safe=""), "Stagepass-Chat-Name": quote(name)}
        async with httpx2.AsyncClient(auth=self._auth, headers=headers, timeout=60) as http:
            transport = streamable_http_client(self._endpoint, http_client=http)
            async with Client(transport, mode="2026-07-28") as client:
                yield client
