"""Data sets of the Hub (the library's answers are stood in for) and folders of save_to_disk."""

from pathlib import Path

import datasets
import pytest

from mathpal_lightning.data.readers import Record
from mathpal_lightning.data.sources import Generator, open_source
from mathpal_lightning.errors import DataError

ROWS = [{"question": f"{n} + 1 = ?", "solution": str(n + 1)} for n in range(3)]
MISSING = "Config name is missing.\nPlease pick one among the available configs: ['main', 'socratic']\nExample of usage: ..."


def questions(named: object, split: str, must_hold: bool = True) -> list[str] | None:
    source = open_source(named, split, Generator(), must_hold=must_hold)  # type: ignore[arg-type]
    return source and [item.fields["question"] for item in source.records() if isinstance(item, Record)]


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> datasets.DatasetDict:
    """A data set with two configurations, each with two splits."""
    rows = datasets.Dataset.from_list(ROWS)
    splits = datasets.DatasetDict(train=rows.select([0, 1]), test=rows.select([2]))

    def load_dataset(repository: str, config: str | None = None) -> datasets.DatasetDict:
        if config is None:
            raise ValueError(MISSING)
        return splits

    monkeypatch.setattr(datasets, "load_dataset", load_dataset)
    monkeypatch.setattr(datasets, "get_dataset_config_names", lambda repository: ["main", "socratic"])
    return splits


def test_a_configuration_is_named_behind_a_colon(hub: datasets.DatasetDict):
    assert questions("openai/gsm8k:main", "train") == ["0 + 1 = ?", "1 + 1 = ?"]
    assert questions("openai/gsm8k:main:test", "train") == ["2 + 1 = ?"]
    assert questions("openai/gsm8k:main", "test", must_hold=False) == ["2 + 1 = ?"]
    assert questions("openai/gsm8k:main", "validation", must_hold=False) is None


def test_the_configurations_are_listed_when_one_is_needed(hub: datasets.DatasetDict):
    with pytest.raises(DataError, match=r"a configuration of openai/gsm8k.*'main', 'socratic'.*: openai/gsm8k:main"):
        questions("openai/gsm8k", "train")


def test_a_split_that_is_not_there_lists_the_others(hub: datasets.DatasetDict):
    with pytest.raises(DataError, match=r"'more' in openai/gsm8k:main.*train, test"):
        questions("openai/gsm8k:main:more", "train")


def test_folders_of_save_to_disk_are_read(hub: datasets.DatasetDict, tmp_path: Path):
    hub.save_to_disk(tmp_path / "splits")
    hub["train"].save_to_disk(tmp_path / "rows")
    assert questions(str(tmp_path / "splits"), "test", must_hold=False) == ["2 + 1 = ?"]
    assert questions(str(tmp_path / "rows"), "train") == ["0 + 1 = ?", "1 + 1 = ?"]
    assert questions(str(tmp_path / "rows"), "test", must_hold=False) is None


def test_a_damaged_folder_of_save_to_disk_is_one_line(hub: datasets.DatasetDict, tmp_path: Path):
    hub["train"].save_to_disk(tmp_path / "rows")
    arrow = next((tmp_path / "rows").glob("*.arrow"))
    for harmed in (b"", arrow.read_bytes()[:100]):
        arrow.write_bytes(harmed)
        with pytest.raises(DataError, match="save_to_disk"):
            questions(str(tmp_path / "rows"), "train")
    (tmp_path / "rows/state.json").write_text("{", encoding="utf-8")
    with pytest.raises(DataError, match="save_to_disk"):
        questions(str(tmp_path / "rows"), "train")
