"""The settings that the person who starts the page can choose."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from mathpal_lightning.run import RunConfig
from mathpal_lightning.serving.choosing import TEMPERATURE, Plan


@dataclass(frozen=True, slots=True)
class PageSettings:
    """Settings of one page."""

    plan: Plan = field(default_factory=Plan)
    """Of the attempts at a problem."""
    examples: tuple[str, ...] = ()
    """The problems on the buttons of the welcome."""
    lessons: Path | None = None
    """The teacher's mode: the folder where the rows of the day are saved; None switches it off."""


def plan_of(config: RunConfig, votes: int | None) -> Plan:
    """The attempts at a problem: those of the command, else those of the run's config, else more only where one is doubtful.

    >>> plan_of({"evaluation": {"votes": 8}}, None)
    Plan(most=8, always=True, temperature=0.6)
    >>> plan_of({}, 1).most
    1

    Args:
        config: the settings of the fit; empty where there are none.
        votes: what the command asks for; None where it does not say.
    """
    section = config.get("evaluation", {})
    temperature = float(section.get("votes_temperature") or TEMPERATURE)
    asked = votes or int(section.get("votes") or 1)
    if votes is None and asked == 1:
        return Plan(temperature=temperature)
    return Plan(asked, asked > 1, temperature)
