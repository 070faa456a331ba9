"""The tokens that byte-pair encoding passes through: what must be kept so that kept tokens can still be built.

BPE starts from characters and merges the neighbouring pair of the lowest rank, again and again. All merges happen inside the
tokens that remain at the end, so a text whose final tokens are kept is cut as before if, for each kept token, the tokens of
its own merge tree are kept: the pairs that the small tokenizer can merge are then a part of the full one's, and the pair
that the full one takes at each step is always among them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

Rank = Callable[[str, str], float]
"""Rank of the merge of two neighbouring pieces; the lowest is merged first; infinite where there is no such merge."""


def merge_tree(piece: str, rank: Rank) -> set[str]:
    """All pieces that BPE passes through when it builds `piece` from its characters, characters included.

    >>> ranks = {("a", "b"): 0.0, ("ab", "c"): 1.0}
    >>> sorted(merge_tree("abc", lambda left, right: ranks.get((left, right), float("inf"))))
    ['a', 'ab', 'abc', 'b', 'c']
    """
    parts = list(piece)
    passed = set(parts)
    while len(parts) > 1:
        best, at = min((rank(left, right), index) for index, (left, right) in enumerate(zip(parts, parts[1:], strict=False)))
        if best == float("inf"):
            break
        parts[at : at + 2] = [parts[at] + parts[at + 1]]
        passed.add(parts[at])
    return passed


def closed(pieces: Iterable[str], vocabulary: Iterable[str], rank: Rank) -> set[str]:
    """`pieces` and their merge trees, as far as `vocabulary` holds them: a character without a token is written in bytes."""
    known = set(vocabulary)
    result: set[str] = set()
    for piece in pieces:
        result |= merge_tree(piece, rank)
    return result & known
