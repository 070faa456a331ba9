"""The parts of sums and differences by their names, and sums of equal terms: grade 2."""

from __future__ import annotations

from random import Random

from mathpal_lightning.curriculum.bounds import carries
from mathpal_lightning.curriculum.steps import Plan, Sheet
from mathpal_lightning.curriculum.wording import phrase
from mathpal_lightning.curriculum.writing import in_brackets

_NAMES = ("An", "Bình", "Mai", "Lan", "Nam", "Hoa")
_NAMED = {
    "tổng": "[Tìm|Tính|Hãy tìm|Em hãy tính] tổng, biết các số hạng [là|lần lượt là] {a} và {b}.|Hai số hạng [là|lần lượt là] {a} và {b}. [Tổng của chúng là bao nhiêu?|Tìm tổng của hai số đó.|Hỏi tổng là bao nhiêu?]|Số hạng thứ nhất là {a}, số hạng thứ hai là {b}. [Tìm tổng.|Hỏi tổng bằng bao nhiêu?|Tính tổng hai số hạng đó.|Hãy tính tổng của chúng.]",
    "hiệu": "[Tìm|Tính|Hãy tìm|Em hãy tính] hiệu, biết số bị trừ là {a} và số trừ là {b}.|Số bị trừ là {a}, số trừ là {b}. [Tìm hiệu.|Hỏi hiệu là bao nhiêu?|Tính hiệu hai số đó.]|[Số trừ là {b}|Biết số trừ là {b}], số bị trừ là {a}. [Tìm hiệu.|Hiệu là bao nhiêu?|Hỏi hiệu bằng bao nhiêu?|Hãy tính hiệu.]",
    "số hạng": "[Tìm|Hãy tìm|Em hãy tìm|Tính] số hạng [chưa biết|còn lại|kia], biết tổng là {a} và một số hạng là {b}.|[Một phép cộng có tổng|Phép cộng hai số có tổng] là {a} và một số hạng là {b}. [Tìm số hạng còn lại.|Hỏi số hạng kia là bao nhiêu?]|Tổng của hai số là {a}, một số hạng là {b}. [Tìm số hạng kia.|Hỏi số hạng còn lại là bao nhiêu?|Số hạng còn lại bằng bao nhiêu?]",
    "số trừ": "[Tìm|Hãy tìm|Em hãy tìm|Tính] số trừ, biết số bị trừ là {a} và hiệu là {b}.|[Một phép trừ|Phép trừ] có số bị trừ là {a} và hiệu là {b}. [Tìm số trừ.|Hỏi số trừ là bao nhiêu?]|Số bị trừ là {a}, hiệu là {b}. [Tìm số trừ.|Hỏi số trừ là bao nhiêu?|Số trừ bằng bao nhiêu?|Tính số trừ.]",
    "số bị trừ": "[Tìm|Hãy tìm|Em hãy tìm|Tính] số bị trừ, biết hiệu là {a} và số trừ là {b}.|[Một phép trừ|Phép trừ] có hiệu là {a} và số trừ là {b}. [Tìm số bị trừ.|Hỏi số bị trừ là bao nhiêu?]|Hiệu là {a}, số trừ là {b}. [Tìm số bị trừ.|Hỏi số bị trừ là bao nhiêu?|Số bị trừ bằng bao nhiêu?|Tính số bị trừ.]",
}
_RULES = {
    "số hạng": "Muốn tìm một số hạng, ta lấy tổng trừ đi số hạng kia.",
    "số trừ": "Muốn tìm số trừ, ta lấy số bị trừ trừ đi hiệu.",
    "số bị trừ": "Muốn tìm số bị trừ, ta lấy hiệu cộng với số trừ.",
    "tổng": "Muốn tìm tổng, ta cộng các số hạng.",
    "hiệu": "Muốn tìm hiệu, ta lấy số bị trừ trừ đi số trừ.",
}


def terms_of_sums(random: Random, level: int) -> Plan:
    """The sum or the difference within 100; an unknown part within 100; within 1000. At most one carry."""
    asked = random.choice(("tổng", "hiệu") if level == 1 else ("số hạng", "số trừ", "số bị trừ"))
    adding = asked in ("tổng", "số bị trừ")
    low, high = ((11, 59), (60, 99), (101, 999))[level - 1]
    while True:
        b, a = sorted((random.randint(11 if level < 3 else 101, high), random.randint(low, high)))
        whole = a + b if adding else a
        if a > b and carries("+" if adding else "-", a, b) <= 1 and whole <= high and (level < 2 or whole >= low):
            break

    def solve(sheet: Sheet) -> None:
        sheet.say(_RULES[asked])
        sheet.answer(
            sheet.calculate("+" if adding else "-", a, b, "", f"{asked} {'của hai số' if level == 1 else 'cần tìm'} là")
        )

    return Plan((asked, a, b), phrase(random, f"[{_NAMED[asked]}]", a=a, b=b), solve)


_EQUAL = (
    "[Viết|Hãy viết|Em hãy viết] tổng {shown} thành phép nhân rồi tính [kết quả|].",
    "[Chuyển|Hãy chuyển|Em hãy chuyển] tổng sau thành phép nhân rồi tính: {shown}.",
    "[Tính|Hãy tính|Em hãy tính] {shown} bằng cách viết thành phép nhân.",
    "[Bạn {name} viết|Cho|Có] tổng {shown}. [Hãy viết thành phép nhân và tính kết quả.|Viết phép nhân tương ứng rồi tính.|Tổng đó bằng bao nhiêu? Viết phép nhân rồi tính.]",
    "[Mỗi|Một] {packed} có {a} {thing}. Hỏi {count} {packed} [như thế |]có [tất cả |]bao nhiêu {thing}?",
)
_PACKED = (("đĩa", "quả cam"), ("hộp", "chiếc bút chì"), ("túi", "cái kẹo"), ("lọ", "bông hoa"), ("bàn", "học sinh"))


def equal_terms(random: Random, level: int) -> Plan:
    """Two to five terms of 2 or 5; six to nine of them; three to five terms of another number, added one by one."""
    a = random.choice((2, 5)) if level < 3 else random.choice((3, 4, 6))
    count = random.randint(*((2, 5), (6, 9), (3, 5))[level - 1])
    packed, thing = random.choice([pair for pair in _PACKED if pair[0] != "bàn" or a < 5])
    shown = " + ".join([str(a)] * count)
    template = random.choice(_EQUAL)
    unit = thing if "{thing}" in template else ""

    def solve(sheet: Sheet) -> None:
        terms = sheet.pick(count, count - 1, count + 1, kind="term")
        sheet.say(f"Số {a} được lấy {terms} lần nên ta có phép nhân {a} × {terms}.")
        if level == 3:
            total = sheet.sum([a] * terms, "", f"{a} × {terms} bằng tổng của {terms} số hạng {a}")
            sheet.say(f"Vậy {a} × {terms} = {total}{in_brackets(unit)}")
            sheet.answer(total, unit)
        else:
            sheet.answer(sheet.multiply(a, terms, unit), unit)

    question = phrase(random, template, a=a, count=count, shown=shown, packed=packed, thing=thing, name=random.choice(_NAMES))
    return Plan((a, count), question, solve)
