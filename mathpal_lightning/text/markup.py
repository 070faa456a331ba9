"""HTML left-overs in a text, as Word, Excel and web pages leave them in cells -> the text that a reader saw.

Each `<...>` is read by html.parser, and is markup only if it is a tag of HTML or of Office with the attributes of one:
`3 <a và b> 5`, `2 <x:3 và x:3> 1` and `0<DT>2` are mathematics. MathML (`<mfrac>`, `<m:f>`) stays as it is, because its
meaning is in its structure.
"""

from __future__ import annotations

import html
import re
from functools import lru_cache
from html.parser import HTMLParser

PICTURE = "[hình]"
"""Replaces a picture (`![](url)`, `<img>`) in normalised text."""

_PIECES = re.compile(r"[<>&;]|[^<>&;]+")
_ENTITY = re.compile(r"&(?:[a-zA-Z][a-zA-Z0-9]{1,30}|#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6});")
_ENTITY_PIECES = 12
_TAG_PIECES = 400
"""How many pieces a tag or a comment may have: a text full of quotes and brackets is read in linear time."""
_LINES = (
    "p", "div", "li", "tr", "blockquote", "center", "dd", "dl", "dt", "figure", "figcaption", "h1", "h2", "h3", "h4", "h5",
    "h6", "pre", "section", "article",
)  # fmt: skip
_INLINE = (
    "a", "b", "i", "s", "u", "big", "code", "del", "em", "font", "ins", "label", "mark", "q", "small", "span", "strike",
    "strong", "tt", "ul", "ol", "table", "tbody", "thead", "tfoot", "xml",
)  # fmt: skip
_ONCE = {"br": "\n", "hr": "\n", "img": PICTURE, "td": " ", "th": " ", "col": "", "colgroup": "", "wbr": ""}
_TEXT = {"sup": "^{", "/sup": "}", "sub": "_{", "/sub": "}"} | dict.fromkeys(_INLINE, "") | _ONCE
_TEXT |= {name: "\n" for line in _LINES for name in (line, f"/{line}")} | {"/li": "", "/tr": ""}
_TEXT |= {"/table": "\n", "/ul": "\n", "/ol": "\n"}
"""What stands in the place of a tag. The end of any other known tag leaves nothing."""
_SHORT_NAME = r"([abiqsu]|d[dlt]|em|h[1-6r]|li|ol|t[dhrt]|ul|(?!o:p)[a-z]\w{0,2}:[a-z]\w{0,2})"
_ENDS = re.compile(rf"/\s*{_SHORT_NAME}\s*[>&]", re.IGNORECASE)
"""The ends of short tags, escaped or not: without one, the middle of `a<b>c` is mathematics."""
_BEGINNING = re.compile(rf"<{_SHORT_NAME}>", re.IGNORECASE)
_OFFICE = re.compile(r"(?i)</?(?:o:p|(?!m:|mml:)(?-i:[a-z]{1,4}\d?):[a-z]+)(?=[\s/>])")
"""A tag with the namespace of a program: `<o:p>`, `<w:View>`, `<st1:place w:st="on">`; capitals are segments, `AB:CD`."""
_ATTRIBUTES = {
    "align", "alt", "class", "color", "dir", "face", "height", "href", "id", "lang", "name",
    "rel", "size", "src", "style", "target", "title", "width",
}  # fmt: skip
"""Without quotes, only these make a tag of one letter: `<p class=MsoNormal>` is one, `<a b=3>` is not."""
_BARE_ATTRIBUTES = {"compact", "hidden", "noshade", "nowrap", "reversed"}
"""What stands without a value in a tag."""


def without_markup(text: str, glyphs: dict[int, str]) -> str:
    """Resolve entities, tags and comments in one scan, also those that a resolved piece forms together with its neighbours.

    Args:
        text: with HTML left-overs or without.
        glyphs: a table for `str.translate` of what entities stand for.
    """
    text = text.replace("&nbsp;", " ")  # by far the most frequent, often in long runs
    if "<" not in text and "&" not in text:
        return text
    ended = _ended(text)
    output: list[str] = []  # the signs < > & ; alone, other text in runs
    openings: list[int] = []  # indices in `output` of each "<" that may begin a tag
    ampersands: list[int] = []
    pending = _PIECES.findall(text)[::-1]
    while pending:
        piece = pending.pop()
        resolved = None
        if piece == "<":
            openings.append(len(output))
        elif piece == "&":
            ampersands.append(len(output))
        elif piece == ">" and openings:
            start = openings.pop()
            tag = "".join(output[start:]) + ">" if len(output) - start <= _TAG_PIECES else ""
            resolved = _tag_text(tag)
            if resolved is not None and _may_be_mathematics(tag, ended) and _ends_in_a_letter(output, start):
                resolved = None
            if resolved is None and _goes_on(tag):
                openings.append(start)
            elif resolved is None:
                openings.clear()
        elif piece == ";" and ampersands:
            start = ampersands.pop()
            resolved = _entity_text("".join(output[start : start + _ENTITY_PIECES]) + ";", len(output) - start, glyphs)
        if resolved is None:
            output.append(piece)
            continue
        del output[start:]
        for stack in (openings, ampersands):
            while stack and stack[-1] >= start:
                stack.pop()
        pending.extend(_PIECES.findall(resolved)[::-1])
    read = "".join(output)
    return read if _ended(read) <= ended else without_markup(read, glyphs)  # an end was put together from its parts


def _ended(text: str) -> set[str]:
    """The short tags that have an end in a text."""
    return {name.lower() for name in _ENDS.findall(text)}


def _may_be_mathematics(tag: str, ended: set[str]) -> bool:
    """Whether a tag without attributes and without an end is written as a letter, a segment (`<DT>`) or a ratio (`<v:t>`)."""
    match = _BEGINNING.fullmatch(tag) if len(tag) < 10 else None
    return match is not None and match[1].lower() not in ended and (len(match[1]) != 2 or match[1].isupper())


def _ends_in_a_letter(output: list[str], end: int) -> bool:
    return end > 0 and output[end - 1][-1:].isalnum()


_SECTION = re.compile(r"(?i)<!\[\s*(?:temp|cdata|ignore|include|rcdata|if|else|endif)(?![-\w.])")


@lru_cache(maxsize=1024)
def _tag_text(tag: str) -> str | None:
    """`<sup>` -> `^{`, `<strong>` -> ``; None if it is not an HTML tag (`a < b > c`)."""
    if tag.startswith("<!--"):
        return "" if tag.endswith("-->") and len(tag) > 6 else None
    if tag.startswith("<![endif]"):  # the end of a comment of Word's, which has tags inside
        return tag.removeprefix("<![endif]")
    if tag.startswith("<![") and _SECTION.match(tag) is None:
        return None  # html.parser takes no other word behind the bracket
    if tag[:9].lower() == "<!doctype" or tag.startswith("<?xml"):
        return ""
    read = _OneTag()
    read.feed(tag)
    name = read.name.removeprefix("/")
    if read.rest or (name not in _TEXT and _OFFICE.match(tag) is None) or not read.is_written_as_html:
        return None
    return _TEXT.get(read.name, "")


class _OneTag(HTMLParser):
    """Reads a text that may be a tag."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.name = ""
        """Lower case; `/p` of an end tag, empty of what is no tag."""
        self.rest = ""
        """What stands beside the tag."""
        self._attributes: list[tuple[str, str | None]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.name, self._attributes = tag, attrs

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        self.name = f"/{tag}"

    def handle_data(self, data: str) -> None:
        self.rest += data

    @property
    def is_written_as_html(self) -> bool:
        """Whether every attribute has a value, under a short name one in quotes or that HTML has; `<a >` without one is not."""
        written, is_short = self.get_starttag_text() or "", len(self.name) == 1
        if not self._attributes:
            return not (is_short and written[:-1].endswith(tuple(" \n")))
        return all(
            name in _BARE_ATTRIBUTES or name == "/"
            if value is None
            else not is_short
            or name in _ATTRIBUTES
            or re.search(rf"{re.escape(name)}\s*=\s*[\"']", written, re.IGNORECASE) is not None
            for name, value in self._attributes
        )


def _goes_on(tag: str) -> bool:
    """Whether its last `>` stands inside of a quoted attribute or of a comment."""
    return tag.startswith("<!--") or tag.count('"') % 2 == 1


def _entity_text(entity: str, pieces: int, glyphs: dict[int, str]) -> str | None:
    """`&lt;` -> `<`; None if it is not an entity."""
    if pieces > _ENTITY_PIECES or not _ENTITY.fullmatch(entity):
        return None
    decoded = html.unescape(entity)
    return None if decoded == entity or decoded.endswith(entity[-2:]) else decoded.translate(glyphs)
