"""Who may ask: on this machine anybody but other websites, from another machine whoever has the key."""

from __future__ import annotations

import ipaddress
import os
import re
import secrets
from collections.abc import Mapping

from mathpal_lightning.errors import ConfigError

API_KEY_VARIABLE = "MATHPAL_API_KEY"
_SHORTEST_KEY, _FEWEST_CHARACTERS = 8, 5
_GUESSED = re.compile(r"password|passw0rd|matkhau|mật khẩu|mathpal|qwerty|asdfgh|iloveyou|admin|letmein", re.IGNORECASE)
_ROWS = ("01234567890123456789", "abcdefghijklmnopqrstuvwxyz")
_COOKIE = "mathpal"
_HOST = re.compile(r"(?:\[([0-9a-fA-F:.]+)\]|([^:\[\]]+))(?::\d+)?")


class Guard:
    """The key, and what a browser keeps instead of it. Both live in this process only."""

    def __init__(self, *, loopback: bool, secure: bool = False):
        """Take the key from the environment; where other machines can reach us and there is none, make one.

        Args:
            loopback: only this machine can reach us.
            secure: the page comes over HTTPS.

        Raises:
            ConfigError: a key that somebody could guess.
        """
        self.key: str | None = os.environ.get(API_KEY_VARIABLE, "").strip() or None
        if self.key and (weakness := weakness_of(self.key)):
            raise ConfigError(
                f"a key in ${API_KEY_VARIABLE} that nobody guesses",
                f"one {weakness}",
                f"Leave it out, and a key is made and shown; or: export {API_KEY_VARIABLE}=$(openssl rand -hex 8)",
            )
        self.made_key = self.key is None and not loopback
        if self.made_key:
            self.key = secrets.token_hex(8)  # 64 bits, and a pupil can type it
        self._session = secrets.token_urlsafe(24)
        self._secure = "; Secure" if secure else ""

    def is_key(self, shown: str) -> bool:
        """Whether this is the key; takes the same time however much of it is right."""
        return self.key is None or secrets.compare_digest(self.key.encode(), shown.strip().encode("utf-8", "replace"))

    def cookie(self) -> str:
        """The Set-Cookie header for a browser that has shown the key; gone when it closes, or we do."""
        return f"{_COOKIE}={self._session}; HttpOnly; SameSite=Strict; Path=/{self._secure}"

    def shown_key(self, headers: Mapping[str, str]) -> str:
        """The key that a request shows in its Authorization header; empty for none, and for what a proxy asks for itself."""
        scheme, _, key = headers.get("Authorization", "").strip().partition(" ")
        shown = key.strip() if scheme.lower() == "bearer" else ""
        return shown.encode("latin-1", "replace").decode("utf-8", "replace")  # headers are read as Latin-1

    def has_cookie(self, headers: Mapping[str, str]) -> bool:
        """Whether a request carries the cookie of a browser that has shown the key."""
        # Programs on other ports of this host share our cookies, and http.cookies drops all of them at one that it cannot read.
        cookies = (each.strip().partition("=") for each in headers.get("Cookie", "").split(";"))
        shown = [value for name, _, value in cookies if name == _COOKIE]
        return any(secrets.compare_digest(value.encode(), self._session.encode()) for value in shown)

    def is_from_another_website(self, headers: Mapping[str, str]) -> bool:
        """Whether a website that the user visits sends this request: by its Origin, or by a name of its own for this machine.

        A key keeps the latter out by itself, and a server with a key may have any name.
        """
        host = headers.get("Host", "")
        origin = headers.get("Origin")
        return (origin is not None and origin.partition("://")[2] != host) or (self.key is None and not _is_this_machine(host))


def weakness_of(key: str) -> str:
    """Why a key can be guessed; empty for a good one.

    >>> weakness_of("12345678"), weakness_of("chìa khóa nhà")
    ('whose characters stand in a row', '')
    """
    if len(key) < _SHORTEST_KEY:
        return f"of {len(key)} characters; at least {_SHORTEST_KEY} are needed"
    if len(set(key)) < _FEWEST_CHARACTERS:
        return f"of {len(set(key))} different characters; at least {_FEWEST_CHARACTERS} are needed"
    if any(key.lower() in row or key.lower() in row[::-1] for row in _ROWS):
        return "whose characters stand in a row"
    return "that holds a word everybody tries" if _GUESSED.search(key) else ""


def is_loopback(address: str) -> bool:
    """Whether an address, without port, is one that only this machine reaches."""
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return address == "localhost"


def is_of_this_machine(address: str, headers: Mapping[str, str], arrived: tuple[str, int | None] | None = None) -> bool:
    """Whether a request comes from a browser on this machine, not through a proxy that runs here.

    A machine that calls its own address in the network calls from that same address, which no other machine can do.

    Args:
        address: whence it comes.
        headers: its headers; a proxy passes another Host on, or says for whom it asks.
        arrived: the address and the port of this machine at which it came in.
    """
    host = headers.get("Host", "")
    forwarded = any(name.lower().startswith(("x-forwarded", "forwarded", "x-real-ip", "via")) for name in headers)
    by_own_address = (
        arrived is not None and address == arrived[0] and host in (f"{address}:{arrived[1]}", f"[{address}]:{arrived[1]}")
    )
    return ((is_loopback(address) and _is_this_machine(host)) or by_own_address) and not forwarded


def _is_this_machine(host: str) -> bool:
    match = _HOST.fullmatch(host)
    return match is not None and is_loopback(match[1] or match[2])
