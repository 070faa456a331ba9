"""Which way of merging is kept, what is said of it, and that a second run does nothing."""

import json
from pathlib import Path

import pytest

from mathpal_lightning.errors import ConfigError
from mathpal_lightning.export import export_adapter, merge_best, write_adapter
from mathpal_lightning.export.merge import best
from mathpal_lightning.export.merge.best import read_problems, solved
from mathpal_lightning.records import read_record
from tests.export.conftest import lora_model


@pytest.fixture
def problems(tmp_path: Path) -> Path:
    rows = [
        {"moment": "before", "question": "Tính: 2 + 3", "gold": "Đáp số: 5", "solution": "Đáp số: 4"},
        {"moment": "after", "question": "Tính: 2 + 3", "gold": "Đáp số: 5", "solution": "Đáp số: 5"},
        {"question": "Tính: 2 + 4", "solution": "Đáp số: 6"},
    ]
    (tmp_path / "samples.jsonl").write_text(
        "\n".join(json.dumps(row, ensure_ascii=False) for row in rows) + "\n", encoding="utf-8"
    )
    return tmp_path / "samples.jsonl"


@pytest.mark.parametrize(
    ("scores", "kept"),
    [
        ({"trained": 3, "original": 5}, "original"),
        ({"trained": 5, "original": 3}, "trained"),
        ({"trained": 2, "original": 2}, "trained"),
    ],
)
def test_the_better_one_is_kept_and_both_scores_are_told(
    scores: dict[str, int], kept: str, exported, problems: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(best, "solved", lambda folder, rows: scores[folder.name.removeprefix("merged.")])
    said: list[str] = []
    run = {"adapter": exported()["adapter"], "problems": problems, "say": said.append}
    out = merge_best(out=tmp_path / "run" / "merged", **run)
    record = read_record(out)
    assert record["made_from"]["into"] == kept
    assert record["solved"] == scores
    assert record["judged_on"]["problems"] == 2
    told = f"trained solves {scores['trained']}, original solves {scores['original']}: {kept} is kept"
    assert said == [f"export: of 2 held-out problems {told}"]
    assert [path.name for path in (tmp_path / "run").iterdir()] == ["merged"], "the other one is gone"
    merge_best(out=out, **run)
    assert len(said) == 1, "the same input: nothing is scored again"
    problems.write_text('{"question": "Tính: 1 + 1", "solution": "2"}\n', encoding="utf-8")
    merge_best(out=out, **run)
    assert len(said) == 2, "other problems: scored again"


def test_an_export_says_which_way_was_taken(exported, problems: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(best, "solved", lambda folder, rows: {"merged.trained": 1, "merged.original": 2}[folder.name])
    formats = "adapter, merged_16bit"
    done = export_adapter(exported()["adapter"], tmp_path / "run", formats, "best", verify=False, problems=problems)
    assert (done.merge_into, done.solved) == ("original", {"trained": 1, "original": 2})
    assert done.as_dict()["solved"] == {"trained": 1, "original": 2}


def test_a_merged_folder_is_really_asked(exported, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(best, "MAX_NEW_TOKENS", 4)
    assert solved(exported()["merged"], [("Tính: 2 + 3", "Đáp số: 5")]) == 0
    monkeypatch.setattr(best, "generate", lambda model, tokenizer, questions, *limits: ["Đáp số: 5"] * len(questions))
    assert solved(exported()["merged"], [("Tính: 2 + 3", "Đáp số: 5"), ("Tính: 2 + 4", "Đáp số: 6")]) == 1


def test_an_adapter_on_16_bit_weights_has_one_way_only(gemma3_folder: Path, tmp_path: Path):
    said: list[str] = []
    adapter = write_adapter(lora_model(gemma3_folder), tmp_path / "adapter")
    out = merge_best(adapter, tmp_path / "merged", None, say=said.append)
    assert read_record(out)["made_from"]["into"] == "trained"
    assert said == ["export: merged into the trained weights, the only way for this adapter"]


def test_without_problems_it_says_where_they_come_from_before_the_first_step(exported, tmp_path: Path):
    with pytest.raises(ConfigError, match=r"held-out problems.*none in .*samples.jsonl.*evaluation.problems"):
        export_adapter(exported()["adapter"], tmp_path / "run", ["merged_16bit"], "best")
    assert not (tmp_path / "run").exists()
    with pytest.raises(ConfigError, match="no file of them"):
        read_problems(None)
