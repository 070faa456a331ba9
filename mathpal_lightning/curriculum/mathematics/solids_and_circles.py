"""Circle, box, cube and prism: grades 5 to 7."""

from __future__ import annotations

from fractions import Fraction
from random import Random

from mathpal_lightning.curriculum import working
from mathpal_lightning.curriculum.draft import Draft, draft, line, tell, worked
from mathpal_lightning.curriculum.writing import number

PI = Fraction(314, 100)
"""3,14, as primary school takes it."""

_CIRCLES = (
    ("hình tròn", "hình tròn", "cm", range(2, 251)),
    ("mặt bàn hình tròn", "mặt bàn", "cm", range(30, 91)),
    ("bồn hoa hình tròn", "bồn hoa", "m", range(2, 13)),
    ("hồ nước hình tròn", "hồ nước", "m", range(8, 121)),
)
"""What is round, and the radii that such a thing has."""
_CIRCLE_STORIES = (
    ("Tính {what} của một {full} có {given} {a} {unit}.",),
    ("Một {full} có {given} {a} {unit}. Tính {what} của {short} đó.",),
    ("Cho một {full} có {given} là {a} {unit}. Tính {what} của {short} đó (lấy π = 3,14).",),
    ("Một {full} có {given} bằng {a} {unit}. Hỏi {what} của {short} đó là bao nhiêu?",),
    ("Biết một {full} có {given} {a} {unit}. Hãy tính {what} của {short} đó.",),
    ("Một {full} có {given} {a} {unit} thì có {what} bằng bao nhiêu (lấy π = 3,14)?",),
)


def _circle(random: Random, level: int) -> tuple[int, bool, tuple[str, str, str]]:
    """The radius (or, in half of level 2 and 3, the diameter) as a whole number."""
    radius = random.randint(*((2, 99), (3, 120), (21, 250))[level - 1])
    full, short, unit, _ = random.choice([circle for circle in _CIRCLES if radius in circle[3]])
    return radius, level > 1 and random.random() < 0.5, (full, short, unit)


def circumference(random: Random, level: int) -> Draft:
    """Radius × 2 × 3,14."""
    radius, diameter_given, (full, short, unit) = _circle(random, level)
    given, a = ("đường kính", radius * 2) if diameter_given else ("bán kính", radius)
    (question,) = tell(random, _CIRCLE_STORIES, what="chu vi", full=full, short=short, unit=unit, given=given, a=a)
    around, lead = radius * 2 * PI, f"Chu vi {short} là:"
    steps = [] if diameter_given else ["Đường kính là:", line(f"{radius} × 2 = {radius * 2}", unit)]
    area, half = radius * radius * PI, (radius * PI if not diameter_given else radius * 4 * PI)
    wrong = f"{a} × 3,14" if not diameter_given else f"{a} × 2 × 3,14"
    return draft(
        (radius,),
        question,
        worked(around, unit, *steps, lead, *working.decimals("×", PI, Fraction(radius * 2), unit)),
        worked(area, unit, lead, line(f"{radius} × {radius} × 3,14 = {number(area)}", unit)),
        worked(half, unit, lead, line(f"{wrong} = {number(half)}", unit)),
    )


def circle_area(random: Random, level: int) -> Draft:
    """Radius × radius × 3,14."""
    radius, diameter_given, (full, short, unit) = _circle(random, level)
    given, a = ("đường kính", radius * 2) if diameter_given else ("bán kính", radius)
    (question,) = tell(random, _CIRCLE_STORIES, what="diện tích", full=full, short=short, unit=unit, given=given, a=a)
    square, lead = f"{unit}²", f"Diện tích {short} là:"
    steps = ["Bán kính là:", line(f"{a} : 2 = {radius}", unit)] if diameter_given else []
    around, area = radius * 2 * PI, radius * radius * PI
    with_diameter = 4 * area
    return draft(
        (radius,),
        question,
        worked(
            area,
            square,
            *steps,
            lead,
            *working.multiply(radius, radius),
            *working.decimals("×", PI, Fraction(radius**2), square),
        ),
        worked(around, square, lead, line(f"{radius} × 2 × 3,14 = {number(around)}", square)),
        worked(with_diameter, square, lead, line(f"{radius * 2} × {radius * 2} × 3,14 = {number(with_diameter)}", square)),
    )


_BOXES = (
    ("bể cá dạng hình hộp chữ nhật", "bể cá", "dm"),
    ("hình hộp chữ nhật", "hình hộp chữ nhật", "cm"),
    ("thùng gỗ dạng hình hộp chữ nhật", "thùng gỗ", "dm"),
    ("hộp quà dạng hình hộp chữ nhật", "hộp quà", "cm"),
    ("bể nước dạng hình hộp chữ nhật", "bể nước", "m"),
)
_BOX_STORIES = (
    ("Một {full} có chiều dài {a} {unit}, chiều rộng {b} {unit} và chiều cao {c} {unit}. Tính {what} của {short} đó.",),
    ("Tính {what} của một {full} có chiều dài {a} {unit}, chiều rộng {b} {unit}, chiều cao {c} {unit}.",),
    ("Một {full} dài {a} {unit}, rộng {b} {unit}, cao {c} {unit}. Hỏi {what} của {short} đó là bao nhiêu?",),
    ("Cho một {full} có chiều cao {c} {unit}, chiều dài {a} {unit}, chiều rộng {b} {unit}. Tính {what} của {short} đó.",),
    ("Biết một {full} có ba kích thước là {a} {unit}, {b} {unit} và chiều cao {c} {unit}. Hãy tính {what} của {short} đó.",),
    (
        "Một {full} có chiều dài là {a} {unit}, chiều rộng là {b} {unit}, chiều cao là {c} {unit}. {What} của {short} đó bằng bao nhiêu?",
    ),
)


def _box(random: Random, level: int, what: str) -> tuple[int, int, int, str, str, str]:
    largest = (9, 15, 30)[level - 1]
    c, b, a = (random.randint(2, largest) for _ in range(3))
    a, b = max(a, b) + (a == b), min(a, b)
    full, short, unit = random.choice(_BOXES)
    if unit == "m":
        a, b, c = a % 5 + 2, b % 4 + 1, c % 3 + 1
        a, b = max(a, b), min(a, b)
    (question,) = tell(
        random, _BOX_STORIES, full=full, short=short, unit=unit, a=a, b=b, c=c, what=what, What=what.capitalize()
    )
    return a, b, c, short, unit, question


def box_volume(random: Random, level: int) -> Draft:
    """Length × width × height."""
    a, b, c, short, unit, question = _box(random, level, "thể tích")
    cube, lead = f"{unit}³", f"Thể tích {short} là:"
    side = (a + b) * 2 * c
    return draft(
        tuple(sorted((a, b, c))),
        question,
        worked(a * b * c, cube, lead, *working.multiply(a, b), *working.multiply(a * b, c, cube)),
        worked(a + b + c, cube, lead, line(f"{a} + {b} + {c} = {a + b + c}", cube)),
        worked(side, cube, lead, line(f"({a} + {b}) × 2 × {c} = {number(side)}", cube)),
    )


def box_side_area(random: Random, level: int) -> Draft:
    """Perimeter of the base times the height; in level 3 with both bases."""
    what = "diện tích toàn phần" if level == 3 else "diện tích xung quanh"
    a, b, c, short, unit, question = _box(random, level, what)
    square, around = f"{unit}²", (a + b) * 2
    side, base = around * c, a * b
    lines = [
        *("Chu vi đáy là:", line(f"({a} + {b}) × 2 = {around}", unit)),
        *("Diện tích xung quanh là:", *working.multiply(around, c, square)),
    ]
    if level == 3:
        lines += ["Diện tích hai đáy là:", line(f"{a} × {b} × 2 = {number(base * 2)}", square)]
        lines += ["Diện tích toàn phần là:", *working.add(side, base * 2, square)]
    result, wrong = (side + base * 2, side + base) if level == 3 else (side, a * b * c)
    half = (a + b) * c
    mistake = f"{number(side)} + {base} = {number(wrong)}" if level == 3 else f"{a} × {b} × {c} = {number(wrong)}"
    return draft(
        (a, b, c, level == 3),
        question,
        worked(result, square, *lines),
        worked(wrong, square, line(mistake, square)),
        worked(half, square, line(f"({a} + {b}) × {c} = {number(half)}", square)),
    )


_CUBES = (
    ("hình lập phương", "hình lập phương", "cm"),
    ("hộp dạng hình lập phương", "hộp", "dm"),
    ("khối gỗ dạng hình lập phương", "khối gỗ", "cm"),
    ("bể nước dạng hình lập phương", "bể nước", "dm"),
)
_CUBE_STORIES = (
    ("Một {full} có cạnh {a} {unit}. Tính {what} của {short} đó.",),
    ("Tính {what} của một {full} có cạnh {a} {unit}.",),
    ("Một {full} có cạnh dài {a} {unit}. Hỏi {what} của {short} đó là bao nhiêu?",),
    ("Cho một {full} có độ dài cạnh là {a} {unit}. Tính {what} của {short} đó.",),
    ("Biết cạnh của một {full} là {a} {unit}. Hãy tính {what} của {short} đó.",),
    ("Một {full} có cạnh bằng {a} {unit} thì có {what} bằng bao nhiêu?",),
)
_CUBE_PARTS = (("diện tích xung quanh", 4, 6), ("diện tích toàn phần", 6, 4))


def cube_surface(random: Random, level: int) -> Draft:
    """Four or six faces."""
    edge = random.randint(*((2, 60), (11, 99), (31, 195))[level - 1])
    full, short, unit = random.choice(_CUBES)
    what, faces, other = random.choice(_CUBE_PARTS)
    (question,) = tell(random, _CUBE_STORIES, full=full, short=short, unit=unit, a=edge, what=what)
    square, face = f"{unit}²", edge * edge
    lead = f"{what.capitalize()} là:"
    return draft(
        (edge, faces),
        question,
        worked(
            face * faces,
            square,
            "Diện tích một mặt là:",
            *working.multiply(edge, edge, square),
            lead,
            *working.multiply(face, faces, square),
        ),
        worked(face * other, square, lead, line(f"{edge} × {edge} × {other} = {number(face * other)}", square)),
        worked(edge * faces, square, lead, line(f"{edge} × {faces} = {number(edge * faces)}", square)),
    )


def cube_volume(random: Random, level: int) -> Draft:
    """Edge × edge × edge: whole edges, then with one decimal."""
    edge = Fraction(random.randint(*((2, 90), (31, 150), (0, 0))[level - 1]))
    if level == 3:
        edge = Fraction(random.choice([tenths for tenths in range(11, 150) if tenths % 10]), 10)
    full, short, unit = random.choice(_CUBES)
    (question,) = tell(random, _CUBE_STORIES, full=full, short=short, unit=unit, a=edge, what="thể tích")
    lead, cube, face = f"Thể tích {short} là:", f"{unit}³", edge * edge
    return draft(
        (edge,),
        question,
        worked(
            face * edge,
            cube,
            lead,
            *working.decimals("×", edge, edge)[-1:],
            *working.decimals("×", face, edge, cube)[-1:],
        ),
        worked(face * 6, cube, lead, line(f"{number(edge)} × {number(edge)} × 6 = {number(face * 6)}", cube)),
        worked(edge * 3, cube, lead, line(f"{number(edge)} × 3 = {number(edge * 3)}", cube)),
    )


_PRISM_STORIES = (
    (
        "Một lăng trụ đứng tam giác có đáy là tam giác vuông với hai cạnh góc vuông {a} {unit} và {b} {unit}, chiều cao lăng trụ {c} {unit}. Tính thể tích lăng trụ.",
    ),
    (
        "Tính thể tích của hình lăng trụ đứng có đáy là tam giác vuông với hai cạnh góc vuông {a} {unit}, {b} {unit} và chiều cao {c} {unit}.",
    ),
    (
        "Cho hình lăng trụ đứng tam giác, đáy là tam giác vuông có hai cạnh góc vuông dài {a} {unit} và {b} {unit}. Biết chiều cao của lăng trụ là {c} {unit}, tính thể tích lăng trụ.",
    ),
    (
        "Một hộp quà dạng lăng trụ đứng, đáy là tam giác vuông có hai cạnh góc vuông {a} {unit} và {b} {unit}, chiều cao {c} {unit}. Tính thể tích hộp quà.",
    ),
    (
        "Lăng trụ đứng tam giác cao {c} {unit}, đáy là tam giác vuông có hai cạnh góc vuông {a} {unit} và {b} {unit}. Thể tích lăng trụ bằng bao nhiêu?",
    ),
    (
        "Một khối gỗ hình lăng trụ đứng có đáy là tam giác vuông, hai cạnh góc vuông dài {a} {unit} và {b} {unit}, chiều cao khối gỗ là {c} {unit}. Hỏi thể tích khối gỗ là bao nhiêu?",
    ),
)


def prism_volume(random: Random, level: int) -> Draft:
    """Grade 7: area of the triangular base times the height."""
    a, b, c = (random.randint(3, (10, 20, 40)[level - 1]) for _ in range(3))
    a += a * b % 2
    unit = random.choice(("cm", "dm"))
    (question,) = tell(random, _PRISM_STORIES, a=a, b=b, c=c, unit=unit)
    base, cube = a * b // 2, f"{unit}³"
    return draft(
        (min(a, b), max(a, b), c),
        question,
        worked(
            base * c,
            cube,
            "Diện tích đáy là:",
            f"{a} × {b} = {a * b}",
            line(f"{a * b} : 2 = {base}", f"{unit}²"),
            "Thể tích lăng trụ là:",
            *working.multiply(base, c, cube),
        ),
        worked(a * b * c, cube, "Thể tích lăng trụ là:", line(f"{a} × {b} × {c} = {number(a * b * c)}", cube)),
        worked((a + b) * c, cube, "Thể tích lăng trụ là:", line(f"({a} + {b}) × {c} = {number((a + b) * c)}", cube)),
    )
