"""The official TypeScript SDKs where people sign in: `signed_in.py ENDPOINT CONTROL DOCUMENT`.

Version 2 as a client with a document about itself, and as one that registers; version 1 registers.
"""

import json
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))
import hosted  # noqa: E402
import story  # noqa: E402

# The SDK's version, how it connects, the protocol that must come out of it, and whether it registers.
CLIENTS = [
    ("2", "auto", "2026-07-28", False),
    ("2", "legacy", "2025-11-25", True),
    ("1", "legacy", "2025-11-25", True),
]


class TypeScriptSdk(hosted.Client):
    """A process of its own, which does what it is told line by line."""

    def __init__(self, *arguments):
        command = ["node", HERE / "signed_in.mjs", *arguments]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def do(self, name, argument=None):
        print(json.dumps([name, argument]), file=self._process.stdin, flush=True)
        said = json.loads(self._process.stdout.readline() or '{"error": "the process has ended"}')
        story.check("error" not in said, f"{name} works", said.get("error"))
        return said["result"]

    async def list_tools(self):
        return self.do("listTools")["tools"]

    async def call(self, tool, arguments):
        return self.do("callTool", {"name": tool, "arguments": arguments})

    def stored(self):
        return self.do("stored")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._process.stdin.close()
        self._process.wait(timeout=30)


async def main():
    server = hosted.Server(*sys.argv[1:])
    for version, mode, protocol, registers in CLIENTS:
        document = [] if registers else [server.document]
        with TypeScriptSdk(version, mode, server.endpoint, *document) as sdk:
            connected = sdk.do("connect")
            story.check(connected == protocol, f"{mode} speaks {protocol}", connected)
            await hosted.tell(sdk, server, registers)
        how = "registered" if registers else "by its document"
        print(f"TypeScript SDK {version}, {protocol}, {how}: well")


story.run(main())
