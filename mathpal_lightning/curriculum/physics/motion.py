"""Motion, sound and oscillation in grade 7."""

from __future__ import annotations

from fractions import Fraction
from random import Random

from mathpal_lightning.curriculum.nouns import pupils
from mathpal_lightning.curriculum.steps import Plan, Sheet
from mathpal_lightning.curriculum.steps.fractions import whole_or_fraction
from mathpal_lightning.curriculum.wording import phrase
from mathpal_lightning.curriculum.writing import number

_RUNNERS = {
    "một người chạy bộ": (3, 6),
    "một người đi bộ": (1, 2),
    "một học sinh đi xe đạp": (3, 6),
    "một con ngựa": (6, 12),
    "một ô tô": (10, 25),
}
_SPEED = (
    "{who} đi được {s} m trong {t} giây. [Tính tốc độ của {short}.|Tốc độ của {short} là bao nhiêu?]",
    "[Trong|Sau] {t} giây, {who} đi được quãng đường {s} m. [Hỏi tốc độ của {short} là bao nhiêu m/s?|Tính tốc độ của {short}.]",
    "{who} đi hết quãng đường {s} m trong {t} giây. [Hãy tính|Tính] tốc độ của {short} [theo đơn vị m/s|ra m/s|].",
)
_WAY = (
    "{who} chuyển động đều với tốc độ {v} m/s. [Tính quãng đường đi được trong {t} giây.|Hỏi trong {t} giây {short} đi được bao nhiêu mét?]",
    "Tốc độ của {who} là {v} m/s. [Sau {t} giây, {short} đi được quãng đường dài bao nhiêu?|Tính quãng đường {short} đi được trong {t} giây.]",
    "[Tính|Hãy tính] quãng đường {who} đi được trong {t} giây với tốc độ {v} m/s [không đổi|].",
)


def speed_in_metres(random: Random, level: int) -> Plan:
    """Distance over time, in m/s: short times, times over a minute, then back to the distance with a decimal speed."""
    who, (low, high) = random.choice(list(_RUNNERS.items()))
    time = random.randint(*((5, 40), (61, 190), (121, 480))[level - 1])
    tenths = random.randint(low * 10, high * 10)
    speed = Fraction(tenths, 10)
    if level == 1 and time * speed % 1:
        return speed_in_metres(random, level)
    if level == 2 and time * speed % 1:
        time = time // 10 * 10 or 60
    way, pace = whole_or_fraction(speed * time), whole_or_fraction(speed)
    short = who.removeprefix("một ") + " đó"
    question = phrase(random, _WAY if level == 3 else _SPEED, who=who, short=short, s=way, t=time, v=pace)

    def solve(sheet: Sheet) -> None:
        if level == 3:
            sheet.say("Quãng đường bằng tốc độ nhân với thời gian.")
            sheet.answer(sheet.multiply(pace, time, "m", "quãng đường đi được là"), "m")
        else:
            sheet.say("Tốc độ bằng quãng đường chia cho thời gian.")
            sheet.answer(sheet.divide(way, time, "m/s", f"tốc độ của {short} là"), "m/s")

    return Plan((way if level < 3 else pace, time), question, solve)


_HOUR = Fraction(36, 10)
"""km/h in one m/s."""
_MOVING = {33: "một ô tô", 80: "một tàu cao tốc", 300: "một máy bay", 700: "một máy bay siêu thanh", 10_000: "một tên lửa"}
"""What moves at up to so many m/s."""
_CHANGE = (
    "[Đổi|Hãy đổi|Em hãy đổi] tốc độ {a} {unit} [ra|sang đơn vị] {to}.",
    "[Tốc độ|Tốc độ của {who}] {a} {unit} [bằng|tương ứng với] bao nhiêu {to}?",
    "{who} [đang|] chuyển động với tốc độ {a} {unit}. [Tốc độ đó bằng bao nhiêu {to}?|Đổi tốc độ đó ra {to}.]",
    "{name} [đọc|thấy] trong một bài báo về {who} tốc độ {a} {unit}. [Viết|Hãy viết] tốc độ này theo đơn vị {to}.",
)


def speed_conversion(random: Random, level: int) -> Plan:
    """m/s to km/h, whole numbers and tenths; km/h to m/s."""
    metres = whole_or_fraction(
        Fraction(random.randint(*((2, 1400), (1401, 9999), (10_001, 34_000))[level - 1]), (1, 10, 100)[level - 1])
    )
    hours = whole_or_fraction(metres * _HOUR)
    a, unit, to = (hours, "km/h", "m/s") if level == 3 else (metres, "m/s", "km/h")
    who = next(who for most, who in _MOVING.items() if metres <= most)
    question = phrase(random, _CHANGE, a=a, unit=unit, to=to, who=who, name=pupils(random, 1)[0])

    def solve(sheet: Sheet) -> None:
        factor = sheet.pick(_HOUR, Fraction(36), Fraction(6), kind="relation")
        sheet.say(f"1 m/s = {number(factor)} km/h")
        sheet.answer(sheet.divide(a, factor, to) if level == 3 else sheet.multiply(a, factor, to), to)

    return Plan((a, unit), question, solve)


_ECHO = (
    "{name} đứng trước một {wall} [hét to|vỗ tay] và nghe được tiếng vang sau {t} giây. [Ở|Biết ở] {warmth} °C, tốc độ truyền âm trong không khí là {v} m/s. [Tính khoảng cách từ {name} đến {wall} đó.|Hỏi {name} đứng cách {wall} đó bao nhiêu mét?]",
    "[Một người|{name}] nghe thấy tiếng vang [từ vách đá|từ vách núi] sau {t} giây kể từ khi [hét|gọi|reo] to. Biết ở nhiệt độ lúc đó ({warmth} °C), tốc độ truyền âm trong không khí là {v} m/s, [tính khoảng cách từ người đó đến vách.|hỏi nơi đó cách vách bao nhiêu mét?]",
)
_SONAR = (
    "[Một tàu|Tàu đánh cá|Một tàu khảo sát] phát siêu âm xuống [biển|đáy biển] và thu được âm phản xạ sau {t} giây. Biết tốc độ truyền âm trong nước biển là {v} m/s. [Tính độ sâu của đáy biển.|Hỏi đáy biển sâu bao nhiêu mét?]",
    "Tốc độ truyền âm trong nước biển là {v} m/s. [Máy dò của tàu|Thiết bị trên tàu] nhận được âm phản xạ từ đáy biển sau {t} giây [kể từ lúc phát|]. [Tính độ sâu đáy biển.|Đáy biển sâu bao nhiêu?|Hỏi đáy biển sâu bao nhiêu mét?]",
    "[Để đo độ sâu|Muốn đo độ sâu] đáy biển, [người ta|tàu khảo sát] phát siêu âm và thu âm phản xạ sau {t} giây. Tốc độ âm trong nước biển là {v} m/s. [Tính độ sâu đó.|Độ sâu đó là bao nhiêu?|Hãy tính độ sâu đó.]",
)


_SOUND = {5: 334, 10: 337, 15: 340, 20: 343, 25: 346, 30: 349, 35: 352}
"""How fast it is in air of so many degrees, in m/s."""


def echo_distance(random: Random, level: int) -> Plan:
    """There and back: half of speed times time; half seconds, hundredths, and sound in the sea."""
    warmth, speed = random.choice(list(_SOUND.items()))
    if level == 3:
        speed = random.choice(range(1480, 1541, 2))
    hundredths = 50 * random.randint(2, 12) if level == 1 else random.randint(101, 599 if level == 2 else 399)
    hundredths += level == 2 and hundredths % 50 == 0  # half seconds belong to level 1
    words = {"name": pupils(random, 1)[0], "wall": random.choice(("vách đá", "vách núi")), "warmth": warmth}
    time = whole_or_fraction(Fraction(hundredths, 100))
    question = phrase(random, _SONAR if level == 3 else _ECHO, t=time, v=speed, **words)

    def solve(sheet: Sheet) -> None:
        way = sheet.multiply(speed, time, "m", "quãng đường âm truyền đi và về là")
        sheet.say("Âm truyền đến nơi phản xạ rồi trở lại nên khoảng cách bằng một nửa quãng đường đó.")
        sheet.answer(sheet.divide(way, sheet.pick(2, 1, 4, kind="there_and_back"), "m", "khoảng cách đến nơi phản xạ là"), "m")

    return Plan((speed, time), question, solve)


_FREQUENCY = (
    "[Một vật|Một màng loa|Một dây đàn|Một âm thoa] thực hiện {n} dao động trong {t} {unit}. [Tính tần số dao động.|Tần số dao động là bao nhiêu?|Tần số của nó bằng bao nhiêu héc?]",
    "Trong {t} {unit}, [một vật|một lá thép|một màng loa|một dây đàn] dao động được {n} lần. [Tính tần số dao động của nó.|Hỏi tần số dao động là bao nhiêu héc?]",
    "[Tính|Hãy tính|Em hãy tính] tần số của [một nguồn âm|một vật dao động|một lá thép|một màng loa] thực hiện {n} dao động trong {t} {unit}.",
)


def frequency(random: Random, level: int) -> Plan:
    """Oscillations a second: short times; longer ones; minutes."""
    hertz = random.randint(*((12, 220), (221, 900), (120, 600))[level - 1])
    time = random.randint(*((2, 15), (6, 60), (2, 9))[level - 1])
    seconds = time * 60 if level == 3 else time
    unit = "phút" if level == 3 else "giây"
    count = hertz * seconds
    question = phrase(random, _FREQUENCY, n=count, t=time, unit=unit)

    def solve(sheet: Sheet) -> None:
        within = sheet.multiply(time, 60, "giây", f"đổi {time} phút ra giây") if level == 3 else time
        sheet.say("Tần số bằng số dao động chia cho thời gian tính ra giây.")
        sign = sheet.pick(":", "×", kind="formula")
        sheet.answer(sheet.calculate(sign, count, within, "Hz", "tần số dao động là"), "Hz")

    return Plan((count, time, unit), question, solve)
