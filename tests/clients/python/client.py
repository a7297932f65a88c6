"""The official Python SDK: `client.py ENDPOINT`, once per era of the protocol."""

import sys
from pathlib import Path

from mcp import Client

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


def plain(model):
    return model.model_dump(mode="json", by_alias=True, exclude_none=True)


async def main():
    endpoint = sys.argv[1]
    for mode, version in MODES.items():
        async with Client(endpoint, mode=mode, read_timeout_seconds=30) as client:
            story.check(client.protocol_version == version, f"{mode} speaks {version}", client.protocol_version)
            await story.tell(PythonSdk(client), endpoint)
        print(f"Python SDK, {version}: well")


if __name__ == "__main__":
    story.run(main())
