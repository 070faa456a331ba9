"""A list counted, each thing that counts with its number: a count that appears at once shows nobody how it was found."""

from __future__ import annotations

from collections.abc import Collection, Sequence


def counted(items: Sequence[str], places: Collection[int]) -> str:
    """The list with a running number behind each item that counts.

    >>> counted(["6", "2", "4", "2"], [1, 3])
    '6; 2 (1); 4; 2 (2)'
    """
    numbers = {place: count for count, place in enumerate(sorted(places), start=1)}
    return "; ".join(f"{item} ({numbers[place]})" if place in numbers else item for place, item in enumerate(items))
