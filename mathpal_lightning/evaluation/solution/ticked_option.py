"""One of the options with a tick, the others with a cross: `A. 2 ❌`, `B. 0,2 ✅` -> chosen B."""

from __future__ import annotations

import re

_MARKED = re.compile(r"(?m)^[-*• ]{0,6}(?P<letter>[A-D])[.)][^\n]*?(?P<mark>[✅✔☑✓❌✗✘✖])\ufe0f?[ *]*$")
_CHOOSES = re.compile(r"(?i)chọn|đáp (?:án|số)|boxed")


def with_ticked_option(text: str) -> str:
    """The text with `Chọn B` behind it, where it ends in all of its options and ticks exactly one; else as it is."""
    marked = list(_MARKED.finditer(text)) if not _CHOOSES.search(text) else []
    letters = [option["letter"] for option in marked]
    ticked = [option["letter"] for option in marked if option["mark"] in "✅✔☑✓"]
    whole = len(letters) > 1 and letters == list("ABCD"[: len(letters)]) and not text[marked[-1].end() :].strip()
    return f"{text}\nChọn {ticked[0]}" if whole and len(ticked) == 1 else text
