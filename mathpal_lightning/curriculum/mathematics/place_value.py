"""Place value, reading and rounding of whole numbers, and Roman numerals: grades 2 and 3."""

from __future__ import annotations

from random import Random

from mathpal_lightning.curriculum.mathematics.comparing import PLACES
from mathpal_lightning.curriculum.mathematics.counting import missing, written
from mathpal_lightning.curriculum.steps import Plan, Sheet
from mathpal_lightning.curriculum.wording import phrase
from mathpal_lightning.curriculum.writing import number

_NAMES = ("An", "Bình", "Mai", "Lan", "Nam", "Hoa")


_LARGEST = (
    "[Từ|Với] ba chữ số {listed}, [hãy viết|em hãy viết|viết] số {which} có ba chữ số khác nhau.",
    "[Viết|Tìm|Hãy tìm] số {which} có ba chữ số, [mỗi chữ số {listed} dùng đúng một lần|dùng mỗi chữ số {listed} một lần].",
    "[Bạn {name} có|Có|Trên bàn có] ba thẻ số {listed}. [Số {which} ghép được từ ba thẻ là số nào?|Hỏi ghép ba thẻ được số {which} là bao nhiêu?|Ghép ba thẻ để được số {which}.]",
)


def numbers_to_1000(random: Random, level: int) -> Plan:
    """Write what is read; find what is missing in a row; the largest or the smallest number with three digits."""
    if level == 1:
        return written(random, random.randint(101, 499))
    if level == 2:
        return missing(random, random.randint(500, 950), random.choice((1, 2, 5, 10)), 5)
    digits = sorted(random.sample(range(1, 10), 3))
    random.shuffle(shown := list(digits))
    largest = random.random() < 0.5
    which = "lớn nhất" if largest else "bé nhất"

    def solve(sheet: Sheet) -> None:
        order = digits[::-1] if sheet.pick(largest, not largest, kind="asked") else digits
        first, second, third = sheet.pick(order, [order[0], order[2], order[1]], [order[1], order[0], order[2]], kind="order")
        sheet.say(f"Số {which} có chữ số hàng trăm {which}: chữ số hàng trăm là {first}.")
        sheet.say(f"Trong hai chữ số còn lại, chữ số {which.split()[0]} hơn đứng ở hàng chục: {second}.")
        sheet.say(f"Chữ số hàng đơn vị là {third}.")
        sheet.answer(first * 100 + second * 10 + third)

    listed = f"{shown[0]}, {shown[1]}, {shown[2]}"
    return Plan((*digits, which), phrase(random, _LARGEST, listed=listed, which=which, name=random.choice(_NAMES)), solve)


def numbers_to_100000(random: Random, level: int) -> Plan:
    """Write what is read with four digits; with five; the number with these digits in its places."""
    if level < 3:
        return written(random, random.randint(*((1001, 9999), (10_001, 99_999))[level - 1]))
    return _built(random, random.randint(10_001, 99_999))


_BUILT = (
    "[Viết|Tìm|Hãy viết|Em hãy viết|Hãy tìm] số [gồm|có] {parts}.",
    "[Số gồm|Số có|Một số gồm] {parts} [là số nào?|viết là số nào?|được viết là số nào?|là bao nhiêu?]",
    "[Bạn {name}|Cô giáo] [nói|đọc]: số gồm {parts}. [Hỏi đó là số nào?|Hãy viết số đó.|Số đó viết thế nào?]",
)


def _parts(value: int) -> list[tuple[int, int]]:
    """The digits that are not 0, each with its place counted from the right."""
    digits = str(value)
    return [(int(digit), len(digits) - 1 - place) for place, digit in enumerate(digits) if digit != "0"]


def _built(random: Random, value: int) -> Plan:
    """The number made of so many thousands, hundreds, tens and ones."""
    parts = _parts(value)
    told = ", ".join(f"{digit} {PLACES[place]}" for digit, place in parts)
    noughts = [PLACES[place] for place in range(len(str(value))) if str(value)[::-1][place] == "0"]

    def solve(sheet: Sheet) -> None:
        kept = sheet.pick(parts, parts[:-1], kind="term") if len(parts) > 2 else parts
        terms = [digit * 10**place for digit, place in kept]
        total = sum(terms)
        swapped = int(str(total)[:-2] + str(total)[:-3:-1])
        sheet.say(f"Số đó là tổng của {', '.join(map(number, terms))}.")
        total = sheet.pick(total, swapped if swapped != total else total + 100, kind="place")
        total = sheet.pick(total, total * 10 if total < 10_000 else total // 10, kind="noughts")
        sheet.say(f"Viết tổng đó thành một số, ta được {number(total)}.")
        if noughts:
            sheet.say(f"Hàng không có đơn vị nào thì viết chữ số 0: hàng {', hàng '.join(noughts)}.")
        sheet.answer(total)

    return Plan((value,), phrase(random, _BUILT, parts=told, name=random.choice(_NAMES)), solve)


_WHOLE = (
    "[Viết|Hãy viết|Em hãy viết] số {value} thành tổng [các trăm, chục, đơn vị|của các trăm, chục và đơn vị|các trăm, các chục và các đơn vị].",
    "[Số {value}|Số có ba chữ số {value}] [viết|được viết] thành tổng các trăm, chục, đơn vị [như thế nào?|thế nào?|là gì?|ra sao?]",
    "[Bạn {name} viết số|Cho số|Có số] {value}. [Hãy viết số đó|Viết số đó|Em hãy viết số này|Hãy phân tích số đó] thành tổng các trăm, chục và đơn vị.",
)
_DIGIT_CHANGED = (
    "[Cho|Bạn {name} viết] số {value}. [Nếu|Khi] [thay|đổi] chữ số {old} ở hàng {place} [thành|bằng] chữ số {new} thì số đó [tăng|tăng thêm] bao nhiêu đơn vị?",
    "[Số|Cho số] {value} [tăng thêm|tăng] bao nhiêu đơn vị [nếu|khi] chữ số hàng {place} [được thay|thay] từ {old} thành {new}?",
    "[Trong số|Ở số] {value}, [thay|bạn {name} thay|đổi] chữ số hàng {place} là {old} [thành|bằng] {new}. [Hỏi số mới hơn số cũ bao nhiêu đơn vị?|Tính xem số mới hơn số cũ bao nhiêu đơn vị.]",
)


def place_value_to_1000(random: Random, level: int) -> Plan:
    """Put hundreds, tens and ones together; write as a sum; how much a number grows with one of its digits."""
    value = random.randint(101, 999)
    name = random.choice(_NAMES)
    if level == 1:
        return _built(random, value)
    if level == 2:

        def as_sum(sheet: Sheet) -> None:
            hundreds, tens, ones = (int(digit) for digit in str(value))
            sheet.say(f"Số {value} gồm {hundreds} trăm, {tens} chục, {ones} đơn vị.")
            a, b, c = sheet.pick((hundreds, tens, ones), (hundreds, ones, tens), (tens, hundreds, ones), kind="place")
            scale = sheet.pick((100, 10, 1), (100, 1, 1) if tens else (10, 10, 1), kind="value")
            terms = [digit * by for digit, by in zip((a, b, c), scale, strict=True)]
            sheet.say(f"{a} trăm là {terms[0]}, {b} chục là {terms[1]}, {c} đơn vị là {terms[2]}.")
            sheet.answer_text(" + ".join(str(term) for term in terms if term))

        return Plan((value,), phrase(random, _WHOLE, value=value, name=name), as_sum)
    place = random.randint(0, 2)
    old = random.randint(1, 8)
    new = random.randint(old + 1, 9)
    digits = list(str(value))
    digits[2 - place] = str(old)
    value = int("".join(digits))

    def grows(sheet: Sheet) -> None:
        scale = sheet.pick(10**place, 1 if place else 10, kind="place")
        sheet.say(f"Chữ số {old} ở hàng {PLACES[place]} có giá trị là {old * scale}.")
        sheet.say(f"Chữ số {new} ở hàng {PLACES[place]} có giá trị là {new * scale}.")
        sheet.answer(sheet.subtract(new * scale, old * scale, "", "Số đơn vị mà số đó tăng thêm là"))

    values = {"value": value, "old": old, "new": new, "place": PLACES[place], "name": name}
    return Plan((value, old, new), phrase(random, _DIGIT_CHANGED, **values), grows)


_ROUND = (
    "[Làm tròn|Hãy làm tròn|Em hãy làm tròn] số {value} đến hàng {place}.",
    "[Làm tròn|Khi làm tròn] số {value} đến hàng {place} [ta được số nào?|thì được số nào?|được kết quả là bao nhiêu?]",
    "[Số {value} làm tròn đến hàng {place} là|Số {value} được làm tròn đến hàng {place} thành] [số nào?|bao nhiêu?]",
    "[Một {where} có|Ở một {where} có|{name} đếm được trong {where} có] {value} {thing}. [Làm tròn số {thing} đó đến hàng {place}.|Hỏi làm tròn số đó đến hàng {place} thì được số nào?]",
)
_PLACED = (("thư viện", "quyển sách"), ("kho", "viên gạch"), ("trang trại", "cây"), ("nhà máy", "chiếc bút chì"))


def round_to_tens(random: Random, level: int) -> Plan:
    """To tens with three digits; to hundreds with four; to thousands and ten thousands with five."""
    place = level if level < 3 else random.choice((3, 4))
    value = random.randint(*((101, 989), (1001, 9889), (10_001, 98_999 if place == 3 else 94_999))[level - 1])
    unit = 10**place
    where, thing = random.choice(_PLACED)
    question = phrase(random, _ROUND, value=value, place=PLACES[place], where=where, thing=thing, name=random.choice(_NAMES))
    digit = value // (unit // 10) % 10

    def solve(sheet: Sheet) -> None:
        sheet.say(f"Làm tròn số {number(value)} đến hàng {PLACES[place]}, ta xét chữ số hàng {PLACES[place - 1]}.")
        seen = sheet.pick(digit, value // unit % 10, kind="place")
        up = sheet.pick(seen >= 5, seen < 5, kind="rule")
        sign = "lớn hơn 5" if seen > 5 else "bằng 5" if seen == 5 else "bé hơn 5"
        sheet.say(f"Chữ số hàng {PLACES[place - 1]} là {seen}, {sign} nên ta làm tròn {'lên' if up else 'xuống'}.")
        low = value // unit * unit
        found = low + unit if up else low
        found = sheet.pick(found, found + (value % unit or unit // 10), kind="rest")
        found = sheet.pick(found, found // unit, kind="noughts")
        sheet.say(f"Vậy làm tròn số {number(value)} đến hàng {PLACES[place]}, ta được {number(found)}.")
        sheet.answer(found)

    return Plan((value, place), question, solve)


_ROMAN = {1: "I", 2: "II", 3: "III", 4: "IV", 5: "V", 6: "VI", 7: "VII", 8: "VIII", 9: "IX", 10: "X"}
_FROM_ROMAN = (
    "[Số La Mã|Chữ số La Mã|Hỏi số La Mã|Em cho biết số La Mã] {roman} [có giá trị là|là số|có giá trị bằng] bao nhiêu?",
    "[Chuyển|Hãy chuyển|Viết|Em hãy viết|Hãy viết] số La Mã {roman} [bằng chữ số thường dùng|bằng các chữ số 0 đến 9|thành số thường dùng].",
    "[Bạn {name} viết|Trên đồng hồ có|Trên bảng có] số La Mã {roman}. [Đó là số bao nhiêu?|Hỏi số đó có giá trị là bao nhiêu?|Số đó là số nào?]",
)
_TO_ROMAN = (
    "[Viết|Em hãy viết|Hãy viết|Ghi|Em ghi] số {value} bằng [chữ số La Mã|số La Mã|các chữ số La Mã].",
    "[Số|Hỏi số|Em cho biết số] {value} [viết|được viết] bằng chữ số La Mã [là gì?|như thế nào?|thế nào?]",
    "[Bạn {name} cần viết|Cần ghi|Lan muốn ghi] số {value} bằng chữ số La Mã. [Hỏi phải viết thế nào?|Viết số đó.|Số đó viết ra sao?]",
)
_ROMAN_SUM = (
    "[Tính|Hãy tính|Em hãy tính]: {first} {sign} {second} (viết kết quả bằng [chữ số thường dùng|các chữ số 0 đến 9]).",
    "[Kết quả của|Giá trị của] phép tính {first} {sign} {second} với các số La Mã [là số nào?|là bao nhiêu?] [Viết bằng chữ số thường dùng.|Hãy viết bằng các chữ số 0 đến 9.|Em viết kết quả bằng chữ số thường dùng.]",
)


def roman(value: int) -> str:
    """A number from 1 to 20 in Roman numerals."""
    return ("X" + _ROMAN[value - 10] if value > 10 else _ROMAN[value]) if value < 20 else "XX"


def _values(value: int) -> str:
    """How a Roman numeral is read by its parts: "X là 10, IV là 4"."""
    parts = [10, value - 10] if value > 10 else [value]
    return ", ".join(f"{_ROMAN[part]} là {part}" for part in parts)


def roman_numerals(random: Random, level: int) -> Plan:
    """Read a Roman numeral; write one; a sum or a difference of two."""
    name = random.choice(_NAMES)
    if level == 3:
        adding = random.random() < 0.5
        b, a = sorted(random.sample(range(4, 21), 2))

        def combined(sheet: Sheet) -> None:
            first, second = _read_roman(sheet, a), _read_roman(sheet, b)
            sheet.answer(sheet.calculate("+" if adding else "-", max(first, second), min(first, second)))

        values = {"first": roman(a), "second": roman(b), "sign": "+" if adding else "-"}
        return Plan((a, b, "+" if adding else "-"), phrase(random, _ROMAN_SUM, **values), combined)
    value = random.randint(2, 20)
    if level == 1:
        return Plan(
            (value, "đọc"),
            phrase(random, _FROM_ROMAN, roman=roman(value), name=name),
            lambda sheet: sheet.answer(_read_roman(sheet, value)),
        )

    def write(sheet: Sheet) -> None:
        found = sheet.pick(
            value,
            value + 2 if value in (4, 9, 14) else max(value - 1, 1),
            min(value + 1, 20) if value < 20 else 11,
            kind="order",
        )
        sheet.say(f"Trong chữ số La Mã, {_values(found)}.")
        sheet.say(f"Vậy số {value} viết là {roman(found)}.")
        sheet.answer_text(roman(found))

    return Plan((value, "viết"), phrase(random, _TO_ROMAN, value=value, name=name), write)


def _read_roman(sheet: Sheet, value: int) -> int:
    """The value of a Roman numeral with its reason; I in front of V and X is taken off, not added."""
    added = value + 2 if value % 5 == 4 else value - 1
    found = sheet.pick(value, added, value + 1, kind="order")
    parts = f" ({_values(value)})" if value > 10 else ""
    sheet.say(f"Số La Mã {roman(value)} có giá trị là {found}{parts}.")
    return found
