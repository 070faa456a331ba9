"""Several values, names and letters: which differences change an answer."""

import pytest

from mathpal_lightning.evaluation.values.comparison import _has_perfect_matching, same_answer
from mathpal_lightning.schema import Answer


def several(**named: str) -> Answer:
    """Values by their names; `_` in a name is a space."""
    parts = [Answer.from_canonical(value) for value in named.values()]
    labels = [name.replace("_", " ") for name in named]
    return Answer(
        "multi", parts=tuple(Answer(part.kind, part.text, label=label) for part, label in zip(parts, labels, strict=True))
    )


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        (several(gà_trống="3", gà_mái="5"), several(mái="5", gà_trống="3"), True),
        (several(gà_trống="3", gà_mái="5"), several(mái="3", gà_trống="5"), False),  # in the written order they would agree
        (several(số_lớn="5", số_bé="3"), Answer.from_canonical(["3", "5"]), True),  # the values tell which is larger
        (several(Lan="5", Hoa="3"), Answer.from_canonical(["3", "5"]), False),
        (several(Lan="5", Hoa="3"), Answer.from_canonical(["5", "3"]), True),
        (
            several(Lan="5 con gà", Hoa="3 con gà"),
            several(Lan="3 con gà", Hoa="5 con gà"),
            False,
        ),  # by name
        (several(x="1", y="2"), several(x="1", z="2"), False),
        (several(y="1", x="3"), Answer.from_canonical("(3; 1)"), True),  # a point's coordinates in the order of the letters
        (several(y="3", x="1"), Answer.from_canonical("(3; 1)"), False),
        (Answer.from_canonical(["3", "1"]), Answer.from_canonical("(3; 1)"), False),
        (Answer("number", "16", notes=("about",)), Answer("number", "16"), False),
        (Answer.from_canonical(["3 con gà", "5 con vịt"]), Answer.from_canonical(["5 con vịt", "3 con gà"]), True),
        (Answer.from_canonical(["3 con gà", "5 con vịt"]), several(vịt="5", gà="3"), True),
        (Answer.from_canonical(["3 con gà", "5 con vịt"]), several(vịt="3", gà="5"), False),
        (Answer("choice", "B", value=Answer.from_canonical(["1", "2"])), Answer.from_canonical(["2", "1"]), True),
        (Answer("choice", "B", value=Answer.from_canonical(["1", "2"])), Answer.from_canonical(["1", "3"]), False),
        (Answer("choice", "B"), Answer.from_canonical(["1", "2"]), False),
    ],
)
def test_values_are_joined_by_name_else_by_order_or_as_a_set(first: Answer, second: Answer, same: bool):
    assert same_answer(first, second) is same
    assert same_answer(second, first) is same


CHAIN = Answer.from_canonical("7/8 < 9/10 < 4/3")
PIECES = (Answer("interval", "(-∞; -1)"), Answer("interval", "(1; +∞)"))
UNION = Answer("interval", "(-∞; -1) ∪ (1; +∞)")


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        (CHAIN, Answer.from_canonical(["7/8", "9/10", "4/3"]), True),
        (CHAIN, Answer.from_canonical(["9/10", "7/8", "4/3"]), False),  # another order
        (CHAIN, Answer.from_canonical(["7/8", "9/10"]), False),  # one is missing
        (Answer.from_canonical("9/10 < 7/8 < 4/3"), Answer.from_canonical(["9/10", "7/8", "4/3"]), False),  # it does not hold
        (Answer.from_canonical("7/8 < 9/10 > 4/5"), Answer.from_canonical(["7/8", "9/10", "4/5"]), False),  # no one order
        (Answer.from_canonical("7/8 < 9/10"), Answer.from_canonical(["7/8", "9/10"]), False),  # a comparison, no order
        (UNION, Answer("multi", parts=PIECES), True),
        (UNION, Answer("multi", parts=PIECES[:1]), False),
        (UNION, Answer("multi", parts=(PIECES[0], Answer("interval", "(2; +∞)"))), False),
        (UNION, Answer("multi", parts=(*PIECES, Answer("number", "5"))), False),
        (several(x_1="1", x_2="2"), several(x_1="2", x_2="1"), True),  # two roots of one unknown
        (several(số_lớn="5", số_bé="3"), several(số_lớn="3", số_bé="5"), False),
        (several(dài="5", rộng="3"), Answer.from_canonical(["3", "5"]), True),
        (several(dài="5", rộng="3", cao="2"), Answer.from_canonical(["3", "5", "2"]), False),  # three names tell no size
        (several(lớp_4A="5", lớp_4B="3"), several(lớp_4C="5", lớp_4D="3"), False),  # numbers in the names tell classes apart
        (Answer("choice", "B"), Answer("choice", "B"), True),
        (Answer("choice", "B"), Answer("choice", "C"), False),
        (Answer("choice", "B", value=Answer.from_canonical("5")), Answer.from_canonical("5"), True),
        (Answer("choice", "B", value=Answer.from_canonical("5")), Answer.from_canonical("6"), False),
    ],
)
def test_chains_unions_names_of_size_and_letters(first: Answer, second: Answer, same: bool):
    assert same_answer(first, second) is same
    assert same_answer(second, first) is same


@pytest.mark.parametrize(
    ("pairs", "found"),
    [
        ([[True, True], [True, False]], True),  # the first row has to give its column up
        ([[False, True, True], [True, True, False], [False, True, False]], True),
        ([[True, False], [True, False]], False),
        ([[False]], False),
        ([], True),
    ],
)
def test_a_matching_gives_every_row_a_column_of_its_own(pairs: list[list[bool]], found: bool):
    assert _has_perfect_matching(pairs) is found
