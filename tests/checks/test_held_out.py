"""A run that goes on from an adapter should not train on what the adapter's run held out."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import yaml

from mathpal_lightning.callbacks.preflight import split_findings
from mathpal_lightning.checks.held_out import held_out_findings
from mathpal_lightning.data.settings import DataSettings


def found(folder: Path, earlier: dict[str, Any], now: dict[str, Any]) -> list[str]:
    (folder / "config.yaml").write_text(yaml.safe_dump({"data": earlier}), encoding="utf-8")
    module: Any = SimpleNamespace(settings=SimpleNamespace(adapter=str(folder / "adapter")))
    data: Any = SimpleNamespace(settings=DataSettings(**now))
    return [finding.found for finding in split_findings(module, data)]


OWN = {"train": "problems.jsonl", "validation_share": 0.1, "test_share": 0.0, "seed": 0}


@pytest.mark.parametrize("other", [{"validation_share": 0.05}, {"test_share": 0.1}, {"seed": 1}])
def test_another_split_is_warned_of(other: dict[str, Any], tmp_path: Path):
    (said,) = found(tmp_path, OWN, OWN | {"train": "pairs.jsonl"} | other)
    assert "validation_share 0.1, test_share 0.0, seed 0 in the run of the adapter" in said


@pytest.mark.parametrize(
    ("earlier", "now"),
    [
        (OWN, OWN | {"train": "pairs.jsonl"}),
        (OWN, {"train": "generated"}),
        ({"train": "generated"}, OWN),
        (OWN | {"validation": "held_out.jsonl"}, OWN),
        (OWN, OWN | {"validation_share": 0.0}),
        ({}, OWN),
    ],
    ids=["the same", "generated now", "generated then", "rows of its own then", "nothing held out", "no run"],
)
def test_what_holds_the_same_out_or_nothing_is_not(earlier: dict[str, Any], now: dict[str, Any], tmp_path: Path):
    assert found(tmp_path, earlier, now) == []


def test_without_an_adapter_there_is_nothing_to_say():
    assert held_out_findings({}, DataSettings(train="problems.jsonl")) == []
