"""Numbers put in order and the largest of several, two numbers at a time: nobody sees the order of five numbers at a glance.

52, 17, 40 from the smallest to the largest     17 < 52
                                                17 < 40 < 52
the largest of 52, 17, 40                       52 > 17; 52 > 40
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from mathpal_lightning.curriculum.steps.sheet import Sheet
from mathpal_lightning.curriculum.steps.slips import Value

_INSERT = "Xếp thêm từng {thing} vào dãy theo thứ tự từ {way}:"
_KEEP = "So sánh lần lượt, mỗi lần giữ lại {thing} {kept} hơn:"


def in_order(sheet: Sheet, values: Sequence[Value], written: Sequence[str], *, falling: bool, thing: str = "số") -> list[int]:
    """Put numbers in order: each in turn is written at its place among those before it, one line for each.

    Args:
        sheet: the sheet.
        values: the different numbers, as they are compared.
        written: how each is written.
        falling: whether the largest comes first.
        thing: what they are called.

    Returns:
        Their positions in `values`, in order. Slips: the order turned round; one number put one place too far.
    """
    falling = sheet.pick(falling, not falling, kind="order")
    sheet.say(_INSERT.format(thing=thing, way="lớn đến bé" if falling else "bé đến lớn"))
    order = [0]
    for new in range(1, len(values)):
        at = sum((values[old] > values[new]) == falling for old in order)
        at = sheet.pick(at, at + 1 if at < len(order) else at - 1, kind="neighbours")
        order.insert(at, new)
        sheet.say((" > " if falling else " < ").join(written[place] for place in order))
    return order


def extreme(
    sheet: Sheet,
    values: Sequence[Value],
    written: Sequence[str],
    *,
    largest: bool,
    thing: str = "số",
    why: Callable[[int, int, str], str] | None = None,
) -> int:
    """Find the largest or the smallest number: each in turn is compared with the one that was kept.

    Args:
        sheet: the sheet.
        values: the different numbers, as they are compared.
        written: how each is written.
        largest: whether the largest is looked for.
        thing: what they are called.
        why: writes a comparison as a sentence of its own, given the positions of both numbers and the sign between them; None to
            write all comparisons as signs in one line.

    Returns:
        Its position in `values`. Slips: the other end is looked for; one sign is wrong, and the wrong number kept.
    """
    largest = sheet.pick(largest, not largest, kind="asked")
    sheet.say(_KEEP.format(thing=thing, kept="lớn" if largest else "bé"))
    kept, pieces = 0, []
    for new in range(1, len(values)):
        greater = sheet.pick(values[kept] > values[new], values[kept] < values[new], kind="sign")
        sign = ">" if greater else "<"
        pieces.append(why(kept, new, sign) if why else f"{written[kept]} {sign} {written[new]}")
        kept = kept if greater == largest else new
    for line in pieces if why else ["; ".join(pieces)]:
        sheet.say(line)
    return kept
