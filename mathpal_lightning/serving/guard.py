"""Who may ask: on this machine anybody but other websites, from another machine whoever has the key."""

from __future__ import annotations

import ipaddress
import os
import re
import secrets
from email.message import Message
from http.cookies import CookieError, SimpleCookie

API_KEY_VARIABLE = "MATHPAL_API_KEY"
_COOKIE = "mathpal"
_HOST = re.compile(r"(?:\[([0-9a-fA-F:.]+)\]|([^:\[\]]+))(?::\d+)?")


class Guard:
    """The key, and what a browser keeps instead of it. Both live in this process only."""

    def __init__(self, *, loopback: bool):
        """Take the key from the environment; where other machines can reach us and there is none, make one."""
        self.key: str | None = os.environ.get(API_KEY_VARIABLE, "").strip() or None
        self.made_key = self.key is None and not loopback
        if self.made_key:
            self.key = secrets.token_hex(8)  # 64 bits, and a pupil can type it
        self._session = secrets.token_urlsafe(24)

    def is_key(self, shown: str) -> bool:
        """Whether this is the key; takes the same time however much of it is right."""
        return self.key is None or secrets.compare_digest(self.key.encode(), shown.strip().encode("utf-8", "replace"))

    def cookie(self) -> str:
        """The Set-Cookie header for a browser that has shown the key; gone when it closes, or we do."""
        return f"{_COOKIE}={self._session}; HttpOnly; SameSite=Strict; Path=/"

    def has_shown_key(self, headers: Message) -> bool:
        """Whether a request carries the key or the cookie."""
        shown = headers.get("Authorization", "").removeprefix("Bearer ")
        if self.is_key(shown.encode("latin-1", "replace").decode("utf-8", "replace")):  # headers are read as Latin-1
            return True
        try:
            cookie = SimpleCookie(headers.get("Cookie", "")).get(_COOKIE)
        except CookieError:
            return False
        return cookie is not None and secrets.compare_digest(cookie.value.encode(), self._session.encode())

    def is_from_another_website(self, headers: Message) -> bool:
        """Whether a website that the user visits sends this request: by its Origin, or by a name of its own for this machine.

        A key keeps the latter out by itself, and a server with a key may have any name.
        """
        host = headers.get("Host", "")
        origin = headers.get("Origin")
        return (origin is not None and origin.partition("://")[2] != host) or (self.key is None and not _is_this_machine(host))


def is_loopback(address: str) -> bool:
    """Whether an address, without port, is one that only this machine reaches."""
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return address == "localhost"


def _is_this_machine(host: str) -> bool:
    match = _HOST.fullmatch(host)
    return match is not None and is_loopback(match[1] or match[2])
