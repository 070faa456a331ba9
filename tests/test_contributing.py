"""The recipes of CONTRIBUTING.md work as they stand there."""

import importlib.util
import re
import textwrap
from pathlib import Path
from random import Random
from typing import Any

import pytest
import torch

from mathpal_lightning.curriculum.steps import Plan, Sheet, finish
from mathpal_lightning.curriculum.wording import phrase
from mathpal_lightning.evaluation import judge
from mathpal_lightning.losses.dpo import PairLogProbs, _per_pair_loss

ROOT = Path(__file__).parents[1]


def blocks(title: str) -> list[str]:
    """The Python blocks of a section."""
    page = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    section = page.split(f"## {title}\n", 1)[1].split("\n## ", 1)[0]
    return [textwrap.dedent(block).strip("\n") for block in re.findall(r" *```python\n(.*?)```", section, re.DOTALL)]


@pytest.mark.parametrize("level", [1, 2, 3])
def test_a_topic_is_added_as_the_recipe_says(level: int):
    names: dict[str, Any] = {"Random": Random, "Plan": Plan, "Sheet": Sheet, "phrase": phrase}
    exec("from __future__ import annotations\n" + blocks("A topic")[0], names)
    draft = finish(names["two_sacks"](Random(level), level), 3, Random(level))
    assert judge(draft.question, draft.answer, draft.solution, strict=True).verdict == "correct"
    assert judge(draft.question, draft.solution, draft.question).verdict != "correct"
    assert draft.mistakes
    assert all(judge(draft.question, draft.solution, mistake, strict=True).verdict != "correct" for mistake in draft.mistakes)


def test_a_loss_is_added_as_the_recipe_says(tmp_path: Path):
    name, function, case = blocks("A loss")
    source = (ROOT / "mathpal_lightning/losses/dpo.py").read_text(encoding="utf-8")
    source, renamed = re.subn(r"^PreferenceLoss = Literal\[.*?\]$", name, source, flags=re.MULTILINE | re.DOTALL)
    before = '        case "ipo":'
    assert (renamed, source.count(before)) == (1, 1)
    source = source.replace(before, textwrap.indent(case, "        ") + "\n" + before) + "\n\n" + function + "\n"
    file = tmp_path / "dpo_with_one_more.py"
    file.write_text(source, encoding="utf-8")
    spec = importlib.util.spec_from_file_location("dpo_with_one_more", file)
    assert spec is not None
    assert spec.loader is not None
    losses = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(losses)
    reference, length = torch.zeros(1), torch.tensor([3])
    pairs = [
        losses.PairLogProbs(torch.tensor([chosen]), torch.zeros(1), length, length, reference, reference)
        for chosen in (0.0, 2.0, -2.0, -1e4)
    ]
    values = [losses.preference_loss(pair, "truncated_quadratic", beta=0.5)[0].item() for pair in pairs]
    assert values == pytest.approx([1.0, 0.0, 4.0, 5001.0**2])
    with pytest.raises(ValueError, match="label_smoothing"):
        losses.preference_loss(pairs[0], "truncated_quadratic", label_smoothing=0.1)


def test_a_loss_without_a_case_is_an_error_and_not_another_loss():
    """A name that was added to `PreferenceLoss`, and nothing else."""
    pair = PairLogProbs(*(torch.zeros(1), torch.zeros(1), torch.tensor([3]), torch.tensor([3])), torch.zeros(1), torch.zeros(1))
    with pytest.raises(AssertionError, match="no_such_loss"):
        _per_pair_loss("no_such_loss", pair, 0.1, 0.0, 0.5)  # type: ignore[arg-type]  # no name of a loss
