"""The page's buttons show problems that this run has solved, else generated ones."""

import json
from pathlib import Path

from mathpal_lightning.serving.examples import solved_examples


def sample(question: str, topic: str, verdict: str = "correct", step: int = 9) -> str:
    return json.dumps({"question": question, "topic": topic, "strict_verdict": verdict, "step": step}) + "\n"


def test_solved_problems_of_different_topics_come_first(tmp_path: Path):
    lines = [
        sample("cũ", "a", step=1),
        sample("sai", "a", "wrong"),
        sample("đúng", "a"),
        sample("đúng nữa", "a"),
        sample("b", "b"),
    ]
    (tmp_path / "samples.jsonl").write_text("".join([*lines, sample("dài" * 99, "c"), sample("d", "d")]), encoding="utf-8")
    assert solved_examples(tmp_path) == ("đúng", "b", "d")
    (tmp_path / "gguf").mkdir()
    assert solved_examples(tmp_path / "gguf" / "model.gguf") == ("đúng", "b", "d")


def test_a_sample_that_a_killed_evaluation_left_half_is_passed_over(tmp_path: Path):
    half = sample("hai", "b").encode()[:-9]
    (tmp_path / "samples.jsonl").write_bytes(sample("một", "a").encode() + half)
    assert solved_examples(tmp_path)[0] == "một"
    assert "hai" not in solved_examples(tmp_path)


def test_without_samples_they_are_generated(tmp_path: Path):
    made = solved_examples(tmp_path)
    assert len(set(made)) == 3
    assert all(10 < len(question) <= 140 for question in made)
