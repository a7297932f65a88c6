"""The MCP Inspector's command line where people sign in: `signed_in.py ENDPOINT CONTROL DOCUMENT`.

Each call is a process of its own, with the same home.
"""

import json
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))
import hosted  # noqa: E402
import story  # noqa: E402
from client import Inspector  # noqa: E402

# How the client makes itself known, by the era it speaks.
REGISTERS = {"modern": False, "legacy": True}


class SignedIn(hosted.Client, Inspector):
    """With a browser, and with its secrets in a file instead of the system's keychain."""

    def __init__(self, endpoint, era, home, *options):
        # It opens the browser that BROWSER names, although nobody sits at a terminal.
        environment = {
            "BROWSER": str(story.BROWSER),
            "MCP_AUTO_OPEN_ENABLED": "true",
            "MCP_INSPECTOR_SECRET_STORE": "file",
        }
        super().__init__(endpoint, era, home, *options, **environment)
        self._endpoint = endpoint
        self._kept = Path(home) / ".mcp-inspector"

    def stored(self):
        secrets = json.loads((self._kept / "secrets.json").read_text())["secrets"]
        tokens = next(json.loads(secret) for name, secret in secrets.items() if ":tokens:" in name)
        servers = json.loads((self._kept / "storage/oauth.json").read_text())["servers"]
        server = servers[self._endpoint]
        return server["byIssuer"][server["activeIssuer"]]["clientInformation"] | tokens


async def main():
    server = hosted.Server(*sys.argv[1:])
    for era, registers in REGISTERS.items():
        options = [] if registers else ["--client-metadata-url", server.document]
        with tempfile.TemporaryDirectory() as home:
            await hosted.tell(SignedIn(server.endpoint, era, home, *options), server, registers)
        how = "registered" if registers else "by its document"
        print(f"MCP Inspector, {era}, {how}: well")


story.run(main())
