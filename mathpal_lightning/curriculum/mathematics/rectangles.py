"""Perimeter of the rectangle: grade 3. The sizes of things come from nouns.yaml."""

from __future__ import annotations

from random import Random

from mathpal_lightning.curriculum.nouns import draw_noun, pupils
from mathpal_lightning.curriculum.scenes import SPELLED
from mathpal_lightning.curriculum.steps import Plan, Sheet
from mathpal_lightning.curriculum.wording import phrase

_PERIMETER = (
    "[Một|Có một] {full} có chiều dài {a} {unit} và chiều rộng {b} {unit}. [Tính|Hãy tính] chu vi {short} đó.",
    "[Một|Có một] {full} [dài {a} {unit}, rộng {b} {unit}|có chiều dài {a} {unit}, chiều rộng {b} {unit}]. "
    "Hỏi chu vi {short} đó [là|bằng] bao nhiêu {spelled}?",
    "[Tính|Hãy tính] chu vi của một {full} [có chiều dài {a} {unit} và chiều rộng {b} {unit}|dài {a} {unit}, rộng {b} {unit}].",
    "[Biết một|Cho biết một] {full} có chiều rộng {b} {unit} và chiều dài {a} {unit}. [Tính|Hãy tính] chu vi của {short} đó.",
    "{name} đo được một {full} có chiều dài {a} {unit}, chiều rộng {b} {unit}. [Hỏi chu vi {short} đó là bao nhiêu {spelled}?|Tính chu vi {short} đó.]",
)
_PERIMETER_FROM_WIDTH = (
    "[Một|Có một] {full} có chiều rộng {b} {unit}, chiều dài [hơn chiều rộng|dài hơn chiều rộng] {gap} {unit}. [Tính|Hãy tính] chu vi {short} đó.",
    "[Một|Có một] {full} có chiều rộng {b} {unit}, chiều rộng ngắn hơn chiều dài {gap} {unit}. "
    "[Hỏi chu vi {short} đó là bao nhiêu {spelled}?|Tính chu vi {short} đó.]",
    "[Tính|Hãy tính] chu vi của một {full}, biết chiều rộng là {b} {unit} và chiều dài hơn chiều rộng {gap} {unit}.",
    "Chiều rộng của một {full} là {b} {unit}. Chiều dài hơn chiều rộng {gap} {unit}. [Tính|Hãy tính] chu vi của {short} đó.",
)


def rectangle_perimeter(random: Random, level: int) -> Plan:
    """(Length + width) × 2: sides to 50, to 99, and the length given as so much more than the width."""
    low, high = ((6, 50), (51, 99), (31, 250))[level - 1]
    noun = draw_noun(random, "rectangles", "long", low, high) if random.random() < 0.8 else None
    a = random.choice(noun.range("long", low, high) if noun else range(low, high + 1))
    b = random.choice(noun.range("wide", 1, a - 1) if noun else range(max(2, a // 4), a))
    short = noun.name if noun else "hình chữ nhật"
    unit = noun.unit if noun else random.choice(("cm", "dm", "m"))
    fields = {"short": short, "full": f"{short} hình chữ nhật" if noun else short, "unit": unit, "spelled": SPELLED[unit]}
    templates = _PERIMETER_FROM_WIDTH if level == 3 else _PERIMETER
    question = phrase(random, templates, name=pupils(random, 1)[0], a=a, b=b, gap=a - b, **fields)

    def solve(sheet: Sheet) -> None:
        length = sheet.add(b, a - b, unit, f"Chiều dài {short} là") if level == 3 else a
        half = sheet.add(length, b, unit, f"Nửa chu vi {short} là")
        around = sheet.multiply(half, sheet.pick(2, 4), unit, f"Chu vi {short} là")
        sheet.answer(around, unit)

    return Plan((a, b) if level < 3 else (a, b, "hơn"), question, solve)
