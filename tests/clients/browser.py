#!/usr/bin/env python3
"""Signs in as a person with a browser would: `browser.py URL [person]`, as alice by default.

Opens the address, keeps cookies, follows redirects and refreshes, and presses the button of each
page until one has no button left. Prints the text of that last page. A page that asks for the claim
code of a new server is given CLAIM_CODE. Python's standard library is all it needs.
"""

import os
import sys
import time
import urllib.error
import urllib.request
from html.parser import HTMLParser
from http.cookiejar import CookieJar
from urllib.parse import urlencode, urljoin, urlsplit

# Ours, the sign-in and the consent make three; more means that we go round in circles.
MOST_BUTTONS = 6

# How long, in seconds, a program may take until it listens for its user: a person is slower than we are.
PATIENCE = 20


class Page(HTMLParser):
    """What a person sees of a page: its text, and its first form."""

    def __init__(self, url, html):
        super().__init__()
        self.url = url
        self.form = None
        self.refresh = None
        self.fields = []
        self.buttons = []
        self.radios = {}
        self.words = []
        self._inside = []
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        if tag in ("style", "script", "title"):
            self._inside.append(tag)
        elif tag == "meta" and attributes.get("http-equiv") == "refresh":
            self.refresh = attributes["content"].partition("url=")[2]
        elif tag == "form" and self.form is None:
            self.form = attributes
        elif tag == "button":
            self.buttons.append(attributes)
        elif tag == "input" and attributes.get("type") == "radio":
            self.radios.setdefault(attributes["name"], []).append(attributes["value"])
        elif tag == "input" and attributes.get("type") == "submit":
            self.buttons.append(attributes)
        elif tag == "input" and "name" in attributes:
            self.fields.append((attributes["name"], attributes.get("value", "")))

    def handle_endtag(self, tag):
        if self._inside and self._inside[-1] == tag:
            self._inside.pop()

    def handle_data(self, data):
        if not self._inside and data.strip():
            self.words.append(" ".join(data.split()))

    @property
    def text(self):
        return " ".join(self.words)

    def filled(self, person):
        """The form's pairs, with `person` chosen and the first button pressed."""
        claim = os.environ.get("CLAIM_CODE", "")
        pairs = [(name, claim if name == "claim" else value) for name, value in self.fields]
        for name, values in self.radios.items():
            if person not in values:
                raise SystemExit(f"{self.url} offers {values}, not {person}")
            pairs.append((name, person))
        if not self.buttons:
            raise SystemExit(f"{self.url} has a form without a button: {self.text}")
        pressed = self.buttons[0]
        if "name" in pressed:
            pairs.append((pressed["name"], pressed.get("value", "")))
        return pairs


class Browser:
    """Cookies, and no proxy: all of this is on loopback."""

    def __init__(self):
        self._opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(CookieJar())
        )

    def open(self, request):
        try:
            with self._opener.open(request, timeout=30) as response:
                page = Page(response.url, response.read().decode())
        except urllib.error.HTTPError as error:
            text = Page(error.url, error.read().decode(errors="replace")).text
            raise SystemExit(f"{error.url} answered {error.code}: {text}") from None
        if page.refresh:
            return self.led_on(urljoin(page.url, page.refresh))
        return page

    def led_on(self, url):
        """Where a page leads on to may be a program that doesn't listen yet."""
        until = time.monotonic() + PATIENCE
        while True:
            try:
                return self.open(urllib.request.Request(url))
            except urllib.error.URLError as error:
                if not isinstance(error.reason, ConnectionRefusedError) or time.monotonic() > until:
                    raise
                time.sleep(0.1)

    def press(self, page, person):
        """Sends the page's form as the page itself would."""
        target = urljoin(page.url, page.form.get("action") or "")
        pairs = urlencode(page.filled(person))
        if page.form.get("method", "get").lower() == "get":
            return self.open(urllib.request.Request(f"{target.split('?')[0]}?{pairs}"))
        request = urllib.request.Request(target, data=pairs.encode())
        here, there = urlsplit(page.url), urlsplit(target)
        same = (here.scheme, here.netloc) == (there.scheme, there.netloc)
        request.add_unredirected_header("Origin", f"{here.scheme}://{here.netloc}")
        request.add_unredirected_header("Sec-Fetch-Site", "same-origin" if same else "cross-site")
        return self.open(request)


def main():
    url, person = (sys.argv[1:] + ["alice"])[:2]
    browser = Browser()
    page = browser.open(urllib.request.Request(url))
    for _ in range(MOST_BUTTONS):
        if page.form is None:
            print(page.text)
            return
        page = browser.press(page, person)
    raise SystemExit(f"still a button after {MOST_BUTTONS} pages: {page.url}: {page.text}")


if __name__ == "__main__":
    main()
