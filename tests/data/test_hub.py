"""Data sets of the Hub (the library's answers are stood in for) and folders of save_to_disk."""

import shutil
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
    with pytest.raises(DataError, match=r"a configuration of openai/gsm8k.*none; it has main, socratic.*: openai/gsm8k:main"):
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


def test_the_split_of_a_saved_folder_that_an_error_names_can_be_given(hub: datasets.DatasetDict, tmp_path: Path):
    datasets.DatasetDict(train_sft=hub["train"], train_gen=hub["test"]).save_to_disk(tmp_path / "splits")
    with pytest.raises(DataError, match=r"one split for train rows.*Say which: ") as error:
        questions(str(tmp_path / "splits"), "train")
    assert questions(str(error.value).rpartition("Say which: ")[2].removesuffix("."), "train") == ["0 + 1 = ?", "1 + 1 = ?"]


@pytest.fixture
def cached(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The cache of `datasets` without a connection; the library itself wrote two configurations of openai/gsm8K."""
    monkeypatch.setattr(datasets.config, "HF_HUB_OFFLINE", True)
    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", tmp_path / "cache")
    for number, name in enumerate(("main", "socratic")):
        rows = datasets.Dataset.from_list(ROWS[: 2 + number], info=datasets.DatasetInfo(config_name=name))
        rows.to_parquet(tmp_path / f"{name}.parquet")
        builder = datasets.load_dataset_builder("parquet", data_files={"train": str(tmp_path / f"{name}.parquet")})
        builder.download_and_prepare(str(tmp_path / "made" / name), file_format="arrow")
        folder = tmp_path / "cache" / "openai___gsm8_k" / name / "0.0.0" / ("a" * 40)
        folder.mkdir(parents=True)
        info = datasets.DatasetInfo.from_directory(str(tmp_path / "made" / name))
        info.dataset_name, info.config_name = "gsm8_k", name
        info.write_to_directory(str(folder))
        shutil.copy(next((tmp_path / "made" / name).glob("*.arrow")), folder / "gsm8_k-train.arrow")
    return tmp_path / "cache"


def test_a_configuration_of_the_cache_needs_no_connection(cached: Path):
    assert questions("openai/gsm8K:main", "train") == ["0 + 1 = ?", "1 + 1 = ?"]
    assert questions("openai/gsm8K:socratic", "train") == ["0 + 1 = ?", "1 + 1 = ?", "2 + 1 = ?"]
    assert questions("openai/gsm8K:main:train", "train") == ["0 + 1 = ?", "1 + 1 = ?"]
    shutil.rmtree(cached / "openai___gsm8_k" / "socratic")  # the only one is also found by its name
    assert questions("openai/gsm8K:main", "train") == ["0 + 1 = ?", "1 + 1 = ?"]
    assert questions("openai/gsm8K:train", "train") == ["0 + 1 = ?", "1 + 1 = ?"]


def test_the_configurations_of_the_cache_are_listed_when_one_is_needed(cached: Path):
    with pytest.raises(DataError, match=r"found none; it has main, socratic.*one of them: openai/gsm8K:main\."):
        questions("openai/gsm8K", "train")
    with pytest.raises(DataError, match=r"found other; it has main, socratic.*one of them: openai/gsm8K:main\."):
        questions("openai/gsm8K:other:train", "train")
