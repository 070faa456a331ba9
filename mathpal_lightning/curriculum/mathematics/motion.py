"""Speed, distance, time, and two that move towards each other: grade 5."""

from __future__ import annotations

from fractions import Fraction
from random import Random
from typing import NamedTuple

from mathpal_lightning.curriculum.mathematics.durations import clock
from mathpal_lightning.curriculum.nouns import nouns
from mathpal_lightning.curriculum.steps import Plan, Sheet
from mathpal_lightning.curriculum.steps.measures import convert
from mathpal_lightning.curriculum.steps.slips import Value
from mathpal_lightning.curriculum.wording import phrase
from mathpal_lightning.curriculum.writing import number


class Journey(NamedTuple):
    """Who travels, how fast (km/h), how long (hours) and from when on."""

    mover: str
    speed: int
    hours: Fraction
    start: int
    """The minute of the day at which it leaves."""

    @property
    def distance(self) -> Value:
        """In kilometres."""
        way = self.speed * self.hours
        return way.numerator if way.denominator == 1 else way

    @property
    def fields(self) -> dict[str, object]:
        """What a question says of it."""
        end = self.start + int(self.hours * 60)
        return {
            **{"mover": self.mover, "v": self.speed, "s": self.distance, "t": self.hours},
            **{"start": clock(*divmod(self.start, 60)), "end": clock(*divmod(end, 60))},
        }


def _journey(random: Random, level: int) -> Journey:
    """Whole hours; hours with a decimal; hours told as two times of the day."""
    fitting = [noun for noun in nouns("vehicles", "speed") if 12 < noun.ranges["speed"][1] <= 100]
    noun = random.choice(fitting)
    speed = random.choice(noun.range("speed", 10, 900))
    longest = min(noun.ranges["hours"][1], 6)
    if level == 1:
        hours = Fraction(random.randint(2, longest))
    else:
        hours = Fraction(random.choice([tenths for tenths in range(11, 10 * longest) if tenths % 10]), 10)
    start = random.randint(6, 12) * 60 + random.randrange(0, max(1, 60 - int(hours % 1 * 60)))
    return Journey(noun.name, speed, hours, start)


_LASTS = "[đi từ A lúc {start} và đến B lúc {end}|xuất phát từ A lúc {start}, đến B lúc {end}|khởi hành ở A lúc {start} và tới B lúc {end}]"
_SPEED = (
    "[Một|Có một] {mover} đi [quãng đường |]{s} km [trong|hết] {t} giờ. [Tính|Hãy tính] vận tốc của {mover} đó.",
    "[Quãng đường từ A đến B|Quãng đường AB] dài {s} km, một {mover} đi hết {t} giờ. [Tính vận tốc của {mover} đó.|Hỏi vận tốc của {mover} đó là bao nhiêu ki-lô-mét trên giờ?]",
    "[Trong {t} giờ, một {mover} đi được {s} km|Một {mover} đi được {s} km trong {t} giờ]. [Hỏi vận tốc của {mover} đó là bao nhiêu?|Tính vận tốc của {mover} đó.|Hỏi trung bình mỗi giờ {mover} đó đi được bao nhiêu ki-lô-mét?]",
)
_SPEED_BY_CLOCK = (
    "Một {mover} "
    + _LASTS
    + ". Quãng đường dài {s} km. [Tính vận tốc của {mover} đó.|Hỏi vận tốc của {mover} đó là bao nhiêu?]",
    "Quãng đường từ A đến B dài {s} km. Một {mover} "
    + _LASTS
    + ". [Tính vận tốc của {mover} đó.|Hỏi vận tốc của {mover} đó là bao nhiêu?]",
)
_DISTANCE = (
    "[Một|Có một] {mover} đi với vận tốc {v} km/h trong {t} giờ. [Tính|Hãy tính] quãng đường {mover} đó [đi được|đã đi].",
    "[Vận tốc của một {mover} là {v} km/h|Một {mover} có vận tốc {v} km/h]. [Hỏi trong {t} giờ {mover} đó đi được bao nhiêu ki-lô-mét?|Tính quãng đường {mover} đó đi trong {t} giờ.]",
    "Một {mover} đi từ A đến B [hết|trong] {t} giờ với vận tốc {v} km/h. [Tính độ dài quãng đường đó.|Hỏi quãng đường đó dài bao nhiêu ki-lô-mét?]",
)
_DISTANCE_BY_CLOCK = (
    "Một {mover} "
    + _LASTS
    + " với vận tốc {v} km/h. [Tính độ dài quãng đường đó.|Hỏi quãng đường đó dài bao nhiêu ki-lô-mét?]",
    "[Một {mover} có vận tốc {v} km/h|Vận tốc của một {mover} là {v} km/h]. Nó "
    + _LASTS
    + ". [Tính độ dài quãng đường nó đã đi.|Hỏi quãng đường nó đã đi dài bao nhiêu ki-lô-mét?]",
)
_TIME = (
    "[Một|Có một] {mover} đi quãng đường {s} km với vận tốc {v} km/h. [Tính thời gian {mover} đó đi.|Hỏi {mover} đó đi hết bao nhiêu giờ?]",
    "[Quãng đường từ A đến B|Quãng đường AB] dài {s} km. Một {mover} đi [hết quãng đường đó|trên quãng đường đó] với vận tốc {v} km/h. [Hỏi {mover} đó đi hết bao nhiêu giờ?|Tính thời gian {mover} đó đi.]",
    "[Vận tốc của một {mover} là {v} km/h|Một {mover} có vận tốc {v} km/h]. [Tính thời gian để {mover} đó đi được {s} km.|Hỏi {mover} đó đi {s} km hết bao nhiêu giờ?]",
)
_ARRIVAL = (
    "Một {mover} [khởi hành ở|đi từ|xuất phát từ] A lúc {start} với vận tốc {v} km/h, quãng đường đến B dài {s} km. [Hỏi {mover} đó đến B lúc mấy giờ?|Hỏi {mover} đó đến B lúc nào?|Tính thời điểm {mover} đó đến B.]",
    "Quãng đường từ A đến B dài {s} km. [Lúc {start}, một {mover} rời A|Một {mover} rời A lúc {start}] và đi với vận tốc {v} km/h. [Hỏi {mover} đó đến B lúc mấy giờ?|Tính thời điểm {mover} đó đến B.|Hỏi {mover} đó đến B lúc nào?]",
)


def _hours_of(sheet: Sheet, trip: Journey, level: int) -> Value:
    """The time of the journey in hours, in level 3 from the times of the day."""
    if level < 3:
        return trip.hours.numerator if trip.hours.denominator == 1 else trip.hours
    end = trip.start + int(trip.hours * 60)
    (h1, m1), (h2, m2) = divmod(trip.start, 60), divmod(end, 60)
    whole = sheet.subtract(h2, h1, "giờ", f"Thời gian từ {clock(h1, m1)} đến {clock(h2, m1)} là")
    lead = f"Thời gian từ {clock(h2, m1)} đến {clock(h2, m2)} là"
    rest: Value = m2
    if m1:
        rest = sheet.subtract(m2, m1, "phút", lead)
    else:
        sheet.say(f"{lead} {m2} phút.")
    part = convert(sheet, rest, "phút", "giờ", f"Đổi {number(rest)} phút ra giờ")
    return sheet.add(whole, part, "giờ", f"Thời gian {trip.mover} đi là")


def speed(random: Random, level: int) -> Plan:
    """Distance by whole hours; by hours with a decimal; by the time between two times of the day."""
    trip = _journey(random, level)
    question = phrase(random, _SPEED_BY_CLOCK if level == 3 else _SPEED, **trip.fields)
    other = "giờ" if "bao nhiêu ki-lô-mét" in question else "km"  # who is asked for kilometres may answer with them

    def solve(sheet: Sheet) -> None:
        time = _hours_of(sheet, trip, level)
        unit = sheet.pick("km/h", other, kind="unit")
        sheet.answer(sheet.divide(trip.distance, time, unit, f"Vận tốc của {trip.mover} là"), unit)

    return Plan((trip.distance, trip.hours, level), question, solve)


def distance(random: Random, level: int) -> Plan:
    """Speed times whole hours; times hours with a decimal; times the time between two times of the day."""
    trip = _journey(random, level)

    def solve(sheet: Sheet) -> None:
        time = _hours_of(sheet, trip, level)
        unit = sheet.pick("km", "km/h", kind="unit")
        sheet.answer(sheet.multiply(trip.speed, time, unit, f"Quãng đường {trip.mover} đi được là"), unit)

    question = phrase(random, _DISTANCE_BY_CLOCK if level == 3 else _DISTANCE, **trip.fields)
    return Plan((trip.speed, trip.hours, level), question, solve)


def travel_time(random: Random, level: int) -> Plan:
    """Whole hours; hours with a decimal; the time of the day at which it arrives."""
    trip = _journey(random, level)
    if level == 3:
        trip = trip._replace(start=trip.start // 60 * 60)
    hour = trip.start // 60

    def solve(sheet: Sheet) -> None:
        time = sheet.divide(trip.distance, trip.speed, "giờ", f"Thời gian {trip.mover} đi là")
        if level < 3:
            sheet.answer(time, "giờ")
            return
        whole, part = int(time), Fraction(time) - int(time)
        size = sheet.pick(60, 100, kind="relation")
        sheet.say(f"1 giờ = {size} phút")
        minutes = int(sheet.multiply(part, size, "phút", f"Đổi {number(part)} giờ ra phút"))
        sheet.say(f"Vậy {number(time)} giờ = {clock(whole, minutes)}.")
        arrived = int(sheet.add(hour, whole, "giờ", f"Giờ {trip.mover} đến nơi là"))
        sheet.say(f"{trip.mover[0].upper()}{trip.mover[1:]} đến nơi lúc {clock(arrived, minutes)}.")
        sheet.answer_text(clock(arrived, minutes))

    question = phrase(random, _ARRIVAL if level == 3 else _TIME, **trip.fields)
    return Plan((trip.speed, trip.distance, *((hour,) if level == 3 else ())), question, solve)


_PAIRS = (("ô tô", "xe máy"), ("ô tô", "xe tải"), ("xe khách", "xe máy"), ("xe khách", "xe tải"))
_TOWARDS = (
    "Quãng đường từ A đến B dài {s} km. [Cùng một lúc|Cùng lúc], một {first} đi từ A với vận tốc {a} km/h và một {second} đi từ B với vận tốc {b} km/h, [ngược chiều nhau|đi ngược chiều nhau]. {asked}",
    "Một {first} và một {second} [khởi hành|xuất phát] cùng lúc từ hai địa điểm cách nhau {s} km và đi ngược chiều nhau. Vận tốc của {first} là {a} km/h, vận tốc của {second} là {b} km/h. {asked}",
    "Hai địa điểm cách nhau {s} km. [Cùng một lúc|Cùng lúc], một {first} đi từ địa điểm thứ nhất với vận tốc {a} km/h, một {second} đi từ địa điểm thứ hai với vận tốc {b} km/h, [về phía nhau|ngược chiều nhau]. {asked}",
)
_MEET = "[Hỏi sau bao nhiêu giờ hai xe gặp nhau?|Hỏi sau bao lâu hai xe gặp nhau?|Tính thời gian từ lúc xuất phát đến lúc hai xe gặp nhau.]"
_WHERE = "[Hỏi đến lúc gặp nhau {first} đã đi được bao nhiêu ki-lô-mét?|Tính quãng đường {first} đã đi đến lúc gặp nhau.|Khi gặp nhau, {first} đã đi được bao nhiêu ki-lô-mét?]"


def moving_towards(random: Random, level: int) -> Plan:
    """The sum of the speeds closes the gap: whole hours; decimals; how far one of them has come."""
    first, second = random.choice(_PAIRS)
    sizes = {noun.name: noun.range("speed") for noun in nouns("vehicles", "speed")}
    a, b = random.choice(sizes[first]), random.choice(sizes[second])
    if a + b > 99 and (a + b) % 10:  # the divisor would have three digits
        return moving_towards(random, level)
    t: Value = random.randint(2, 4) if level == 1 else Fraction(random.choice([n for n in range(11, 40) if n % 10]), 10)
    both = a + b
    s = both * t

    def solve(sheet: Sheet) -> None:
        if sheet.pick(True, False, kind="formula"):
            together = sheet.add(a, b, "km/h", f"Tổng vận tốc của {first} và {second} là")
        else:  # as if one followed the other
            together = sheet.subtract(max(a, b), min(a, b), "km/h", f"Hiệu vận tốc của {first} và {second} là")
        time = sheet.divide(s, together, "giờ", "Thời gian đi đến lúc gặp nhau là")
        if level < 3:
            sheet.answer(time, "giờ")
            return
        v = sheet.pick(a, b, kind="asked") if a != b else a
        sheet.answer(sheet.multiply(v, time, "km", f"Quãng đường {first} đã đi là"), "km")

    asked = phrase(random, _WHERE if level == 3 else _MEET, first=first)
    fields = {"first": first, "second": second}
    return Plan((a, b, s, level == 3), phrase(random, _TOWARDS, s=s, a=a, b=b, asked=asked, **fields), solve)
