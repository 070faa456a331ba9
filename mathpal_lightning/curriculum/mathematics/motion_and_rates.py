"""Speed, distance and time; direct and inverse proportion; shared work."""

from __future__ import annotations

from fractions import Fraction
from random import Random

from mathpal_lightning.curriculum import working
from mathpal_lightning.curriculum.draft import Draft, draft, line, tell, worked
from mathpal_lightning.curriculum.writing import number

_MOVERS = (
    ("ô tô", 40, 70),
    ("xe máy", 28, 45),
    ("người đi xe đạp", 10, 16),
    ("tàu hỏa", 45, 80),
    ("ca nô", 18, 35),
    ("xe buýt", 30, 50),
)


def _motion(random: Random, level: int) -> tuple[str, int, Fraction, Fraction]:
    """A mover, its whole speed in km/h, a time in hours and the distance: whole, halves, tenths of an hour."""
    mover, slowest, fastest = random.choice(_MOVERS)
    speed = random.randint(slowest, fastest)
    time = (Fraction(random.randint(2, 6)), Fraction(random.choice((3, 5, 7, 9)), 2), Fraction(random.randint(11, 39), 10))[
        level - 1
    ]
    if level == 2:
        speed += speed % 2
    return mover, speed, time, speed * time


_SPEED_STORIES = (
    ("Một {mover} đi quãng đường {s} km trong {t} giờ. Tính vận tốc của {mover} đó.",),
    ("Trong {t} giờ, một {mover} đi được {s} km. Hỏi vận tốc của {mover} đó là bao nhiêu?",),
    ("Quãng đường dài {s} km, một {mover} đi hết {t} giờ. Tính vận tốc của {mover} đó.",),
    ("Một {mover} đi {s} km hết {t} giờ. Tính vận tốc trung bình của {mover} đó.",),
    ("Tính vận tốc của một {mover}, biết {mover} đó đi được {s} km trong {t} giờ.",),
    ("Một {mover} đi đều trong {t} giờ được {s} km. Hỏi mỗi giờ {mover} đó đi được bao nhiêu ki-lô-mét?",),
)
_DISTANCE_STORIES = (
    ("Một {mover} đi với vận tốc {v} km/giờ trong {t} giờ. Tính quãng đường {mover} đó đi được.",),
    ("Vận tốc của một {mover} là {v} km/giờ. Hỏi trong {t} giờ {mover} đó đi được bao nhiêu ki-lô-mét?",),
    ("Một {mover} đi từ A đến B hết {t} giờ với vận tốc {v} km/giờ. Tính độ dài quãng đường AB.",),
    ("Tính quãng đường một {mover} đi được trong {t} giờ với vận tốc {v} km/giờ.",),
    ("Mỗi giờ một {mover} đi được {v} km. Hỏi {mover} đó đi được bao nhiêu ki-lô-mét trong {t} giờ?",),
    ("Với vận tốc {v} km/giờ, một {mover} đi trong {t} giờ được quãng đường dài bao nhiêu?",),
)
_TIME_STORIES = (
    ("Một {mover} đi quãng đường {s} km với vận tốc {v} km/giờ. Tính thời gian {mover} đó đi.",),
    ("Quãng đường AB dài {s} km. Một {mover} đi từ A đến B với vận tốc {v} km/giờ. Hỏi {mover} đó đi hết bao nhiêu giờ?",),
    ("Với vận tốc {v} km/giờ, một {mover} đi {s} km hết bao nhiêu giờ?",),
    ("Vận tốc của một {mover} là {v} km/giờ. Tính thời gian để {mover} đó đi được {s} km.",),
    ("Tính thời gian một {mover} đi hết quãng đường {s} km, biết vận tốc là {v} km/giờ.",),
    ("Một {mover} đi đều, mỗi giờ được {v} km. Hỏi {mover} đó đi {s} km hết bao nhiêu giờ?",),
)


def speed(random: Random, level: int) -> Draft:
    """Distance over time."""
    mover, v, t, s = _motion(random, level)
    (question,) = tell(random, _SPEED_STORIES, mover=mover, s=s, t=t)
    lead, unit = f"Vận tốc của {mover} là:", "km/giờ"
    product = f"{number(s)} × {number(t)} = {number(s * t)}"
    return draft(
        (s, t),
        question,
        worked(v, unit, lead, *working.decimals(":", s, t, unit)),
        worked(s * t, unit, lead, line(product, unit)),
        worked(s - t, unit, lead, line(f"{number(s)} - {number(t)} = {number(s - t)}", unit)),
    )


def distance(random: Random, level: int) -> Draft:
    """Speed times time."""
    mover, v, t, s = _motion(random, level)
    (question,) = tell(random, _DISTANCE_STORIES, mover=mover, v=v, t=t)
    lead = "Quãng đường đi được là:"
    slip = s * 10 if t.denominator > 1 else s + 10
    return draft(
        (v, t),
        question,
        worked(s, "km", lead, *working.decimals("×", Fraction(v), t, "km")),
        worked(slip, "km", lead, line(f"{v} × {number(t)} = {number(slip)}", "km")),
        worked(v + t, "km", lead, line(f"{v} + {number(t)} = {number(v + t)}", "km")),
    )


def travel_time(random: Random, level: int) -> Draft:
    """Distance over speed."""
    mover, v, t, s = _motion(random, level)
    (question,) = tell(random, _TIME_STORIES, mover=mover, v=v, s=s)
    lead = f"Thời gian {mover} đi là:"
    return draft(
        (v, s),
        question,
        worked(t, "giờ", lead, line(f"{number(s)} : {v} = {number(t)}", "giờ")),
        worked(t * 10, "giờ", lead, line(f"{number(s)} : {v} = {number(t * 10)}", "giờ")),
        worked(s - v, "giờ", lead, line(f"{number(s)} - {v} = {number(s - v)}", "giờ")),
    )


_MEETING_STORIES = (
    (
        "Quãng đường AB dài {s} km. Cùng một lúc, một ô tô đi từ A với vận tốc {a} km/giờ và một xe máy đi từ B với vận tốc {b} km/giờ, ngược chiều nhau. Hỏi sau mấy giờ hai xe gặp nhau?",
    ),
    (
        "Hai xe xuất phát cùng lúc từ hai địa điểm cách nhau {s} km và đi ngược chiều nhau với vận tốc {a} km/giờ và {b} km/giờ. Hỏi sau mấy giờ hai xe gặp nhau?",
    ),
    (
        "Hai tỉnh A và B cách nhau {s} km. Một xe đi từ A đến B với vận tốc {a} km/giờ, cùng lúc đó một xe đi từ B đến A với vận tốc {b} km/giờ. Sau mấy giờ hai xe gặp nhau?",
    ),
    (
        "Hai người đi xe máy khởi hành cùng lúc từ hai nơi cách nhau {s} km, đi về phía nhau với vận tốc {a} km/giờ và {b} km/giờ. Hỏi sau mấy giờ hai người gặp nhau?",
    ),
    (
        "Một ô tô và một xe tải đi ngược chiều nhau, khởi hành cùng lúc từ hai đầu quãng đường dài {s} km. Vận tốc ô tô là {a} km/giờ, vận tốc xe tải là {b} km/giờ. Sau mấy giờ hai xe gặp nhau?",
    ),
    (
        "Hai bến sông cách nhau {s} km. Hai ca nô khởi hành cùng lúc từ hai bến, đi ngược chiều nhau với vận tốc {a} km/giờ và {b} km/giờ. Sau mấy giờ hai ca nô gặp nhau?",
    ),
)


def moving_towards(random: Random, level: int) -> Draft:
    """The sum of the speeds closes the gap."""
    a, b = random.randint(20, 60), random.randint(20, 60)
    if level == 1:
        a, b = a - a % 5, b - b % 5
    b += 5 * (a == b)
    t = Fraction(random.randint(2, 5)) if level < 3 else Fraction(random.choice((3, 5, 7)), 2)
    b += (a + b) % 2
    both, s = a + b, (a + b) * t
    (question,) = tell(random, _MEETING_STORIES, s=s, a=a, b=b)
    wrong = Fraction(s, abs(a - b) or a)
    lead = (
        "Thời gian để hai xe gặp nhau là:"
        if "ca nô" not in question and "người" not in question
        else "Thời gian đi để gặp nhau là:"
    )
    return draft(
        (min(a, b), max(a, b), s),
        question,
        worked(
            t,
            "giờ",
            "Tổng vận tốc là:",
            *working.add(a, b, "km/giờ"),
            lead,
            line(f"{number(s)} : {both} = {number(t)}", "giờ"),
        ),
        worked(wrong, "giờ", lead, line(f"{number(s)} : {number(s / wrong)} = {number(wrong)}", "giờ")),
        worked(Fraction(s, a), "giờ", lead, line(f"{number(s)} : {a} = {number(Fraction(s, a))}", "giờ")),
    )
