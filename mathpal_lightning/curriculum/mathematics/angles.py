"""Angles, segments and triangles: grades 6 and 7."""

from __future__ import annotations

from fractions import Fraction
from math import gcd
from random import Random

from mathpal_lightning.curriculum import working
from mathpal_lightning.curriculum.draft import Draft, draft, line, tell, worked
from mathpal_lightning.curriculum.writing import number

_TRIANGLES = (("ABC", "A", "B", "C"), ("MNP", "M", "N", "P"), ("DEF", "D", "E", "F"), ("HIK", "H", "I", "K"))
_THIRD_ANGLE_STORIES = (
    ("Cho tam giác {t} có góc {p} bằng {a}° và góc {q} bằng {b}°. Tính số đo góc {r}.",),
    ("Tam giác {t} có số đo góc {p} là {a}°, số đo góc {q} là {b}°. Tính số đo góc {r}.",),
    ("Trong tam giác {t}, góc {p} = {a}° và góc {q} = {b}°. Hỏi góc {r} bằng bao nhiêu độ?",),
    ("Biết tam giác {t} có hai góc {p} và {q} lần lượt bằng {a}° và {b}°. Tìm số đo góc {r}.",),
    ("Tính góc {r} của tam giác {t}, biết góc {p} bằng {a}° và góc {q} bằng {b}°.",),
    ("Hai góc {p} và {q} của tam giác {t} có số đo là {a}° và {b}°. Góc còn lại có số đo bằng bao nhiêu?",),
)


def triangle_angle_sum(random: Random, level: int) -> Draft:
    """180° less the two known angles: multiples of five, of two, any."""
    step = (5, 2, 1)[level - 1]
    a, b = random.randint(20 // step, 85 // step) * step, random.randint(20 // step, 85 // step) * step
    t, p, q, r = random.choice(_TRIANGLES)
    (question,) = tell(random, _THIRD_ANGLE_STORIES, t=t, p=p, q=q, r=r, a=a, b=b)
    third, from_full = 180 - a - b, 360 - a - b
    rule = "Tổng ba góc của một tam giác bằng 180°."
    return draft(
        (min(a, b), max(a, b)),
        question,
        worked(third, "°", rule, *working.add(a, b), f"Góc {r} bằng:", *working.subtract(180, a + b)),
        worked(from_full, "°", f"Góc {r} bằng: 360 - {a} - {b} = {from_full}"),
        worked(a + b, "°", f"Góc {r} bằng: {a} + {b} = {a + b}"),
    )


_SUPPLEMENT_STORIES = (
    ("Cho hai góc kề bù {x} và {y}, biết góc {x} bằng {a}°. Tính số đo góc {y}.",),
    ("Góc {x} và góc {y} là hai góc kề bù. Biết góc {x} = {a}°, tính góc {y}.",),
    ("Hai góc {x} và {y} kề bù với nhau. Nếu góc {x} có số đo {a}° thì góc {y} có số đo bằng bao nhiêu?",),
    ("Tính số đo góc {y}, biết {y} kề bù với góc {x} và góc {x} bằng {a}°.",),
    ("Biết góc {x} bằng {a}° và kề bù với góc {y}. Hỏi góc {y} bằng bao nhiêu độ?",),
    ("Cho góc {x} có số đo {a}°. Góc {y} kề bù với góc {x}. Tìm số đo góc {y}.",),
)


_ANGLE_DIFFERENCE_STORIES = (
    ("Hai góc kề bù {x} và {y} có góc {x} {how}. Tính số đo góc {y}.",),
    ("Cho hai góc kề bù {x} và {y}, biết góc {x} {how}. Tính góc {y}.",),
    ("Góc {x} kề bù với góc {y} và {how}. Tìm số đo góc {y}.",),
    ("Biết {x} và {y} là hai góc kề bù, góc {x} {how}. Hỏi góc {y} bằng bao nhiêu độ?",),
    ("Cho góc {x} và góc {y} kề bù. Góc {x} {how}. Tính số đo góc {y}.",),
    ("Tính góc {y}, biết góc {y} kề bù với góc {x} và góc {x} {how}.",),
)


def adjacent_angles(random: Random, level: int) -> Draft:
    """Two angles that make a straight angle: one is known, or is so much larger, or is a fraction of the other."""
    x, y = random.choice((("xOy", "yOz"), ("mOn", "nOp"), ("aOb", "bOc"), ("AOB", "BOC")))
    if level > 1:
        return (_angles_by_difference if level == 2 else _angles_by_ratio)(random, x, y)
    a = random.randint(11, 169)
    (question,) = tell(random, _SUPPLEMENT_STORIES, x=x, y=y, a=a)
    lead = f"Vì hai góc kề bù có tổng số đo bằng 180° nên góc {y} bằng:"
    to_full, to_right = 360 - a, abs(90 - a)
    return draft(
        (a,),
        question,
        worked(180 - a, "°", lead, *working.subtract(180, a)),
        worked(to_full, "°", f"Góc {y} bằng:", f"360 - {a} = {to_full}"),
        worked(to_right, "°", f"Góc {y} bằng:", f"{max(90, a)} - {min(90, a)} = {to_right}"),
    )


def _angles_by_difference(random: Random, x: str, y: str) -> Draft:
    """Twice the smaller angle is 180° less the difference."""
    more = random.randint(4, 170)
    (question,) = tell(random, _ANGLE_DIFFERENCE_STORIES, x=x, y=y, how=f"lớn hơn góc {y} {more}°")
    twice, small = 180 - more, Fraction(180 - more, 2)
    halving = working.divide(twice, 2) if twice % 2 == 0 else [f"{twice} : 2 = {number(small)}"]
    return draft(
        ("difference", more),
        question,
        worked(
            small,
            "°",
            *("Tổng hai góc kề bù bằng 180°.", f"Hai lần góc {y} bằng:", *working.subtract(180, more)),
            *(f"Góc {y} bằng:", *halving),
        ),
        worked(twice, "°", f"Góc {y} bằng:", f"180 - {more} = {twice}"),
        worked(small + more, "°", f"Góc {y} bằng:", f"(180 + {more}) : 2 = {number(small + more)}"),
    )


def _angles_by_ratio(random: Random, x: str, y: str) -> Draft:
    """180° in p + q equal parts, q of them."""
    parts = random.choice((5, 9, 10, 12, 15, 18, 20, 30, 36, 45, 60))
    p = random.choice([count for count in range(1, parts // 2 + 1) if gcd(count, parts) == 1])
    q, one = parts - p, 180 // parts
    (question,) = tell(random, _ANGLE_DIFFERENCE_STORIES, x=x, y=y, how=f"bằng {p}/{q} góc {y}")
    return draft(
        ("ratio", p, q),
        question,
        worked(
            one * q,
            "°",
            *("Tổng số phần bằng nhau là:", f"{p} + {q} = {parts}", "Giá trị một phần là:", f"180 : {parts} = {one}"),
            *(f"Góc {y} bằng:", *working.multiply(one, q)),
        ),
        worked(one * p, "°", f"Góc {y} bằng:", f"{one} × {p} = {one * p}"),
        worked(180 * p, "°", f"Góc {y} bằng:", f"180 × {p} = {180 * p}"),
    )


_MIDPOINT_STORIES = (
    ("Cho đoạn thẳng AB dài {a} cm, M là trung điểm của AB. Tính độ dài đoạn thẳng AM.", "AM"),
    ("Gọi I là trung điểm của đoạn thẳng MN. Biết MN = {a} cm, tính độ dài IM.", "IM"),
    ("Đoạn thẳng CD có độ dài {a} cm. Điểm O là trung điểm của CD. Tính OC.", "OC"),
    ("Điểm K là trung điểm của đoạn thẳng EF dài {a} cm. Hỏi EK dài bao nhiêu xăng-ti-mét?", "EK"),
    ("Biết H là trung điểm của đoạn thẳng PQ và PQ = {a} cm. Độ dài PH là bao nhiêu?", "PH"),
    ("Cho M là trung điểm của đoạn thẳng BC, BC = {a} cm. Tính độ dài MB.", "MB"),
)
_BETWEEN_STORIES = (
    ("Điểm M nằm giữa hai điểm A và B. Biết AB = {a} cm, AM = {b} cm. Tính độ dài MB.", "MB"),
    ("Cho đoạn thẳng CD dài {a} cm. Điểm E nằm giữa C và D sao cho CE = {b} cm. Tính ED.", "ED"),
    ("Trên đoạn thẳng PQ dài {a} cm lấy điểm I sao cho PI = {b} cm. Hỏi IQ dài bao nhiêu xăng-ti-mét?", "IQ"),
    ("Biết điểm K nằm giữa M và N, MN = {a} cm và MK = {b} cm. Độ dài KN là bao nhiêu?", "KN"),
    ("Điểm O nằm giữa hai điểm X và Y, XY = {a} cm, XO = {b} cm. Tính OY.", "OY"),
    ("Cho ba điểm A, C, B thẳng hàng, C nằm giữa A và B, AB = {a} cm, AC = {b} cm. Tính CB.", "CB"),
)


def segment_parts(random: Random, level: int) -> Draft:
    """A point between two others (levels 1 and 3, with decimals), or the midpoint (level 2)."""
    if level == 2:
        a = Fraction(random.randint(5, 240), 2)
        question, part = tell(random, _MIDPOINT_STORIES, a=a)
        half, doubled = a / 2, a * 2
        return draft(
            (a,),
            question,
            worked(
                half,
                "cm",
                f"Vì là trung điểm nên {part} bằng một nửa đoạn thẳng:",
                line(f"{number(a)} : 2 = {number(half)}", "cm"),
            ),
            worked(doubled, "cm", line(f"{number(a)} × 2 = {number(doubled)}", "cm")),
            worked(a - 2, "cm", line(f"{number(a)} - 2 = {number(a - 2)}", "cm")),
        )
    tenths = 1 if level == 1 else 10
    a, b = Fraction(random.randint(41, 99), tenths), Fraction(random.randint(11, 39), tenths)
    question, part = tell(random, _BETWEEN_STORIES, a=a, b=b)
    return draft(
        (a, b),
        question,
        worked(a - b, "cm", f"Độ dài {part} là:", *working.decimals("-", a, b, "cm")[-1 if level == 1 else 0 :]),
        worked(a + b, "cm", f"Độ dài {part} là:", line(f"{number(a)} + {number(b)} = {number(a + b)}", "cm")),
        worked(b, "cm", f"Độ dài {part} là: {number(b)} cm"),
    )
