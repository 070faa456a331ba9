"""How many visits to files it takes to follow one export.

A reader follows the calls of `mathpal export --run` in order, and reads each function, and each class as a whole, where it is
first called. A visit is a change of file. Counted are the rooms that an export runs through from end to end: `commands`, `run`
and `export`. A call into another room (the loader of the base, llama.cpp, the judge) is one line where it stands, and so is a
call to the rooms that are open to all (files, errors, records). Functions inside of functions are read with these.
"""

import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

import mathpal_lightning

PACKAGE = Path(mathpal_lightning.__file__).parent
ROOMS = ("commands", "run", "export")


def visits(work: Callable[[], Any]) -> list[str]:
    """The files in the order in which a reader who follows `work` comes to them."""
    seen: set[tuple[str, str]] = set()
    places: list[str] = []

    def called(frame: FrameType, event: str, _: Any) -> None:
        code = frame.f_code
        function = code.co_filename, code.co_qualname.split(".")[0]
        if event != "call" or function in seen or "<" in code.co_qualname or not code.co_filename.startswith(str(PACKAGE)):
            return
        seen.add(function)
        place = Path(code.co_filename).relative_to(PACKAGE)
        if place.parts[0] in ROOMS and (not places or places[-1] != str(place)):
            places.append(str(place))

    before = sys.getprofile()
    sys.setprofile(called)
    try:
        work()
    finally:
        sys.setprofile(before)
    return places
