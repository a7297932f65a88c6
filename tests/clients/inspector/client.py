"""The MCP Inspector's command line: `client.py ENDPOINT`, once per era of the protocol.

The Inspector refuses results, errors included, that don't fit the tool's output schema.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))
import story  # noqa: E402

INSPECTOR = HERE / "node_modules/@modelcontextprotocol/inspector/clients/launcher/build/index.js"

# The Inspector's exit code for a tool's result with `isError`.
TOOL_ERROR = 5


class Inspector:
    """One process per request, each with a home of its own: nothing is left in anybody's."""

    def __init__(self, endpoint, era, home, *options, **environment):
        self._options = ["--cli", endpoint, "--transport", "http", "--protocol-era", era]
        self._options += ["--format", "json", *options]
        self._environment = os.environ | {"HOME": home} | environment

    async def list_tools(self):
        return self._run("--method", "tools/list")["tools"]

    async def call(self, tool, arguments):
        options = ["--tool-name", tool, "--tool-args-json", json.dumps(arguments)]
        return self._run("--method", "tools/call", *options)

    def _run(self, *options):
        command = ["node", INSPECTOR, *self._options, *options]
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=120, env=self._environment
        )
        result = json.loads(done.stdout)["result"] if done.stdout.strip() else None
        expected = TOOL_ERROR if result and result.get("isError") else 0
        said = (done.returncode, done.stdout, done.stderr)
        story.check(done.returncode == expected, f"the Inspector ends {options} with {expected}", said)
        return result


async def main():
    endpoint = sys.argv[1]
    for era in ("modern", "legacy"):
        with tempfile.TemporaryDirectory() as home:
            await story.tell(Inspector(endpoint, era, home, "--stored-auth-only"), endpoint)
        print(f"MCP Inspector, {era}: well")


if __name__ == "__main__":
    story.run(main())
