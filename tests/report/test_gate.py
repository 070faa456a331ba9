"""Nothing is published that is not better beyond chance."""

from pathlib import Path

from mathpal_lightning.report.gate import why_not_better
from tests.report.made_runs import made_run, with_other_problems, with_test


def test_better_than_before_training_is_enough(tmp_path: Path):
    assert why_not_better(made_run(tmp_path / "a", problems=30, before=2, after=20)) == ""


def test_inside_the_noise_is_not(tmp_path: Path):
    reason = why_not_better(made_run(tmp_path / "a", problems=30, before=10, after=13))
    assert reason.startswith("it is not better than before training beyond chance: 3 problems were solved only by it, 0 only")


def test_a_published_run_must_be_beaten_too(tmp_path: Path):
    old, new = (made_run(tmp_path / name, problems=30, before=0, after=after) for name, after in (("old", 20), ("new", 21)))
    assert "than old beyond chance" in why_not_better(new, old)
    assert why_not_better(made_run(tmp_path / "newer", problems=30, before=0, after=30), old) == ""


def test_the_problems_that_both_runs_tried_decide(tmp_path: Path):
    old, new = (with_test(made_run(tmp_path / name, after=solved), solved) for name, solved in (("old", 20), ("new", 55)))
    assert why_not_better(with_other_problems(new, "test_samples.jsonl"), old) == ""


def test_a_run_without_scores_is_not_better(tmp_path: Path):
    (tmp_path / "config.yaml").write_text("name: a\n", encoding="utf-8")
    assert why_not_better(tmp_path) == "the two models were not tried on problems"
