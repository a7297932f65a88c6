"""A stand-in for Telegram's Bot API, as far as a bot for private chats needs it, and strict about it."""

import itertools
import json
import queue
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

TOKEN = "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"
# However long a bot would wait, in seconds.
LONGEST_HOLD = 2


class Telegram:
    """Chats with one bot. Each person has a private one, whose id is the person's."""

    def __init__(self):
        self.objections = []
        self._updates = []
        self._numbers = itertools.count(1000)
        self._answers = {}
        self._news = threading.Condition()
        handler = type("Handler", (Handler,), {"telegram": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def say(self, person, text, kind="private"):
        """Somebody writes to the bot, in private or where others read along."""
        sender = {"id": person, "is_bot": False, "first_name": f"Person {person}"}
        chat = {"id": person if kind == "private" else -person, "type": kind}
        with self._news:
            self._answers.setdefault(chat["id"], queue.Queue())
            message = {"from": sender, "chat": chat, "date": int(time.time()), "text": text}
            self._updates.append({"update_id": next(self._numbers), "message": message})
            self._news.notify_all()

    def heard(self, person):
        """What the bot answers next."""
        return self._answers[person].get(timeout=60)

    def is_silent(self, chat):
        return self._answers[chat].empty()

    def get_updates(self, asked):
        offset, hold = asked.get("offset", 0), min(asked.get("timeout", 0), LONGEST_HOLD)
        with self._news:
            # Whoever asks from a number on has seen all before it; they never come again.
            self._updates = [update for update in self._updates if update["update_id"] >= offset]
            self._news.wait_for(lambda: self._updates, hold)
            return self._updates[:100]

    def send_message(self, asked):
        text, chat = asked.get("text"), asked.get("chat_id")
        if not isinstance(text, str) or not text.strip():
            return self._objects(400, "Bad Request: message text is empty")
        if len(text) > 4096:
            return self._objects(400, "Bad Request: message is too long")
        if chat not in self._answers:
            return self._objects(403, "Forbidden: bot can't initiate conversation with a user")
        if asked.get("link_preview_options") != {"is_disabled": True}:
            return self._objects(400, "a preview would open the link")
        self._answers[chat].put(text)
        return {"message_id": 1, "date": int(time.time()), "chat": {"id": chat}, "text": text}

    def _objects(self, status, why):
        self.objections.append(why)
        return status, why


class Handler(BaseHTTPRequestHandler):
    """https://core.telegram.org/bots/api#making-requests"""

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])) or "{}")
        methods = {"getUpdates": self.telegram.get_updates, "sendMessage": self.telegram.send_message}
        token, _, method = self.path.removeprefix("/bot").partition("/")
        if token != TOKEN:
            result = 401, "Unauthorized"
        elif method not in methods:
            result = 404, "Not Found"
        else:
            result = methods[method](body)
        if isinstance(result, tuple):
            status, why = result
            answer = {"ok": False, "error_code": status, "description": why}
        else:
            status, answer = 200, {"ok": True, "result": result}
        said = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    def log_message(self, *_):
        """Says nothing."""
