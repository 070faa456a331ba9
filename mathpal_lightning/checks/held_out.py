"""Problems that the run of a given adapter held out, and on which a run that goes on from it may train."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from mathpal_lightning.checks.finding import Finding
from mathpal_lightning.data.generated import GENERATED
from mathpal_lightning.data.settings import DataSettings

Split = tuple[float, float, int]
"""The shares of validation and test rows, and the seed: equal ones hold the same questions of a file out."""


def held_out_findings(earlier: Mapping[str, object], data: DataSettings) -> list[Finding]:
    """A warning where the run that trained the given adapter held other questions of its rows out than this one does.

    Runs on generated problems are left out, whose splits never share a problem, and runs that hold nothing out.

    Args:
        earlier: the section `data` of that run's config; empty where there is no adapter, or none of a run.
        data: the settings of this run's data.
    """
    if not earlier:
        return []
    before, now = split_of(earlier), split_of({name: getattr(data, name) for name in _READ})
    if before == now or not any(before[:2]) or not any(now[:2]):
        return []
    words = "validation_share {}, test_share {}, seed {}"
    return [
        Finding(
            "held-out problems",
            f"{words.format(*now)} in data, but {words.format(*before)} in the run of the adapter: of the same problems, "
            "some that it held out are trained on now, and the score is then too high",
            "warning",
            "the same problems held out as in that run",
            "Give this run the same values, or keep them where its problems are other ones.",
        )
    ]


_READ = ("train", "validation", "test", "validation_share", "test_share", "seed")


def split_of(data: Mapping[str, object]) -> Split:
    """What decides which questions of its training rows a run holds out; shares that do not count are 0."""
    default, train = DataSettings(), data.get("train")
    named = [train] if isinstance(train, str) else train
    own = named is not None and not (isinstance(named, list | dict) and all(name == GENERATED for name in named))
    shares = (
        cast(float, data.get(f"{split}_share", getattr(default, f"{split}_share"))) if own and data.get(split) is None else 0.0
        for split in ("validation", "test")
    )
    return (*shares, cast(int, data.get("seed", default.seed)))  # type: ignore[return-value]  # mypy counts no generators
