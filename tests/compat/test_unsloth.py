"""What this package changes in Unsloth, which is slow to import: a stand-in for its module is enough."""

import os
import subprocess
import sys
from pathlib import Path
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


def test_the_command_imports_unsloth_before_the_libraries_that_it_patches(tmp_path: Path):
    """On a card `mathpal fit` imported transformers and PEFT first, on the way to the function that imports Unsloth."""
    (tmp_path / "torch.py").write_text("class cuda:\n    is_available = staticmethod(lambda: True)\n", encoding="utf-8")
    (tmp_path / "unsloth").mkdir()
    told = tmp_path / "told"
    lines = ("import pathlib, sys", "found = {'transformers', 'peft', 'trl', 'lightning'} & set(sys.modules)")
    write = f"pathlib.Path({str(told)!r}).write_text(' '.join(found))"
    (tmp_path / "unsloth/__init__.py").write_text("\n".join([*lines, write]), encoding="utf-8")
    code = "import sys; from mathpal_lightning.cli.main import import_unsloth_first; import_unsloth_first(sys.argv[1:])"
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", ""), "."])}
    subprocess.run([sys.executable, "-c", code, "--trainer.accelerator=cpu"], env=environment, check=True)
    assert not told.exists(), "training on a CPU goes without Unsloth's code for the card"
    subprocess.run([sys.executable, "-c", code, "--model.backend=auto"], env=environment, check=True)
    assert told.read_text(encoding="utf-8") == ""
