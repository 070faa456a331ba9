"""The scores of several attempts, counted by hand; what `mathpal test --votes` leaves behind."""

import json
from pathlib import Path

import pytest

from mathpal_lightning.callbacks import EvaluateSolutions
from mathpal_lightning.callbacks.votes import read_attempts, vote_lines, vote_scores
from mathpal_lightning.errors import ConfigError
from mathpal_lightning.schema import Row, Turn
from tests.callbacks.foreign import ForeignModule, foreign_trainer
from tests.callbacks.test_evaluate_solutions import HeldOut

QUESTION = "Có 3 hàng, mỗi hàng 4 cây. Hỏi có bao nhiêu cây?"
"""Not one that can be computed from its words: a wrong way with true arithmetic holds."""
ROW = Row((Turn("user", QUESTION), Turn("assistant", "3 × 4 = 12\nĐáp số: 12")), "product")
RIGHT, SLIP, SUM = "3 × 4 = 12\nĐáp số: 12", "3 × 4 = 13\nĐáp số: 13", "3 + 4 = 7\nĐáp số: 7"


def test_shares_are_those_counted_by_hand():
    figures = vote_scores([read_attempts(ROW, attempts) for attempts in ([SLIP, RIGHT, SLIP], [RIGHT, SUM, SUM])])
    assert (figures["attempts"], figures["attempts_that_hold"]) == (3, round(4 / 6, 4))
    assert (figures["right_where_steps_hold"]["share"], figures["right_where_steps_hold"]["count"]) == (0.5, 4)
    shares = {number: {rule: score["share"] for rule, score in scores.items()} for number, scores in figures["scores"].items()}
    assert shares == {
        "1": {"first": 0.5, "majority": 0.5, "first_that_holds": 0.5, "majority_that_holds": 0.5, "any": 0.5},
        "2": {"first": 0.5, "majority": 0.5, "first_that_holds": 1.0, "majority_that_holds": 1.0, "any": 1.0},
        "3": {"first": 0.5, "majority": 0.0, "first_that_holds": 1.0, "majority_that_holds": 0.5, "any": 1.0},
    }
    assert len(vote_lines(figures)) == 5


def test_where_no_steps_hold_nothing_is_said_of_them():
    figures = vote_scores([read_attempts(ROW, [SLIP, SLIP])])
    assert "nothing can be said" in vote_lines(figures)[-1]


class SeveralAttempts(ForeignModule):
    def draw_solutions(self, questions: list[str], samples: int, temperature: float, max_new_tokens: object) -> list[list[str]]:
        assert (samples, temperature) == (2, 0.5)
        return [[RIGHT, RIGHT] for _ in questions]

    def test_step(self, batch: object) -> None:
        """Nothing: only the solutions count."""


class Tests(HeldOut):
    def __init__(self) -> None:
        super().__init__([ROW])
        self.test_rows = [ROW]

    test_dataloader = HeldOut.train_dataloader


def test_the_first_attempt_is_the_greedy_solution_and_all_are_kept(gemma3_folder: Path, tmp_path: Path):
    callback = EvaluateSolutions(votes=3, votes_temperature=0.5, folder=str(tmp_path / "elsewhere"))
    foreign_trainer(tmp_path, callback).test(SeveralAttempts(gemma3_folder), datamodule=Tests())
    noted = json.loads((tmp_path / "summary.json").read_text(encoding="utf-8"))["evaluation"]["test"]
    assert noted["accuracy"] == noted["votes"]["scores"]["1"]["first"]["share"] == 0
    assert noted["votes"]["scores"]["3"]["majority"]["share"] == 1
    (line,) = [
        json.loads(line) for line in (tmp_path / "elsewhere" / "test_attempts.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    assert [attempt["right"] for attempt in line["attempts"]] == [False, True, True]


def test_no_attempt_is_refused():
    with pytest.raises(ConfigError, match="votes"):
        EvaluateSolutions(votes=0)
