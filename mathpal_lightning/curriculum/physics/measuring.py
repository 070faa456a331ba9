"""Density, weight and speed: one formula each, with its unit."""

from __future__ import annotations

from fractions import Fraction
from random import Random

from mathpal_lightning.curriculum import working
from mathpal_lightning.curriculum.draft import Draft, draft, line, tell, worked
from mathpal_lightning.curriculum.writing import number

_DENSITY_STORIES = (
    ("Một vật có khối lượng {m} kg và thể tích {v} m³. Tính khối lượng riêng của chất làm vật đó.",),
    ("Tính khối lượng riêng của một vật có thể tích {v} m³, khối lượng {m} kg.",),
    ("Một khối chất lỏng có thể tích {v} m³ nặng {m} kg. Khối lượng riêng của chất lỏng đó là bao nhiêu?",),
    ("Biết {v} m³ một chất có khối lượng {m} kg. Tính khối lượng riêng của chất đó.",),
    ("Một khối gỗ có khối lượng {m} kg, thể tích {v} m³. Hỏi khối lượng riêng của gỗ là bao nhiêu?",),
    ("Khối lượng của {v} m³ vật liệu là {m} kg. Tính khối lượng riêng của vật liệu đó.",),
)


def mass_density(random: Random, level: int) -> Draft:
    """Mass over volume, in kg/m³."""
    density = random.randint(*((2, 30), (31, 120), (121, 790))[level - 1]) * 10
    volume = random.randint(2, 9)
    mass = density * volume
    (question,) = tell(random, _DENSITY_STORIES, m=mass, v=volume)
    lead, unit = "Khối lượng riêng là:", "kg/m³"
    return draft(
        (mass, volume),
        question,
        worked(density, unit, lead, *working.divide(mass, volume, unit)),
        worked(mass * volume, unit, lead, line(f"{number(mass)} × {volume} = {number(mass * volume)}", unit)),
        worked(mass - volume, unit, lead, line(f"{number(mass)} - {volume} = {number(mass - volume)}", unit)),
    )


_WEIGHT_STORIES = (
    ("Một vật có khối lượng {m} kg. Tính trọng lượng của vật đó.",),
    ("Tính trọng lượng của một vật có khối lượng {m} kg.",),
    ("Một túi gạo có khối lượng {m} kg thì có trọng lượng bao nhiêu?",),
    ("Khối lượng của một thùng hàng là {m} kg. Hỏi trọng lượng của thùng hàng đó là bao nhiêu niu-tơn?",),
    ("Biết một chiếc cặp có khối lượng {m} kg. Hãy tính trọng lượng của chiếc cặp đó.",),
    ("Một học sinh đo được khối lượng của vật là {m} kg. Trọng lượng của vật là bao nhiêu?",),
)


def weight_of_mass(random: Random, level: int) -> Draft:
    """Ten newtons for a kilogram: whole kilograms, then decimals."""
    mass = Fraction(random.randint(*((2, 150), (21, 990), (105, 9990))[level - 1]), (1, 10, 100)[level - 1])
    (question,) = tell(random, _WEIGHT_STORIES, m=mass)
    lead = "Trọng lượng của vật là:"
    return draft(
        (mass,),
        question,
        worked(mass * 10, "N", lead, line(f"10 × {number(mass)} = {number(mass * 10)}", "N")),
        worked(mass, "N", lead, f"{number(mass)} N"),
        worked(mass / 10, "N", lead, line(f"{number(mass)} : 10 = {number(mass / 10)}", "N")),
    )


_SPEED_STORIES = (
    ("Một vận động viên chạy {s} m trong {t} giây. Tính tốc độ của vận động viên đó.",),
    ("Một vật chuyển động đều đi được {s} m trong {t} giây. Tính tốc độ của vật.",),
    ("Trong {t} giây, một con ngựa chạy được {s} m. Hỏi tốc độ của con ngựa là bao nhiêu?",),
    ("Tính tốc độ của một xe đạp đi được {s} m trong {t} giây.",),
    ("Quãng đường {s} m được một ô tô đi hết trong {t} giây. Tốc độ của ô tô là bao nhiêu?",),
    ("Một con chim bay {s} m hết {t} giây. Hãy tính tốc độ của con chim.",),
)


def speed_in_metres(random: Random, level: int) -> Draft:
    """Distance over time, in m/s."""
    speed, time = random.randint(2, 25), random.randint(*((5, 20), (12, 60), (60, 300))[level - 1])
    way = speed * time
    (question,) = tell(random, _SPEED_STORIES, s=way, t=time)
    lead, unit = "Tốc độ là:", "m/s"
    return draft(
        (way, time),
        question,
        worked(speed, unit, lead, *working.divide(way, time, unit)),
        worked(way * time, unit, lead, line(f"{number(way)} × {time} = {number(way * time)}", unit)),
        worked(way - time, unit, lead, line(f"{number(way)} - {time} = {number(way - time)}", unit)),
    )
