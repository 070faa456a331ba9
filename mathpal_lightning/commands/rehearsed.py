"""What the stages of `mathpal rehearse` left behind -> a line for the table and its figures, or a TrainingError."""

from __future__ import annotations

import csv
import getpass
import json as jsons
import math
import platform
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from safetensors.torch import load_file

from mathpal_lightning.checks.leak import LAW_5
from mathpal_lightning.errors import TrainingError
from mathpal_lightning.estimate.process_memory import ACCURACY
from mathpal_lightning.records import ADAPTER_WEIGHTS
from mathpal_lightning.run import RunFolder

SAME_LOSS, SAME_ADAPTER = 0.03, 0.02
"""Relative bounds: of losses in 16 bits against float32; of an adapter that was trained in two parts against one."""
_PATH = re.compile(r"(?<![\w:/.])(?:~|[A-Za-z]:)?(?:[/\\][\w.+@~-]+){2,}[/\\]?")


class Found(NamedTuple):
    """What a stage has shown."""

    line: str
    """For a person."""
    figures: Mapping[str, float | list[float]]
    """The same for a script."""


def without_places(text: str) -> str:
    """A text without paths, and without the names of this user and machine.

    >>> without_places("File /home/lan/math/run.py, line 3: 12/5 and a/b")
    'File <path>, line 3: 12/5 and a/b'
    """
    text = _PATH.sub("<path>", text)
    for name in (getpass.getuser(), platform.node()):
        if len(name) > 2:
            text = re.sub(rf"\b{re.escape(name)}\b", "<name>", text)
    return text


def preflight_found(out: Path) -> Found:
    """The checks that passed."""
    findings = _answer(out, "preflight")["findings"]
    wrong = [f"{finding['name']}: {finding['found']}" for finding in findings if finding["level"] == "error"]
    _require(not wrong, "no error", "; ".join(wrong))
    warned = [finding["name"] for finding in findings if finding["level"] == "warning"]
    apart = [finding for finding in findings if finding["name"] == LAW_5]
    said = apart[0]["found"] if apart else "packed rows not checked"
    line = f"{len(findings)} checks, warnings: {', '.join(warned) or 'none'}; {said}"
    measured = apart[0]["figures"] if apart else {}
    return Found(line, {"checks": len(findings), "warnings": len(warned), **measured})


def losses_fall(out: Path, name: str = "fit") -> Found:
    """The losses of a run, finite and not growing."""
    found = losses(out, name)
    said = ", ".join(f"{loss:.4f}" for loss in found)
    _require(bool(found) and all(map(math.isfinite, found)), "finite losses", said or "none")
    _require(max(found) < 2 * found[0] + 1, "losses that do not grow", said)
    precision = RunFolder.of(out / name).read_summary().get("precision")
    return Found(f"losses {said} in {precision}", {"losses": found})


def losses_agree(out: Path) -> Found:
    """The losses of the card's own arithmetic against those in float32."""
    pairs = list(zip(losses(out, "fit"), losses(out, "exact"), strict=True))
    worst = max(abs(one - other) / abs(other) for one, other in pairs)
    _require(worst <= SAME_LOSS, f"losses within {SAME_LOSS:.0%} of those in float32", f"{worst:.1%}")
    return Found(f"at most {worst:.2%} apart over {len(pairs)} steps", {"relative_difference": worst, "steps": len(pairs)})


def memory_agrees(out: Path) -> Found:
    """The estimate of preflight against the peak of the run."""
    memory = next(finding for finding in _answer(out, "preflight")["findings"] if finding["name"] == "memory")
    estimate = memory["figures"]["peak_gb"]
    measured = RunFolder.of(out / "fit").read_summary()["training"]["peak_memory_gb"]
    found = f"{estimate:.2f} GB estimated, {measured:.2f} GB measured"
    _require(abs(estimate - measured) <= ACCURACY * measured, f"an estimate within {ACCURACY:.0%}", found)
    return Found(found, {"estimated_gb": estimate, "measured_gb": measured})


def adapters_agree(out: Path) -> Found:
    """The adapter of a run that was killed and went on, against the one of a run that was not."""
    one, other = (load_file(RunFolder.of(out / name).adapter / ADAPTER_WEIGHTS) for name in ("killed", "fit"))
    _require(sorted(one) == sorted(other), "adapters with the same weights", "others")
    apart = math.sqrt(sum(float((one[name] - other[name]).norm()) ** 2 for name in other))
    size = math.sqrt(sum(float(weight.norm()) ** 2 for weight in other.values()))
    wanted = f"an adapter within {SAME_ADAPTER:.0%} of the uninterrupted run's"
    _require(apart <= SAME_ADAPTER * size, wanted, f"one {apart / size:.1%} apart")
    line = "equal bit for bit" if apart == 0 else f"{apart / size:.2%} apart"
    return Found(line, {"relative_difference": apart / size})


def solved_found(out: Path) -> Found:
    """Exact match before and after training."""
    summary = RunFolder.of(out / "solving").read_summary()
    before, after = (summary["evaluation"][when] for when in ("before", "after"))
    line = f"{before['accuracy']:.0%} before, {after['accuracy']:.0%} after, of {after['problems']} problems"
    figures = {"before": before["accuracy"], "after": after["accuracy"], "problems": after["problems"]}
    return Found(line, figures)


def export_found(out: Path) -> Found:
    """The checks of the export."""
    checks = RunFolder.of(out / "export").read_summary()["export"]["checks"]
    wrong = [check["name"] for check in checks if not check["ok"]]
    _require(bool(checks) and not wrong, "every check of the export within its bounds", ", ".join(wrong) or "none made")
    return Found(f"{len(checks)} checks within bounds", {"checks": len(checks)})


def bench_found(out: Path) -> Found:
    """Rates of training and of writing solutions."""
    figures = _answer(out, "bench")
    training, evaluation = figures["training"], figures["evaluation"]
    rate, share = training["tokens_per_second"]["median"], training["mfu"]["median"]
    written = evaluation["tokens_per_second"]
    peak = training["peak_memory_gb"]
    line = f"{rate:,.0f} tokens/s, MFU {share:.1%}, {peak:.2f} GB; {written:,.0f} tokens/s written"
    return Found(line, {"tokens_per_second": rate, "mfu": share, "peak_memory_gb": peak, "written_per_second": written})


def losses(out: Path, name: str) -> list[float]:
    """The training losses of a run, step by step."""
    with RunFolder.of(out / name).metrics.open(encoding="utf-8", newline="") as lines:
        return [float(line["train/loss"]) for line in csv.DictReader(lines) if line.get("train/loss")]


def _answer(out: Path, name: str) -> Any:
    """The JSON that a stage's command printed last."""
    text = (out / "logs" / f"{name}.json").read_text(encoding="utf-8")
    begins = re.search(r"^[\[{]", text, re.MULTILINE)
    _require(begins is not None, "JSON from the command", text.strip()[-200:] or "nothing")
    return jsons.loads(text[begins.start() :])  # type: ignore[union-attr]  # required above


def _require(holds: bool, expected: str, found: str) -> None:
    if not holds:
        raise TrainingError(expected, found, "Read the log of the stage.")
