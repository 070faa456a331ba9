"""Markdown around formulas -> HTML, by markdown-it-py. Nothing of the text is obeyed: no HTML, no links, no pictures."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

from mathpal_lightning.typeset.formula import mathml
from mathpal_lightning.typeset.latex import ENVIRONMENTS
from mathpal_lightning.typeset.plain import plain

_NAMES = "|".join(map(re.escape, ENVIRONMENTS))
_MONEY = r"(?<=\d\$)[\s,;.][^$]*(?<![\\\w{])[^\W\d_]{2,}"
"""Behind `$`: it stood after a number, and words come before the next one, as in `5$ một cái và 10$ hai cái`."""
_FORMULA = re.compile(rf"\$(?!{_MONEY})([^$]+)\$|(\\begin\{{({_NAMES})\}}.*?\\end\{{\3\}})", re.DOTALL)
_FIRST, _MOST = 0xE000, 6_000
"""Formulas stand as characters of the private use area while Markdown is read, so that it does not read them."""
_PRIVATE = re.compile("[\ue000-\uf8ff]")
_TIMES = re.compile(r"(?<=[\w)])(?<!\*)\*(?!\*)(?=[\w(])")
"""`2*3*4` is a product; Markdown would slant the 3."""


class _Renderer(RendererHTML):
    """HTML without headings, which would break the order of a page's own, and with the mathematics of plain text typeset."""

    def text(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return plain(tokens[idx].content)

    def heading_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return '<strong class="heading">'

    def heading_close(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return "</strong>"

    def paragraph_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return ""

    paragraph_close = paragraph_open

    def th_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        """A cell; its alignment is a class, because the page allows no style attributes."""
        style = str(tokens[idx].attrGet("style") or "").removeprefix("text-align:")
        return f'<{tokens[idx].tag} class="{style}">' if style in ("left", "right", "center") else f"<{tokens[idx].tag}>"

    td_open = th_open


_MARKDOWN = MarkdownIt("zero", {"html": False}, renderer_cls=_Renderer).enable(
    ["table", "heading", "list", "emphasis", "backticks", "balance_pairs", "fragments_join"]
)


def inline(text: str) -> str:
    """One line of normalised text -> HTML."""
    return _around_formulas(text, _MARKDOWN.renderInline)


def block(text: str) -> str:
    """A heading, an item of a list, a table or a line of normalised text -> HTML."""
    return _around_formulas(text, _MARKDOWN.render).strip()


def _around_formulas(text: str, render: Callable[[str], str]) -> str:
    formulas: list[str] = []

    def hide(match: re.Match[str]) -> str:
        if len(formulas) == _MOST:
            return match[0]
        formulas.append(mathml(match[1] or match[2]))
        return chr(_FIRST + len(formulas) - 1)

    hidden = _TIMES.sub(" × ", _FORMULA.sub(hide, _PRIVATE.sub("", text)))
    return _PRIVATE.sub(lambda match: formulas[ord(match[0]) - _FIRST], render(hidden))
