"""A Telegram bot: everybody who writes to it has an account of their own.

It needs TELEGRAM_TOKEN from @BotFather, besides BOT_SERVER, BOT_CLIENT_ID and
BOT_CLIENT_SECRET. What it answers is said in ../chatbot-python/assistant.py.
"""

import asyncio
import os
import sys
from pathlib import Path

import httpx2

sys.path.insert(0, str(Path(__file__).parent.parent / "chatbot-python"))
from assistant import Assistant  # noqa: E402

# How long, in seconds, Telegram holds a request for updates while there are none.
HOLD = 50
# The longest message that Telegram takes, in characters.
LONGEST = 4096


class Telegram:
    """The Bot API, as far as a bot for private chats needs it."""

    def __init__(self, token):
        api = os.environ.get("TELEGRAM_API", "https://api.telegram.org")
        self._http = httpx2.AsyncClient(base_url=f"{api}/bot{token}/", timeout=HOLD + 10)

    async def updates(self):
        """Messages as they come, each once."""
        offset = 0
        while True:
            asked = {"offset": offset, "timeout": HOLD, "allowed_updates": ["message"]}
            for update in await self.call("getUpdates", asked) or []:
                offset = update["update_id"] + 1
                yield update["message"]

    async def send(self, chat, text):
        # Telegram would open the link to show what is behind it.
        preview = {"is_disabled": True}
        message = {"chat_id": chat, "text": text[:LONGEST], "link_preview_options": preview}
        await self.call("sendMessage", message)

    async def call(self, method, arguments):
        """The result; none if there is no way to Telegram just now, or it refuses."""
        try:
            answer = (await self._http.post(method, json=arguments)).json()
        except (httpx2.HTTPError, ValueError) as error:
            # Not the error's own words: they have the URL in them, and with it the token.
            answer = {"description": type(error).__name__}
        if answer.get("ok"):
            return answer["result"]
        wait = answer.get("parameters", {}).get("retry_after", 3)
        print(f"{method}: {answer.get('description')}; waiting {wait} s", flush=True)
        await asyncio.sleep(wait)
        return None


def said(message):
    """The text of a message. A link t.me/<bot>?start=<code> arrives as `/start <code>`."""
    text = message.get("text", "").strip()
    return text.removeprefix("/start").removeprefix("/").strip()


async def main():
    names = ("BOT_SERVER", "BOT_CLIENT_ID", "BOT_CLIENT_SECRET")
    assistant = Assistant(*(os.environ[name] for name in names))
    telegram = Telegram(os.environ["TELEGRAM_TOKEN"])
    async for message in telegram.updates():
        chat, person = message["chat"], message.get("from")
        # In a group everybody would see the link, and the answers.
        if chat["type"] != "private" or not person:
            continue
        # Telegram itself says who has written; the text can't.
        chat_id, name = f"telegram:{person['id']}", person["first_name"]
        answer = await assistant.answer(chat_id, name, said(message))
        await telegram.send(chat["id"], answer)


asyncio.run(main())
