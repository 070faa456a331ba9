"""Steps as Lightning counts them, and the share of positions that hold tokens."""

from dataclasses import replace

import pytest

from mathpal_lightning.checks.rows import Length, require_steps, row_findings, step_finding
from mathpal_lightning.data import DataReport
from mathpal_lightning.data.report import Refusals
from mathpal_lightning.errors import ConfigError

REPORT = DataReport("train", 10, 9, Refusals({"too_long": 1}), 900, 500, 200, 5, 0.9)


@pytest.mark.parametrize(
    ("length", "steps", "batches"),
    [
        (Length(packs=10, batch_size=2, max_epochs=3), 15, 15),
        (Length(packs=11, batch_size=2, max_epochs=1), 6, 6),
        (Length(packs=10, batch_size=1, accumulate=4, max_epochs=2), 6, 20),  # windows of 4, 4 and 2 batches
        (Length(packs=10, batch_size=1, accumulate=4, max_steps=4, max_epochs=9), 4, 14),
        (Length(packs=10, batch_size=1, processes=4, max_epochs=1), 3, 3),
        (Length(packs=10, batch_size=4, updates=2, max_epochs=1), 6, 6),
        (Length(packs=10, batch_size=1, max_epochs=1, limit_batches=4), 4, 4),
        (Length(packs=10, batch_size=1, max_epochs=1, limit_batches=0.25), 2, 2),
        (Length(packs=10, batch_size=1, max_steps=-1, max_epochs=-1), None, None),
    ],
)
def test_steps_and_batches(length: Length, steps: int | None, batches: int | None):
    assert length.steps == steps
    assert length.batches == batches


def test_a_run_without_an_end_is_an_error():
    assert step_finding(Length(packs=10, batch_size=1)).exit_code == 2


@pytest.mark.parametrize("limits", [{"max_steps": 0}, {"max_epochs": 0}, {"max_epochs": 1, "limit_batches": 0}], ids=str)
def test_a_run_without_a_step_is_refused(limits: dict[str, int]):
    length = Length(packs=10, batch_size=1, **limits)
    for refuses in (require_steps, step_finding):  # a fit asks the first one, `mathpal preflight` the second
        with pytest.raises(ConfigError, match="at least one training step, but found none"):
            refuses(length)


def test_thin_packs_are_doubtful():
    assert [finding.level for finding in row_findings([REPORT])] == ["ok"]
    assert "1 too_long" in row_findings([REPORT])[0].found
    thin = row_findings([replace(REPORT, density=0.3)])[0]
    assert thin.level == "warning"
    assert "200" in thin.way_out
