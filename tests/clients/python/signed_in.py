"""The official Python SDK where people sign in: `signed_in.py ENDPOINT CONTROL DOCUMENT`.

Once as a client with a document about itself, once as one that registers.
"""

import asyncio
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import httpx2
from mcp import Client
from mcp.client.auth import AuthorizationCodeResult, OAuthClientProvider
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.auth import OAuthClientMetadata

sys.path.insert(0, str(Path(__file__).parent.parent))
import hosted  # noqa: E402
import story  # noqa: E402
from client import MODES, PythonSdk  # noqa: E402

# How the client makes itself known, by how it connects.
REGISTERS = {"auto": False, "legacy": True}


class Callback(BaseHTTPRequestHandler):
    """Where the browser comes back to."""

    def do_GET(self):
        self.server.answer = dict(parse_qsl(urlsplit(self.path).query))
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"You may close this window.")

    def log_message(self, *_):
        """Says nothing."""


class Storage:
    """What the SDK keeps, in memory."""

    def __init__(self):
        self.tokens = None
        self.client = None

    async def get_tokens(self):
        return self.tokens

    async def set_tokens(self, tokens):
        self.tokens = tokens

    async def get_client_info(self):
        return self.client

    async def set_client_info(self, client):
        self.client = client


class SignedIn(hosted.Client, PythonSdk):
    """A session that signs in when it is told to, with its storage and its callback."""

    def __init__(self, callback, endpoint, document):
        self.storage = Storage()
        self._callback = callback
        metadata = OAuthClientMetadata(
            client_name="Python SDK",
            redirect_uris=[f"http://127.0.0.1:{callback.server_port}/callback"],
        )
        self.auth = OAuthClientProvider(
            endpoint, metadata, self.storage, self._open, self._come_back, document
        )

    def begin(self, client):
        self._client = client

    async def _open(self, url):
        await asyncio.to_thread(story.sign_in, url)

    async def _come_back(self):
        return AuthorizationCodeResult(**self._callback.answer)

    def stored(self):
        tokens, client = self.storage.tokens, self.storage.client
        return {
            "client_id": client.client_id,
            "client_secret": client.client_secret,
            "access_token": tokens.access_token,
            "refresh_token": tokens.refresh_token,
        }

    def later(self, seconds):
        """The SDK refreshes when a token is too old by its own clock."""
        now = time.time
        time.time = lambda: now() + seconds


async def main():
    server = hosted.Server(*sys.argv[1:])
    callback = ThreadingHTTPServer(("127.0.0.1", 0), Callback)
    threading.Thread(target=callback.serve_forever, daemon=True).start()
    for mode, registers in REGISTERS.items():
        sdk = SignedIn(callback, server.endpoint, None if registers else server.document)
        async with httpx2.AsyncClient(auth=sdk.auth, timeout=30) as http:
            transport = streamable_http_client(server.endpoint, http_client=http)
            async with Client(transport, mode=mode, read_timeout_seconds=30) as client:
                sdk.begin(client)
                version = client.protocol_version
                story.check(version == MODES[mode], f"{mode} speaks {MODES[mode]}", version)
                await hosted.tell(sdk, server, registers)
        print(f"Python SDK, {version}, {'registered' if registers else 'by its document'}: well")


story.run(main())
