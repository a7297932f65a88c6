"""mcp-remote, for clients that reach servers only by starting a process: `signed_in.py ENDPOINT CONTROL DOCUMENT`.

The current version, and the one that many configurations still name. The Python SDK starts it.
"""

import json
import os
import sys
import tempfile
from contextlib import AsyncExitStack
from pathlib import Path

from mcp import Client
from mcp.client.stdio import StdioServerParameters, stdio_client

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parent), str(HERE.parent / "python")]
import hosted  # noqa: E402
import story  # noqa: E402
from client import PythonSdk  # noqa: E402

VERSIONS = {"0.15.1": "mcp-remote", "0.1.38": "mcp-remote-0.1"}


class McpRemote(hosted.Client, PythonSdk):
    """A process that keeps what it has in files below its home."""

    def __init__(self, package, endpoint, home):
        self._home = Path(home)
        program = HERE / "node_modules" / package / "dist/proxy.js"
        environment = os.environ | {
            "MCP_REMOTE_CONFIG_DIR": home,
            "BROWSER": str(HERE / "browser"),
            "BROWSER_LOG": str(self._home / "log"),
        }
        self._process = StdioServerParameters(command="node", args=[str(program), endpoint], env=environment)

    async def __aenter__(self):
        async with AsyncExitStack() as stack:
            log = stack.enter_context(open(self._home / "log", "a"))
            transport = stdio_client(self._process, errlog=log)
            client = Client(transport, mode="legacy", read_timeout_seconds=30)
            try:
                self._client = await stack.enter_async_context(client)
            except Exception:
                print((self._home / "log").read_text(), file=sys.stderr)
                raise
            self._stack = stack.pop_all()
        return self

    async def __aexit__(self, *_):
        await self._stack.aclose()

    async def again(self):
        """Its user starts the app again: version 0.1 lets go of a sign-in that begins in between."""
        await self.__aexit__()
        await self.__aenter__()

    def stored(self):
        files = [next(self._home.glob(f"*/*_{what}.json")) for what in ("client_info", "tokens")]
        client, tokens = [json.loads(file.read_text()) for file in files]
        return client | tokens


async def main():
    server = hosted.Server(*sys.argv[1:])
    for version, package in VERSIONS.items():
        with tempfile.TemporaryDirectory() as home:
            async with McpRemote(package, server.endpoint, home) as client:
                await hosted.tell(client, server, registers=True)
        print(f"mcp-remote {version}, registered: well")


story.run(main())
