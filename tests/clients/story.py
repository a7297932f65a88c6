"""What every client must be able to do with Stagepass, told once for the clients driven from Python.

A client is an object with two coroutines: `list_tools()` gives the tools as JSON, and
`call(tool, arguments)` a result as JSON. Each checks an answer against the tool's output schema
itself, as its users would have it.
"""

import asyncio
import signal
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

BROWSER = Path(__file__).with_name("browser.py")


class NotSo(Exception):
    """What the story says isn't so."""


def check(holds, what, seen=None):
    """Not `assert`, which `python -O` leaves out."""
    if not holds:
        raise NotSo(what if seen is None else f"{what}; it is {seen!r}")


def run(main):
    """Runs a client's coroutine; ends with one line instead of a traceback if a check fails."""
    # Whoever hangs is ended, and that is a failure, too.
    signal.alarm(300)
    try:
        asyncio.run(main)
    except* NotSo as group:
        error = group
        while isinstance(error, BaseExceptionGroup):
            error = error.exceptions[0]
        sys.exit(f"not so: {error}")


async def tell(client, endpoint):
    """Connects Spotify through the chat, uses it, and disconnects it again."""
    described(await client.list_tools())
    check(await state(client) == "not_connected", "nothing is connected at first")

    link = await success(client, "Auth", action="get_url")
    server = urlsplit(endpoint)
    begins = f"{server.scheme}://{server.netloc}/connect/"
    check(link["url"].startswith(begins), f"the link begins with {begins}", link["url"])
    page = sign_in(link["url"])
    check("connected" in page, "the last page says that it is connected", page)

    check(await state(client) == "connected", "Spotify is connected")
    found = await success(client, "spotify_search", query="harbour")
    check(any(found["results"].values()), "the search finds something", found)

    revoked = await success(client, "Auth", action="revoke")
    check(revoked["deleted"] is True, "revoking deletes the connection", revoked)
    check(await state(client) == "not_connected", "nothing is connected in the end")
    error = await failure(client, "spotify_search", query="harbour")
    check(error["code"] == "not_connected", "the search now needs a connection", error)
    check(error["message"] and error["next_step"], "the error says what to do", error)
    check(error["url"].startswith(begins), "the error has the link", error)
    check(error["url"] in error["next_step"] and error["expires_at"], "in words, too", error)


def described(tools):
    """The tools are there, and each says of itself what clients show to people."""
    names = [tool["name"] for tool in tools]
    for name in ("Auth", "spotify_search"):
        check(name in names, f"{name} is among the tools", names)
    for tool in tools:
        for field in ("title", "description", "annotations", "inputSchema", "outputSchema"):
            check(tool.get(field), f"{tool['name']} has its {field}")
        check(tool["outputSchema"]["type"] == "object", f"{tool['name']} answers with an object")


async def state(client):
    """How Spotify stands. A connected account has a name."""
    status = await success(client, "Auth", action="status")
    spotify = next(row for row in status["providers"] if row["provider"] == "spotify")
    if spotify["state"] == "connected":
        check(spotify["account"]["name"], "the account has a name", spotify)
    return spotify["state"]


async def success(client, tool, **arguments):
    result = await client.call(tool, arguments)
    check(not result.get("isError"), f"{tool} {arguments} works", result)
    return result["structuredContent"]


async def failure(client, tool, **arguments):
    result = await client.call(tool, arguments)
    check(result.get("isError") is True, f"{tool} {arguments} is an error", result)
    return result["structuredContent"]


def sign_in(url):
    """What a person does with the link, in a browser of their own."""
    done = subprocess.run([sys.executable, BROWSER, url], capture_output=True, text=True, timeout=120)
    check(done.returncode == 0, "the browser gets through the sign-in", done.stderr)
    return done.stdout
