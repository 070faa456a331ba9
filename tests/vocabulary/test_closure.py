from hypothesis import given
from hypothesis import strategies as st

from mathpal_lightning.vocabulary.closure import closed, merge_tree

INFINITE = float("inf")


def bpe(text: str, ranks: dict[tuple[str, str], float], vocabulary: set[str]) -> list[str]:
    """Byte-pair encoding by its definition: of all neighbours the merge of the lowest rank, the leftmost of equal ones."""
    parts = list(text)
    while True:
        found = [
            (ranks[pair], at)
            for at, pair in enumerate(zip(parts, parts[1:], strict=False))
            if pair in ranks and "".join(pair) in vocabulary
        ]
        if not found:
            return parts
        at = min(found)[1]
        parts[at : at + 2] = [parts[at] + parts[at + 1]]


@st.composite
def vocabularies(draw: st.DrawFn) -> tuple[dict[tuple[str, str], float], set[str]]:
    """Random merges over a few letters: each joins two pieces that are there already."""
    pieces = list("abcd")
    ranks: dict[tuple[str, str], float] = {}
    for rank in range(draw(st.integers(3, 14))):
        left, right = draw(st.sampled_from(pieces)), draw(st.sampled_from(pieces))
        ranks.setdefault((left, right), float(rank))
        if left + right not in pieces:
            pieces.append(left + right)
    return ranks, set(pieces)


@given(vocabularies(), st.text("abcd", max_size=12), st.data())
def test_a_text_whose_tokens_are_kept_is_cut_as_before(made, text: str, data: st.DataObject):
    ranks, pieces = made
    full = bpe(text, ranks, pieces)
    others = data.draw(st.sets(st.sampled_from(sorted(pieces))))
    kept = closed(set(full) | others | set("abcd"), pieces, lambda left, right: ranks.get((left, right), INFINITE))
    assert bpe(text, ranks, kept) == full


def test_the_path_is_kept_not_only_its_end():
    ranks = {("b", "c"): 0.0, ("a", "bc"): 1.0}
    assert merge_tree("abc", lambda left, right: ranks.get((left, right), INFINITE)) == {"a", "b", "c", "bc", "abc"}


def test_a_character_without_a_token_is_left_to_the_bytes():
    assert closed(["a☃"], ["a", "b"], lambda left, right: INFINITE) == {"a"}
