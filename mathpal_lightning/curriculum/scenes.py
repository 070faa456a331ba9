"""Scenes: what a one- or two-step story is about, and how it is told.

A scene names the list of nouns.yaml it draws from and the quantity that its numbers are, tells the question as a template of
`wording.phrase`, and gives the sentence (lời giải) that names what is calculated:

    Scene("counted", "pupil", "{name} có {a} {thing}, {other} có {b} {short}. Hỏi ...?", "Cả hai bạn có số {thing} là")

Fields that every scene may use: {name} and {other} (pupils), {adult}, {thing}, {short}, {unit} ("kg"), {spelled}
("ki-lô-gam"), {container} ("bao"), {packed_in} ("hộp"), {holds} ("đựng"), {kept_in} ("kho").
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from random import Random
from typing import NamedTuple

from mathpal_lightning.curriculum.nouns import Noun, adult, draw_noun, holds, nouns, pupils
from mathpal_lightning.curriculum.wording import fill, phrase

SPELLED = {
    **{"mm": "mi-li-mét", "cm": "xăng-ti-mét", "dm": "đề-xi-mét", "m": "mét", "km": "ki-lô-mét"},
    **{"g": "gam", "kg": "ki-lô-gam", "ml": "mi-li-lít", "l": "lít"},
    **{"cm²": "xăng-ti-mét vuông", "dm²": "đề-xi-mét vuông", "m²": "mét vuông", "km²": "ki-lô-mét vuông"},
    **{"cm³": "xăng-ti-mét khối", "dm³": "đề-xi-mét khối", "m³": "mét khối"},
}
"""Units as a question spells them: "Hỏi cả hai bao nặng bao nhiêu ki-lô-gam?"."""


class Scene(NamedTuple):
    """One kind of story."""

    kind: str
    """The list of nouns.yaml, "" for a bare exercise."""
    quantity: str
    """The range of the noun that the numbers are drawn from."""
    question: str
    lead: str


class Told(NamedTuple):
    """A scene with its noun and its people, before the numbers are filled in."""

    scene: Scene
    noun: Noun | None
    fields: dict[str, str]

    @property
    def unit(self) -> str:
        """The unit of the numbers: "kg", "viên bi", "" for a bare exercise."""
        return self.noun.unit if self.noun else ""

    def range(self, low: int, high: int) -> range:
        """The numbers that the thing has in life, narrowed to low..high."""
        return self.noun.range(self.scene.quantity, low, high) if self.noun else range(low, high + 1)

    def question(self, random: Random, **values: object) -> str:
        """One wording of the question."""
        return phrase(random, self.scene.question, **self.fields, **values)

    def lead(self, **values: object) -> str:
        """The sentence that names what is calculated, without its colon."""
        return fill(self.scene.lead, **self.fields, **values)


def draw_scene(random: Random, scenes: Sequence[Scene], low: int, high: int) -> Told:
    """Draw a scene with a noun whose quantity reaches into low..high, and the people in it."""
    scene = random.choice(_reaching(tuple(scenes), low, high))
    noun = draw_noun(random, scene.kind, scene.quantity, low, high) if scene.kind else None
    name, other = pupils(random, 2)
    fields = {"name": name, "other": other, "adult": adult(random)}
    if noun:
        fields |= {"thing": noun.name, "short": noun.short, "unit": noun.unit, "key": noun.key}
        fields |= {"spelled": SPELLED.get(noun.unit, noun.unit), "container": noun.words.get("container", "")}
        fields |= {"packed_in": noun.words.get("packed_in", ""), "kept_in": noun.words.get("kept_in", "kho")}
        fields |= {"holds": holds(fields["container"] or fields["packed_in"])}
    return Told(scene, noun, fields)


@lru_cache(4096)
def _reaching(scenes: tuple[Scene, ...], low: int, high: int) -> tuple[Scene, ...]:
    return tuple(scene for scene in scenes if not scene.kind or _has_noun(scene, low, high))


def _has_noun(scene: Scene, low: int, high: int) -> bool:
    try:
        return bool(nouns(scene.kind, scene.quantity, low, high))
    except KeyError:
        return False
