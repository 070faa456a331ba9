"""What brings a phone to the page: its address as a QR code, which opens it without typing.

The code is made by segno (ISO/IEC 18004). Nothing is asked of any other machine.
"""

from __future__ import annotations

from io import BytesIO, StringIO
from urllib.parse import quote

import segno

_LIGHT_ON_DARK, _AS_BEFORE = "\x1b[97;40m", "\x1b[0m"
"""The colours are set, for on a white terminal the code would be a negative, which some phones do not read."""


def link_to(url: str, key: str | None) -> str:
    """The address that opens a page; a key stands behind a `#`, which a browser does not send (see page/login.js).

    >>> link_to("http://192.168.1.5:8080/", "mở ra")
    'http://192.168.1.5:8080/#khoa=m%E1%BB%9F%20ra'

    Args:
        url: of the page.
        key: of the server; None for one without, or to have the page ask for it.
    """
    return f"{url}#khoa={quote(key, safe='')}" if key else url


def code_for_terminal(link: str) -> str:
    """The QR code of a link in half blocks, 19 to 25 lines of up to 50 columns, for a terminal that knows ANSI colours."""
    blocks = StringIO()
    segno.make_qr(link).terminal(blocks, compact=True)
    return "".join(f"{_LIGHT_ON_DARK}{line}{_AS_BEFORE}\n" for line in blocks.getvalue().splitlines())


def code_as_svg(link: str) -> bytes:
    """The QR code of a link as a picture that has any size, dark on white in every theme."""
    picture = BytesIO()
    segno.make_qr(link).save(picture, kind="svg", light="white", omitsize=True)
    return picture.getvalue()
