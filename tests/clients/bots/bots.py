"""The bots of `examples/`: `bots.py ENDPOINT CONTROL`, with a bot's variables in the environment.

Each speaks for two people, who sign in with accounts of their own, and mix up their codes.
"""

import os
import re
import subprocess
import sys
from pathlib import Path
from queue import Empty, Queue
from threading import Thread

HERE = Path(__file__).parent
EXAMPLES = HERE.parent.parent.parent / "examples"
sys.path.insert(0, str(HERE.parent))
import hosted  # noqa: E402
import story  # noqa: E402
from story import check  # noqa: E402
from telegram import TOKEN, Telegram  # noqa: E402

CODE = re.compile(r"\b[0-9A-Z]{4}-[0-9A-Z]{4}\b")


class Process:
    """A bot that runs, until the story is over."""

    def __init__(self, command, variables):
        # One that is meant to fail would complain to whoever runs it.
        stderr = subprocess.DEVNULL if "BOT_CLIENT_SECRET" in variables else None
        environment = os.environ | variables
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": stderr}
        self._process = subprocess.Popen(command, env=environment, text=True, **pipes)
        self._lines = Queue()
        Thread(target=lambda: [self._lines.put(line) for line in self._process.stdout], daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._process.stdin.close()
        self._process.kill()
        self._process.wait()


class InTerminal(Process):
    """One whose chat is its terminal. It ends each of its messages by an empty line."""

    def __init__(self, command, **variables):
        super().__init__(command, variables)
        self._paragraph()

    def ask(self, person, text):
        print(f"{person}: {text}", file=self._process.stdin, flush=True)
        answer = self._paragraph()
        begins = f"bot to {person}: "
        check(answer.startswith(begins), f"{person} is answered", answer)
        return answer.removeprefix(begins)

    open = ask

    def _paragraph(self):
        lines = []
        while not lines or lines[-1] != "\n":
            try:
                lines.append(self._lines.get(timeout=60))
            except Empty:
                check(False, "the bot answers", "".join(lines))
        return "".join(lines).strip()


class OnTelegram(Process):
    """One on a stand-in for Telegram."""

    PEOPLE = {"alice": 4711, "bob": 4712}

    def __init__(self, command, **variables):
        self.telegram = Telegram()
        own = {"TELEGRAM_API": self.telegram.url, "TELEGRAM_TOKEN": TOKEN}
        super().__init__(command, own | variables)

    def ask(self, person, text):
        self.telegram.say(self.PEOPLE[person], text)
        return self.telegram.heard(self.PEOPLE[person])

    def open(self, person, code):
        """The link t.me/<bot>?start=<code> says this for whoever opens it."""
        return self.ask(person, f"/start {code}")


BOTS = [
    ("Chat bot in Python", InTerminal, [sys.executable, EXAMPLES / "chatbot-python" / "bot.py"]),
    ("Chat bot in TypeScript", InTerminal, ["node", EXAMPLES / "chatbot-typescript" / "bot.ts"]),
    ("Bot on Telegram", OnTelegram, [sys.executable, EXAMPLES / "telegram" / "bot.py"]),
]


def tell(bot, server):
    """Two people and one bot."""
    # A code in the wrong chat is refused, and ends what it was for.
    code = code_for(bot, "alice", "search harbour")
    says(bot.ask("bob", code), without="Connected")
    says(bot.ask("alice", code), without="Connected")
    says(bot.ask("alice", "status"), "not connected")

    said = bot.open("alice", code_for(bot, "alice", "search harbour"))
    says(said, "Connected as Alice Example.", "spotify:track:")
    said = bot.ask("bob", code_for(bot, "bob", "now", "bob"))
    says(said, "Connected as Bob Example.")
    says(bot.ask("bob", "status"), "connected as Bob Example", without="Alice")
    says(bot.ask("alice", "status"), "connected as Alice Example", without="Bob")

    # The bot's own token and Spotify's are too old, and nobody hears of it.
    server.news()
    server.later(hosted.AN_HOUR)
    for person in OnTelegram.PEOPLE:
        says(bot.ask(person, "search harbour"), "spotify:track:")
    issued = [event["event"] for event in server.news()]
    check(issued == ["token.issued"], "the bot got one new token for both", issued)

    says(bot.ask("alice", "disconnect"), "Disconnected and deleted here")
    says(bot.ask("alice", "now"), "/connect/")
    says(bot.ask("bob", "status"), "connected as Bob Example")
    says(bot.ask("bob", "disconnect"), "Disconnected and deleted here")
    says(bot.ask("bob", "good morning"), "I know: search")
    check(server.objections() == [], "the real Spotify would object to nothing", server.objections())


def code_for(bot, person, message, account="alice"):
    """Says what needs an account, follows the link, signs in, and reads the code on the page."""
    said = bot.ask(person, message)
    link = re.search(r"https?://\S+/connect/\S+", said)
    check(link, "there is a link", said)
    page = story.sign_in(link[0], account)
    code = CODE.search(page)
    check(code, "the page shows a code", page)
    return code[0]


def says(answer, *parts, without=None):
    for part in parts:
        check(part in answer, f"it says {part!r}", answer)
    check(without is None or without not in answer, f"it doesn't say {without!r}", answer)


def groups_are_left_alone(bot):
    """In a group everybody would see the link."""
    bot.telegram.say(4711, "search harbour", kind="group")
    says(bot.ask("alice", "hello"), "I know: search")
    check(bot.telegram.is_silent(-4711), "the bot says nothing in groups")
    check(bot.telegram.objections == [], "Telegram objects to nothing", bot.telegram.objections)


async def main():
    server = hosted.Server(*sys.argv[1:], None)
    for name, kind, command in BOTS:
        with kind(command, BOT_CLIENT_SECRET="another") as bot:
            for _ in range(2):
                says(bot.ask("alice", "now"), "Something went wrong")
        with kind(command) as bot:
            tell(bot, server)
            if kind is OnTelegram:
                groups_are_left_alone(bot)
        print(f"{name}: well")


story.run(main())
