"""What every client must be able to do where people sign in, told once for all of them.

Besides what `story.py` asks for, a client has what is in `Client` here, and `stored()`, what it keeps:
`client_id`, its secret if it has one, `access_token` and `refresh_token`.
"""

import json
import urllib.error
import urllib.request
from collections import Counter
from urllib.parse import urlencode, urljoin

import story
from story import check

# How long an access token lives, in seconds, and one more.
AN_HOUR = 3601

# What the server records of a person's way to a token.
SIGNED_IN = Counter(["consent.given", "sign_in", "connection.made", "token.issued"])

OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class Client:
    """How most clients take what happens to them."""

    def later(self, seconds):
        """Time passes; it waits for the server to say that a token is too old."""

    async def again(self):
        """It was signed out; it notices, and sends its user to sign in again."""


class Server:
    """The example server `hosted`, as seen from beside the client."""

    def __init__(self, endpoint, control, document):
        self.endpoint = endpoint
        self.document = document
        self._control = control
        self._seen = set()
        self.news()

    def news(self):
        """What it recorded since the last look; what tools were called, and that the first person owns
        it, is no news."""
        events = [event for event in read(f"{self._control}/events") if event["id"] not in self._seen]
        self._seen.update(event["id"] for event in events)
        return [event for event in events if event["event"] not in ("owner.claimed", "tool.called")]

    def later(self, seconds):
        status, _, _ = ask(f"{self._control}/advance/{seconds}", b"")
        check(status == 204, "time passes at the server", status)

    def refuses(self, token):
        """With this token, or none, a request is answered by 401 and by where to get another."""
        body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "tools/list"}).encode()
        headers = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream"}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        status, answered, _ = ask(self.endpoint, body, headers)
        check(status == 401, "a request without a token that works is refused", status)
        challenge = answered["WWW-Authenticate"] or ""
        metadata = urljoin(self.endpoint, "/.well-known/oauth-protected-resource/mcp")
        check(challenge.startswith(f'Bearer resource_metadata="{metadata}"'), "it leads on", challenge)
        check(('error="invalid_token"' in challenge) == bool(token), "it says why", challenge)

    def revoke(self, stored):
        """Gives a client's tokens back in its name (RFC 7009): none of them does so by itself."""
        server = read(urljoin(self.endpoint, "/.well-known/oauth-authorization-server"))
        form = {"token": stored["refresh_token"], "client_id": stored["client_id"]}
        if stored.get("client_secret"):
            form["client_secret"] = stored["client_secret"]
        status, _, answer = ask(server["revocation_endpoint"], urlencode(form).encode())
        check(status == 200, "the tokens are taken back", answer)

    def objections(self):
        return read(f"{self._control}/violations")


async def tell(client, server, registers):
    """Signs in, stays signed in for longer than a token lives, is signed out, signs in again.

    The client may have signed in already, to connect.
    """
    server.refuses(None)
    story.described(await client.list_tools())
    signed_in = server.news()
    expected = SIGNED_IN + Counter(["client.registered"] if registers else [])
    check(names(signed_in) == expected, f"the way to the token was {expected}", signed_in)
    check(await story.state(client) == "connected", "who signed in with Spotify has connected it, too")
    await search(client)
    first = client.stored()
    if not registers:
        check(first["client_id"] == server.document, "the client's id is its document", first["client_id"])

    server.later(AN_HOUR)
    client.later(AN_HOUR)
    server.refuses(first["access_token"])
    await search(client)
    second = client.stored()
    for token in ("access_token", "refresh_token"):
        check(first[token] != second[token], f"there is another {token}")
    refreshed = server.news()
    check(names(refreshed) == Counter(["token.issued"]), "nobody was asked for that", refreshed)
    check(grants(refreshed) == grants(signed_in), "the grant is the same", refreshed)

    server.revoke(second)
    server.refuses(second["access_token"])
    revoked = server.news()
    check(names(revoked) == Counter(["token.revoked"]), "the grant has ended", revoked)

    await client.again()
    await search(client)
    again = server.news()
    check(names(again) >= SIGNED_IN, "the person was asked again", again)
    check(not grants(again) & grants(signed_in), "the grant is another one", again)
    check(server.objections() == [], "the real Spotify would object to nothing", server.objections())


async def search(client):
    found = await story.success(client, "spotify_search", query="harbour")
    check(any(found["results"].values()), "the search finds something", found)


def names(events):
    """How often what happened; what was refused is marked."""
    marks = {"done": "", "refused": " refused"}
    return Counter(event["event"] + marks[event["outcome"]] for event in events)


def grants(events):
    return {event["grant_id"] for event in events if event["grant_id"]}


def read(url):
    status, _, body = ask(url)
    check(status == 200, f"{url} answers", status)
    return json.loads(body)


def ask(url, body=None, headers=None):
    """One request; its status, headers and text."""
    request = urllib.request.Request(url, body, headers or {})
    try:
        with OPENER.open(request, timeout=30) as response:
            return response.status, response.headers, response.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read().decode(errors="replace")
