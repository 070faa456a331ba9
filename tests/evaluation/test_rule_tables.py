"""The tables of small rules: each rule does what its example says, and the example fails without the rule."""

import re
from collections.abc import Callable, Sequence

import pytest

from mathpal_lightning.evaluation import judge
from mathpal_lightning.evaluation.language.rules import Rule, Sign, any_of, applied
from mathpal_lightning.evaluation.solution import refusals, remarks
from mathpal_lightning.evaluation.solution.plain import PLAIN
from mathpal_lightning.evaluation.solution.spoken_signs import SPOKEN
from mathpal_lightning.evaluation.solution.tidy import TIDY
from mathpal_lightning.evaluation.verdict import doubts, stance
from mathpal_lightning.evaluation.verdict.typed_words import WORDS

REWRITES: dict[str, tuple[Rule, ...]] = {
    "plain text": PLAIN,
    "a tidy line": TIDY,
    "signs in words": SPOKEN,
    "typed words": WORDS,
}
SIGNS: dict[str, tuple[tuple[Sign, ...], Callable[[Sequence[Sign]], re.Pattern[str]]]] = {
    "a remark": (remarks.REMARKS, remarks.remark_pattern),
    "a denial": (doubts.DENIALS, lambda signs: re.compile(any_of(signs), re.IGNORECASE)),
    "a doubt": (doubts.DOUBTS, lambda signs: re.compile(any_of(signs), re.IGNORECASE)),
    "a refusal": (refusals.REFUSALS, refusals.pattern),
}


@pytest.mark.parametrize(
    ("table", "rule"),
    [pytest.param(table, rule, id=f"{name}: {rule.why}") for name, table in REWRITES.items() for rule in table],
)
def test_a_rewrite_does_what_its_example_says_and_no_other_rule_does(table: tuple[Rule, ...], rule: Rule):
    assert applied(table, rule.before, rule.beside) == rule.after
    assert applied([one for one in table if one is not rule], rule.before, rule.beside) != rule.after


@pytest.mark.parametrize(
    ("table", "pattern", "sign"),
    [
        pytest.param(table, pattern, sign, id=f"{name}: {sign.why}")
        for name, (table, pattern) in SIGNS.items()
        for sign in table
    ],
)
def test_a_sign_is_found_in_its_example_and_no_other_sign_is(
    table: tuple[Sign, ...], pattern: Callable[[Sequence[Sign]], re.Pattern[str]], sign: Sign
):
    assert pattern(table).search(sign.example)
    assert not pattern([one for one in table if one is not sign]).search(sign.example)


@pytest.mark.parametrize("fault", stance.FAULTS, ids=lambda fault: fault.solution)
def test_a_fault_is_told_for_its_example_and_no_other_fault_tells_the_same(
    fault: stance.Fault, monkeypatch: pytest.MonkeyPatch
):
    example = (fault.question, fault.reference, fault.solution)
    judgement = judge(*example)
    assert (judgement.verdict, judgement.reason) == ("wrong", f"{fault.reason}.")
    monkeypatch.setattr(stance, "FAULTS", [one for one in stance.FAULTS if one is not fault])
    assert judge(*example).reason != f"{fault.reason}."


@pytest.mark.parametrize("table", [*REWRITES.values(), *(table for table, _ in SIGNS.values())])
def test_no_two_rules_of_a_table_are_for_the_same(table: tuple[Rule | Sign, ...]):
    assert len({rule.why for rule in table}) == len(table) > 2
