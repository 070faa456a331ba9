"""What to try next follows from the figures."""

import pytest

from mathpal_lightning.report.advice import advice
from mathpal_lightning.report.curves import Curve
from tests.report.test_verdict import column

FALLING: Curve = {step: 2 - step / 20 for step in range(20)}
FLAT: Curve = dict.fromkeys(range(20), 1.0)


@pytest.mark.parametrize(
    ("summary", "curves", "said"),
    [
        ({"export": {"checks": [{"artefact": "gguf/q4", "ok": False}]}}, {}, "Do not publish gguf/q4"),
        ({}, {"train/loss": FALLING}, "train longer"),
        ({}, {"val/loss": {10: 2.0, 20: 1.0, 30: 1.5}}, "rose again after step 20"),
        ({"data": {"train": {"read": 100, "refused": {"too_long": 30}}}}, {}, "mathpal data report rows.csv"),
        ({"training": {"packing_density": 0.3}}, {}, "data.packing true"),
    ],
)
def test_a_figure_leads_to_its_advice(summary: dict[str, object], curves: dict[str, Curve], said: str):
    given = advice("lop5", summary, column(range(10), 100), curves, "rows.csv", "en")
    assert said in given[0]
    assert given[-1] == "Ask it yourself: mathpal serve lop5"


def test_nothing_wrong_needs_no_advice():
    assert len(advice("lop5", {}, column(range(10), 100), {"train/loss": FLAT, "val/loss": FLAT}, "rows.csv", "en")) == 1
