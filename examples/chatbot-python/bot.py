"""A chat bot whose chat is this terminal: type `alice: search harbour`, or as anybody else.

Its server, id and secret come from BOT_SERVER, BOT_CLIENT_ID and BOT_CLIENT_SECRET.
"""

import asyncio
import os
import sys

from assistant import HELP, Assistant


async def main():
    names = ("BOT_SERVER", "BOT_CLIENT_ID", "BOT_CLIENT_SECRET")
    assistant = Assistant(*(os.environ[name] for name in names))
    print(f"Write as somebody, e.g. `alice: search harbour`. {HELP}\n", flush=True)
    while line := await asyncio.to_thread(sys.stdin.readline):
        name, colon, text = (part.strip() for part in line.partition(":"))
        if not colon:
            print("Who says that? Write `alice: …`.\n", flush=True)
            continue
        # Here everybody is who they say; on a real platform it is the platform that says so.
        answer = await assistant.answer(f"terminal:{name}", name, text)
        print(f"bot to {name}: {answer}\n", flush=True)


asyncio.run(main())
