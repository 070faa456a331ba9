"""The file of samples: every way in which it can be cut short ends in the same file."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from mathpal_lightning.data.samples import drawn_samples
from mathpal_lightning.errors import ConfigError, DataError
from mathpal_lightning.schema import Row, Sample, Turn

ROWS = [Row((Turn("user", f"Tính: {n} + 1"), Turn("assistant", f"Đáp số: {n + 1}")), "sums") for n in range(7)]
SETTINGS = {"model": "abc", "temperature": 0.8, "seed": 0}


class Draws:
    """Draws as a model would: what a question gets depends on the questions of its batch, counted from the first drawn."""

    def __init__(self, together: int = 3):
        self.together, self.asked = together, []

    def __call__(self, questions: Sequence[str]) -> Iterator[list[Sample]]:
        for start in range(0, len(questions), self.together):
            batch = questions[start : start + self.together]
            for question in batch:
                self.asked.append(question)
                yield [Sample(f"{question} với {len(batch)} bài, bắt đầu từ {batch[0]}"), Sample("Đáp số: 3", ended=False)]


def drawn(path: Path, draw: Draws, **changed: object) -> list[list[Sample]]:
    return list(drawn_samples(path, ROWS, SETTINGS | changed, draw, draw.together))


def test_a_line_holds_what_a_reader_wants_to_see(tmp_path: Path):
    path = tmp_path / "pairs.samples.jsonl"
    drawn(path, Draws())
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    assert [line["question"] for line in lines] == [row.question for row in ROWS]
    assert lines[2]["gold"] == "Đáp số: 3"
    assert lines[2]["samples"][1] == {"solution": "Đáp số: 3", "ended": False, "answer": "3", "verdict": "correct"}
    assert lines[3]["samples"][1]["verdict"] == "wrong"
    assert json.loads((tmp_path / "pairs.samples.json").read_text(encoding="utf-8")) == SETTINGS


def test_cut_anywhere_it_goes_on_to_the_same_file(tmp_path: Path):
    whole = tmp_path / "whole.jsonl"
    expected = drawn(whole, Draws())
    content = whole.read_bytes()
    for size in range(0, len(content) + 1, 37):
        path, again = tmp_path / "cut.jsonl", Draws()
        path.write_bytes(content[:size])
        (tmp_path / "cut.json").write_text(json.dumps(SETTINGS), encoding="utf-8")
        assert drawn(path, again) == expected
        assert path.read_bytes() == content
        lines = content[:size].count(b"\n")
        assert again.asked == [row.question for row in ROWS[lines // 3 * 3 :]]


def test_a_whole_file_is_read_and_nothing_is_drawn(tmp_path: Path):
    expected = drawn(tmp_path / "all.jsonl", Draws())
    again = Draws()
    assert drawn(tmp_path / "all.jsonl", again) == expected
    assert again.asked == []


def test_a_file_left_in_the_middle_holds_what_was_yielded(tmp_path: Path):
    samples = drawn_samples(tmp_path / "some.jsonl", ROWS, SETTINGS, Draws(), 3)
    first = [next(samples), next(samples)]
    lines = (tmp_path / "some.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["samples"][0]["solution"] for line in lines] == [one[0].text for one in first]


def test_other_settings_are_refused_and_named(tmp_path: Path):
    path = tmp_path / "some.jsonl"
    drawn(path, Draws())
    content = path.read_bytes()
    with pytest.raises(ConfigError, match=r"begun with: temperature 0\.8, seed 0, but found temperature 1\.0, seed 3\. Give"):
        drawn(path, Draws(), temperature=1.0, seed=3)
    (tmp_path / "some.json").unlink()
    with pytest.raises(ConfigError, match="begun with: model not recorded, temperature not recorded"):
        drawn(path, Draws())
    assert path.read_bytes() == content


@pytest.mark.parametrize("damage", ["{oops", "[]", '{"samples": [{"solution": "5"}]}', '{"samples": 3}'])
def test_damage_before_the_last_line_is_no_kill(tmp_path: Path, damage: str):
    path = tmp_path / "some.jsonl"
    drawn(path, Draws())
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join([lines[0], damage, *lines[2:]]) + "\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"some\.jsonl:2, which cannot be read"):
        drawn(path, Draws())
