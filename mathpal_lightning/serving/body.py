"""The bytes of a request -> a JSON object, strictly: what two readers could understand differently is refused."""

from __future__ import annotations

import json
import re

from starlette.requests import Request

from mathpal_lightning.errors import DataError

MOST_BYTES = 1 << 20
_JSON_TYPES = {"", "application/json", "text/json", "text/plain", "application/x-www-form-urlencoded"}
"""The last two are what programs say that name no type, such as curl with -d."""
_HALF_CHARACTER = re.compile("[\ud800-\udfff]")
_WAY_OUT = "Send one JSON object in UTF-8, with Content-Type: application/json."


class Refused(Exception):
    """A request that is not answered, with the HTTP status that says why."""

    def __init__(self, status: int, message: str, code: str | None = None, headers: dict[str, str] | None = None):
        super().__init__(message)
        self.status, self.message, self.code, self.headers = status, message, code, headers or {}


async def read_bytes(request: Request) -> bytes:
    """The body of a request.

    Raises:
        Refused: 413 without a length, or with one over MOST_BYTES.
    """
    length = request.headers.get("Content-Length", "")
    if "Transfer-Encoding" in request.headers or not length.isdecimal() or int(length) > MOST_BYTES:
        raise Refused(413, f"Expected a body of at most {MOST_BYTES} bytes and its length (Content-Length).")
    return await request.body()


async def read_object(request: Request) -> dict[str, object]:
    """The JSON object in the body of a request.

    Raises:
        Refused: 413 or 415: no body that could be JSON.
        DataError: no JSON object, not in UTF-8, nested too deeply, a number of thousands of digits, NaN, a name twice, half
            a character.
    """
    kind, _, parameters = request.headers.get("Content-Type", "").lower().partition(";")
    charset = parameters.partition("charset=")[2].strip(' "')
    if kind.strip() not in _JSON_TYPES or charset not in ("", "utf-8", "utf8"):
        raise Refused(415, "Expected Content-Type: application/json in UTF-8.")
    if request.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise Refused(415, "Expected a body without Content-Encoding.")
    return parse_object(await read_bytes(request))


def parse_object(body: bytes) -> dict[str, object]:
    r"""Parse a JSON object.

    Raises:
        DataError: see `read_object`.

    >>> parse_object(b'{"a": 1, "a": 2}')
    Traceback (most recent call last):
    ...
    mathpal_lightning.errors.DataError: Expected a JSON object, but found the name 'a' twice. Send one JSON object in ...
    """
    try:
        read = json.loads(body.decode("utf-8"), object_pairs_hook=_once, parse_constant=_no_constant)
        _require_whole_characters(read)
    except RecursionError as error:
        raise DataError("a JSON object", "one that is nested too deeply", _WAY_OUT) from error
    except ValueError as error:  # UnicodeDecodeError and JSONDecodeError too, and int() of thousands of digits
        raise DataError("a JSON object", str(error)[:200], _WAY_OUT) from error
    if not isinstance(read, dict):
        raise DataError("a JSON object", type(read).__name__, _WAY_OUT)
    return read


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    read: dict[str, object] = {}
    for name, value in pairs:
        if name in read:
            raise ValueError(f"the name {name[:100]!r} twice")
        read[name] = value
    return read


def _require_whole_characters(read: object) -> None:
    r"""An escape such as `\ud800` gives a text that cannot be encoded, so whatever sends it on would fail."""
    if _HALF_CHARACTER.search(json.dumps(read, ensure_ascii=False)):
        raise ValueError("a surrogate without its pair (half of a character)")


def _no_constant(name: str) -> None:
    raise ValueError(f"{name}, which is no JSON number")
