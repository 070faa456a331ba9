"""A key that stands twice in a config is refused with both lines."""

from pathlib import Path

import pytest

from mathpal_lightning.cli.repeated_keys import refuse_repeated_keys
from mathpal_lightning.errors import ConfigError


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("data:\n  max_length: 512\n  seed: 1\n  max_length: 1024\n", "`max_length` in line 2 and again in line 4"),
        ("model: {lora_r: 8}\ndata: {}\nmodel: {lora_r: 16}\n", "`model` in line 1 and again in line 3"),
        ("trainer:\n  callbacks:\n  - a: 1\n    a: 2\n", "`a` in line 3 and again in line 4"),
        ('{"data": {"seed": 1, "seed": 2}}', "`seed` in line 1"),
    ],
)
def test_a_repeated_key_is_refused(text: str, found: str, tmp_path: Path):
    file = tmp_path / "sft.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match=r"every key once in .*sft\.yaml") as error:
        refuse_repeated_keys(file)
    assert found in str(error.value)


@pytest.mark.parametrize("text", ["", "data: {seed: 1}\nmodel: {seed: 1}\n", "a: &x {b: 1}\nc: *x\nd: [*x, *x]\n"])
def test_other_configs_are_let_through(text: str, tmp_path: Path):
    (tmp_path / "sft.yaml").write_text(text, encoding="utf-8")
    refuse_repeated_keys(tmp_path / "sft.yaml")
