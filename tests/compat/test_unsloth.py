"""What this package changes in Unsloth, which is slow to import: a stand-in for its module is enough."""

import sys
from types import ModuleType

import pytest

from mathpal_lightning.compat.unsloth import also_unquantized, keep_generated_code_in
from mathpal_lightning.errors import ConfigError


def test_the_list_of_layers_is_longer_within_the_block_only(monkeypatch: pytest.MonkeyPatch):
    module = ModuleType("unsloth_zoo.peft_utils")
    module.SKIP_QUANTIZATION_MODULES = read_elsewhere = ["lm_head"]
    monkeypatch.setitem(sys.modules, "unsloth_zoo.peft_utils", module)
    with also_unquantized([".*altup"]):
        assert read_elsewhere == ["lm_head", ".*altup"], "loaders hold the same list by another name"
    assert read_elsewhere == ["lm_head"]


def test_a_version_without_the_list_is_refused(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "unsloth_zoo.peft_utils", ModuleType("unsloth_zoo.peft_utils"))
    with pytest.raises(ConfigError, match="SKIP_QUANTIZATION_MODULES"), also_unquantized([".*altup"]):
        pass


def test_generated_code_stays_out_of_the_working_directory(tmp_path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("os.environ", environment := {})
    keep_generated_code_in(tmp_path)
    assert environment["UNSLOTH_COMPILE_LOCATION"] == str(tmp_path)
    monkeypatch.setattr("os.environ", given := {"UNSLOTH_COMPILE_LOCATION": "elsewhere"})
    keep_generated_code_in(tmp_path)
    assert given["UNSLOTH_COMPILE_LOCATION"] == "elsewhere"
