"""Every setting of the data module is written once; every way to give it still works."""

import inspect
from dataclasses import fields

import pytest
from lightning.pytorch.cli import LightningArgumentParser

from mathpal_lightning.data import Columns, Generator, MathDataModule
from mathpal_lightning.data.settings import DataSettings
from mathpal_lightning.errors import ConfigError

KEYS_OF_0_1_0 = {
    "train": "rows.jsonl",
    "validation": "val.jsonl",
    "test": "test.jsonl",
    "predict": "ask.jsonl",
    "objective": "dpo",
    "columns": {"question": "de_bai"},
    "generator": {"count": 7, "topics": ["a"]},
    "validation_share": 0.1,
    "test_share": 0.2,
    "tokenizer": "folder",
    "max_length": 64,
    "packing": False,
    "order": "easy_first",
    "batch_size": 3,
    "supervise": "solution",
    "drop_picture_rows": False,
    "near_duplicates": 0.7,
    "max_refused_share": 0.5,
    "seed": 4,
    "num_workers": 2,
    "cache_dir": "cache",
}


@pytest.fixture
def parser() -> LightningArgumentParser:
    parser = LightningArgumentParser()
    parser.add_lightning_class_args(MathDataModule, "data")
    return parser


def test_every_key_of_0_1_0_is_taken_from_a_config(parser):
    module = parser.instantiate_classes(parser.parse_object({"data": KEYS_OF_0_1_0})).data
    expected = KEYS_OF_0_1_0 | {"columns": Columns(question="de_bai"), "generator": Generator(count=7, topics=["a"])}
    assert {name: getattr(module.settings, name) for name in expected} == expected


def test_every_key_of_0_1_0_is_a_flag(parser):
    flags = [f"--data.{name}={value}" for name, value in KEYS_OF_0_1_0.items() if not isinstance(value, dict)]
    flags += ["--data.columns.question=de_bai", "--data.generator.count=7"]
    settings = parser.instantiate_classes(parser.parse_args(flags)).data.settings
    assert (settings.max_length, settings.order, settings.columns.question, settings.generator.count) == (
        (64, "easy_first", "de_bai", 7)
    )


def test_questions_may_be_a_list_of_files(parser):
    files = ["a.jsonl", "b.jsonl"]
    from_config = parser.parse_object({"data": {"predict": files}})
    from_flag = parser.parse_args(["--data.predict=[a.jsonl, b.jsonl]"])
    assert [parser.instantiate_classes(each).data.settings.questions for each in (from_config, from_flag)] == [files, files]


def test_python_takes_sources_by_place_and_the_rest_by_name():
    module = MathDataModule("a.jsonl", "b.jsonl", "c.jsonl", "d.jsonl", max_length=64)
    assert (module.settings.train, module.settings.predict, module.settings.max_length) == ("a.jsonl", "d.jsonl", 64)
    with pytest.raises(TypeError, match="max_lenght"):
        MathDataModule("a.jsonl", max_lenght=64)


def test_the_signature_shows_every_setting_with_its_default():
    shown = inspect.signature(MathDataModule).parameters
    assert list(shown) == [field.name for field in fields(DataSettings)]
    assert shown["max_length"].default == DataSettings().max_length


def test_checkpoints_hold_the_settings_as_plain_values(parser):
    module = parser.instantiate_classes(parser.parse_object({"data": KEYS_OF_0_1_0})).data
    assert module.hparams["generator"]["count"] == 7
    assert MathDataModule(**dict(module.hparams) | {"columns": Columns(), "generator": Generator()}).hparams["seed"] == 4
    assert set(module.hparams) == {field.name for field in fields(DataSettings)}


def test_settings_are_checked_where_they_are_written():
    with pytest.raises(ConfigError, match=r"data\.max_length of at least 8"):
        DataSettings(max_length=0)
    with pytest.raises(ConfigError, match=r"`data\.supervise`, but found 'solutions'\. Did you mean solution\?"):
        DataSettings(supervise="solutions")  # type: ignore[arg-type]  # what a person may write in a script


def test_a_list_of_files_is_a_source_in_configs_and_flags(parser):
    for arguments in (["--data.train=[a.jsonl,b.csv]"], ["--data.train", '["a.jsonl", "b.csv"]']):
        settings = parser.instantiate_classes(parser.parse_args(arguments)).data.settings
        assert settings.names("train") == ["a.jsonl", "b.csv"]
        assert settings.weights("train") == []
