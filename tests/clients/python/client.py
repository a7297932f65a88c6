"""The official Python SDK: `client.py ENDPOINT`, once per era of the protocol, and once more per era
as a client that opens links."""

import sys
from pathlib import Path

import anyio
from mcp import Client, UrlElicitationRequiredError
from mcp.shared.exceptions import MCPError
from mcp_types import ElicitRequestURLParams, ElicitResult

sys.path.insert(0, str(Path(__file__).parent.parent))
import story  # noqa: E402

# How to connect, and the version that must come out of it. `auto` asks `server/discover` first,
# `legacy` says `initialize`.
MODES = {"auto": "2026-07-28", "legacy": "2025-11-25"}


class PythonSdk:
    def __init__(self, client):
        self._client = client

    async def list_tools(self):
        listed = await self._client.list_tools()
        return [plain(tool) for tool in listed.tools]

    async def call(self, tool, arguments):
        # The SDK raises when a result without an error doesn't fit the output schema.
        return plain(await self._client.call_tool(tool, arguments))


class Person:
    """Signs in by what the client shows."""

    def __init__(self):
        self.pages = []

    async def sign_in(self, url):
        self.pages.append(await anyio.to_thread.run_sync(story.sign_in, url))

    async def __call__(self, context, asked):
        story.check(isinstance(asked, ElicitRequestURLParams), "the client is asked to open a link", asked)
        story.check("sign in at Spotify" in asked.message, "the person is told what for", asked.message)
        await self.sign_in(asked.url)
        return ElicitResult(action="accept")


async def open_links(client, person, mode):
    """Calls a tool without an account: the client opens the link, and nobody copies anything."""
    sdk = PythonSdk(client)
    if mode == "legacy":
        try:
            await sdk.call("spotify_search", {"query": "harbour"})
            raise story.NotSo("the call is answered with an error that names a link")
        except MCPError as error:
            required = UrlElicitationRequiredError.from_error(error.error)
        story.check(len(required.elicitations) == 1, "one link is named", required.elicitations)
        await person.sign_in(required.elicitations[0].url)
    found = await story.success(sdk, "spotify_search", query="harbour")
    story.check(any(found["results"].values()), "the search finds something", found)
    story.check(len(person.pages) == 1, "the person was asked once", person.pages)
    story.check("connected" in person.pages[0], "the page says that it is connected", person.pages)
    await story.success(sdk, "Auth", action="revoke")


def plain(model):
    return model.model_dump(mode="json", by_alias=True, exclude_none=True)


async def main():
    endpoint = sys.argv[1]
    for mode, version in MODES.items():
        async with Client(endpoint, mode=mode, read_timeout_seconds=30) as client:
            story.check(client.protocol_version == version, f"{mode} speaks {version}", client.protocol_version)
            await story.tell(PythonSdk(client), endpoint)
        print(f"Python SDK, {version}: well")
        person = Person()
        opening = Client(endpoint, mode=mode, read_timeout_seconds=30, elicitation_callback=person)
        async with opening as client:
            await open_links(client, person, mode)
        print(f"Python SDK, {version}, opening links: well")


if __name__ == "__main__":
    story.run(main())
