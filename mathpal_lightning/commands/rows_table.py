"""What `mathpal data report` prints of a split: a table, then a line for each thing to look at; in English or Vietnamese."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from rich.bar import Bar
from rich.table import Table

from mathpal_lightning.commands.vocabulary import LEAST_COVERED, MOST_MISSING
from mathpal_lightning.data.report import Breakdown, DataReport
from mathpal_lightning.data.split_names import listing
from mathpal_lightning.messages import in_vietnamese
from mathpal_lightning.report.verdict import decimal
from mathpal_lightning.report.words import Language, say, words
from mathpal_lightning.vocabulary import Coverage

_MOST_PLACES = 8
"""How many places a line names."""
_BAR = 24
"""The cells of the longest bar, where the terminal has them."""
_FEW_BARE = 0.1
"""Up to this share of the rows may be answers alone, such as drills."""


def rows_table(one: DataReport, breakdown: Breakdown, language: Language = "en") -> Table:
    """The figures of one split."""
    texts = words(language)
    table = Table(title=_told(language)(one.name), show_header=False, title_justify="left")
    table.add_row(texts["rows_read"], str(one.read))
    for reason, count in sorted(one.refused.counts.items(), key=lambda item: -item[1]):
        table.add_row(say(language, "refused_for", reason=texts[reason]), _with_share(count, one.read, language))
    table.add_row(texts["rows_kept"], str(one.kept))
    table.add_row(texts["in_vietnamese"], _with_share(breakdown.vietnamese, one.kept, language))
    table.add_row(texts["with_mathematics"], _with_share(breakdown.mathematics, one.kept, language))
    table.add_row(texts["tokens_of_rows"], str(one.tokens))
    table.add_row(texts["supervised_of_rows"], _with_share(one.supervised_tokens, one.tokens, language))
    density = decimal(f"{one.density:.1%}", language)
    table.add_row(texts["packs"], say(language, "full", packs=one.packs, density=density))
    table.add_row(texts["longest"], say(language, "so_many_tokens", tokens=one.longest))
    lengths = [(say(language, "up_to", bound=bound), count) for bound, count in breakdown.lengths]
    table.add_row(texts["rows_by_tokens"], _bars(lengths))
    if breakdown.topics:
        table.add_row(texts["rows_by_topic"], _bars(breakdown.topics))
    return table


def rows_lines(one: DataReport, breakdown: Breakdown, language: Language = "en") -> Iterator[str]:
    """Where the rows come from, which were refused, and which to look at; one line each."""
    told = _told(language)
    split, counted = told(one.name), " dòng" * (language == "vi")
    if one.files:
        yield say(language, "files", split=split, files=told(listing(one.files)))
    yield from map(told, one.notes)
    for reason, count in sorted(one.refused.counts.items(), key=lambda item: -item[1]):
        places = "; ".join(str(replace(each, detail=told(each.detail))) for each in one.refused.examples[reason])
        yield f"{split}: {count}{counted} {words(language)[reason]}: {places}"
    looked_at = {
        "look_at_steps": breakdown.false_steps,
        "look_at_bare": breakdown.bare_answers if len(breakdown.bare_answers) > _FEW_BARE * one.kept else [],
        "look_at_answers": breakdown.no_answer,
        "look_at_options": breakdown.missing_options,
    }
    for key, found in looked_at.items():
        if found:
            places = "; ".join(found[:_MOST_PLACES]) + "; ..." * (len(found) > _MOST_PLACES)
            yield f"{split}: {say(language, key, count=_grouped(len(found), language), places=places)}"


def _told(language: Language) -> Callable[[str], str]:
    """What puts our log lines into a language."""
    return in_vietnamese if language == "vi" else str


def vocabulary_lines(found: Coverage, language: Language = "en") -> Iterator[str]:
    """How well the small vocabulary covers the rows."""
    kept = found.kept / max(found.tokens, 1)
    yield say(
        language,
        "covered",
        share=decimal(f"{kept:.2%}", language),
        tokens=_grouped(found.tokens, language),
        size=_grouped(found.size, language),
        full_size=_grouped(found.full_size, language),
        more=decimal(f"{(found.small_tokens - found.tokens) / max(found.tokens, 1):.1%}", language),
    )
    if found.missing:
        common = found.missing.most_common(MOST_MISSING)
        most = ", ".join(say(language, "times", piece=repr(piece), count=count) for piece, count in common)
        yield say(language, "not_covered", kinds=_grouped(len(found.missing), language), most=most)
    if kept < LEAST_COVERED:
        yield words(language)["little_covered"]


def _with_share(count: int, total: int, language: Language) -> str:
    return f"{count}  ({decimal(f'{count / total:.1%}', language)})" if total else "0"


def _grouped(count: int, language: Language) -> str:
    """A count with its thousands apart: `12,345`, and in Vietnamese `12 345`."""
    return f"{count:,}".replace(",", "\N{NO-BREAK SPACE}") if language == "vi" else f"{count:,}"


def _bars(counts: Sequence[tuple[str, int]]) -> Table:
    """A line a name, with a bar that shrinks in a narrow terminal."""
    most = max(count for _, count in counts)
    lines = Table.grid(padding=(0, 1))
    lines.add_column(no_wrap=True)
    lines.add_column(no_wrap=True, justify="right", min_width=7)
    lines.add_column()
    for name, count in counts:
        lines.add_row(name, str(count), Bar(most, 0, count, width=_BAR))
    return lines
