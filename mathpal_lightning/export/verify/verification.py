"""The result of a verification: each measured property with its bound, and what usually is wrong where it fails."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from mathpal_lightning.errors import ExportError


@dataclass(frozen=True, slots=True)
class Check:
    """One measured property of one artefact."""

    artefact: str
    name: str
    value: float | str
    bound: str
    ok: bool
    likely_cause: str
    """What usually is wrong when this check fails."""

    @property
    def line(self) -> str:
        """`KL against the trained model 0.0016 (<= 0.02)`, with the likely cause where it failed."""
        return f"{self.name} {_shown(self.value)} ({self.bound})" + ("" if self.ok else f" FAILED: {self.likely_cause}")


@dataclass(frozen=True, slots=True)
class Verification:
    """Every check of an export, in the order in which they were made."""

    checks: tuple[Check, ...]

    @property
    def ok(self) -> bool:
        """Whether every check is within its bound."""
        return all(check.ok for check in self.checks)

    def as_rows(self) -> list[dict[str, Any]]:
        """The checks as plain data for summary.json."""
        return [asdict(check) | {"line": check.line} for check in self.checks]

    def require(self) -> None:
        """Do nothing if all is well.

        Raises:
            ExportError: a check is outside its bound.
        """
        failed = [check for check in self.checks if not check.ok]
        if failed:
            found = "; ".join(f"{check.artefact}: {check.name} {_shown(check.value)} ({check.bound})" for check in failed)
            raise ExportError(
                "every exported artefact within its bounds",
                found,
                f"Likely cause: {failed[0].likely_cause}. The artefacts are kept.",
            )

    def __str__(self) -> str:
        lines = [f"{'artefact':<18} {'check':<34} {'value':>12}   {'bound':<12} verdict"]
        for check in self.checks:
            verdict = "ok" if check.ok else f"FAILED: {check.likely_cause}"
            lines.append(f"{check.artefact:<18} {check.name:<34} {_shown(check.value):>12}   {check.bound:<12} {verdict}")
        return "\n".join(lines)


def _shown(value: float | str) -> str:
    return value if isinstance(value, str) else f"{value:.3g}"


def at_most(artefact: str, name: str, value: float, bound: float, likely_cause: str) -> Check:
    """A value that must not be above its bound."""
    return Check(artefact, name, value, f"<= {bound:g}", value <= bound, likely_cause)


def at_least(artefact: str, name: str, value: float, bound: float, likely_cause: str) -> Check:
    """A value that must not be below its bound."""
    return Check(artefact, name, value, f">= {bound:g}", value >= bound, likely_cause)


def share(artefact: str, name: str, hits: Sequence[bool], likely_cause: str) -> Check:
    """Something that must be true every time."""
    return Check(artefact, name, f"{sum(hits)} of {len(hits)}", "all", all(hits), likely_cause)


def count(artefact: str, name: str, hits: int, of: int, least: int, likely_cause: str) -> Check:
    """Something that must be true some number of times."""
    return Check(artefact, name, f"{hits} of {of}", f">= {least}", hits >= least, likely_cause)
