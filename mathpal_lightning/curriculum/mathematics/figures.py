"""Symmetry, points and lines, kinds of angles: grade 6; the sides of a triangle: grade 7."""

from __future__ import annotations

from fractions import Fraction
from random import Random

from mathpal_lightning.curriculum.asking import ask_for
from mathpal_lightning.curriculum.bounds import drawn_unit
from mathpal_lightning.curriculum.nouns import pupils
from mathpal_lightning.curriculum.steps import Plan, Sheet
from mathpal_lightning.curriculum.steps.slips import Absurd
from mathpal_lightning.curriculum.wording import phrase
from mathpal_lightning.curriculum.writing import number

_FIGURES = {
    "hình vuông": (4, True),
    "hình chữ nhật": (2, True),
    "hình thoi": (2, True),
    "hình bình hành": (0, True),
    "hình thang cân": (1, False),
    "tam giác đều": (3, False),
    "tam giác cân": (1, False),
    "lục giác đều": (6, True),
    "ngũ giác đều": (5, False),
    "chữ H": (2, True),
    "chữ A": (1, False),
    "chữ N": (0, True),
    "chữ E": (1, False),
    "chữ S": (0, True),
    "chữ T": (1, False),
    "chữ X": (2, True),
}
"""How many axes of symmetry a figure has, and whether it has a centre; equilateral triangles are not meant by "tam giác cân"."""
_WITH = (
    "[Trong các hình|Trong số các hình]: {listed}, có bao nhiêu hình có {what}?",
    "Cho các hình: {listed}. [Hỏi có bao nhiêu hình có {what}?|Có mấy hình có {what}?|Có bao nhiêu hình trong số đó có {what}?]",
    "[Đếm|Hãy đếm|Em hãy cho biết] số hình có {what} trong [các hình|số các hình|những hình]: {listed}.",
    "{name} vẽ các hình: {listed}. [Hỏi có bao nhiêu hình có {what}?|Trong đó có bao nhiêu hình có {what}?]",
)


def figure_symmetry(random: Random, level: int) -> Plan:
    """Count the figures that have an axis or a centre; lengths that are equal by symmetry; a perimeter by symmetry."""
    if level == 1:
        return _symmetric_figures(random)
    return _by_centre(random) if level == 2 else _around_by_axis(random)


def _symmetric_figures(random: Random) -> Plan:
    figures = random.sample(list(_FIGURES), random.randint(4, 5))
    axis = random.random() < 0.5
    what = "trục đối xứng" if axis else "tâm đối xứng"

    def solve(sheet: Sheet) -> None:
        misread = sheet.pick("", *figures, kind="misread")
        other = sheet.pick(False, True, kind="formula")
        count = 0
        for figure in figures:
            axes, centre = _FIGURES[figure]
            has = (axes > 0) if axis != other else centre
            has = not has if figure == misread else has
            count += has
            told = f"có {axes} trục đối xứng" if axis and has and axes else f"có {what}" if has else f"không có {what}"
            sheet.say(f"{figure[0].upper()}{figure[1:]} {told}.")
        count = sheet.pick(count, len(figures) - count, kind="asked")
        sheet.say(f"Vậy có {count} hình có {what}.")
        sheet.answer(count, "hình")

    question = phrase(random, _WITH, listed=", ".join(figures), what=what, name=pupils(random, 1)[0])
    return Plan((*(list(_FIGURES).index(figure) + 10 for figure in figures), int(axis)), question, solve)


def _halves(random: Random, low: int, high: int) -> Fraction:
    return Fraction(random.randint(2 * low, 2 * high), 2)


def _tenths(random: Random, low: int, high: int) -> Fraction:
    return Fraction(random.randint(10 * low, 10 * high), 10)


_CORNERS = ("ABCD", "MNPQ", "EFGH", "CDEF", "PQRS")


def _by_centre(random: Random) -> Plan:
    a, b, c, d = tuple(random.choice(_CORNERS))
    shape = random.choice(("hình bình hành", "hình thoi", "hình chữ nhật"))
    first = _tenths(random, 3, 30)
    second = first if shape == "hình chữ nhật" else _tenths(random, 3, 30)
    unit = drawn_unit(random, 2 * max(first, second), ("cm", "dm"))
    given = f"{shape} {a}{b}{c}{d} [có tâm đối xứng O|nhận O làm tâm đối xứng|có O là tâm đối xứng]"
    lengths = f"O{a} = {number(first)} {unit}" + (f", O{b} = {number(second)} {unit}" if first != second else "")
    what = f"[tổng |tổng độ dài |]{a}{c} + {b}{d}"

    def solve(sheet: Sheet) -> None:
        twice = sheet.pick(2, 1, kind="formula")
        sheet.say(f"Vì O là tâm đối xứng của {shape} {a}{b}{c}{d} nên O là trung điểm của {a}{c} và {b}{d}.")
        if first == second:
            sheet.say(f"Hai đường chéo của {shape} bằng nhau nên O{b} = O{a} = {number(second)} {unit}.")
        one = sheet.multiply(first, twice, unit, f"Độ dài {a}{c} là")
        other = sheet.multiply(second, sheet.pick(2, 1, kind="shared"), unit, f"Độ dài {b}{d} là")
        sheet.answer(sheet.add(one, other, unit, f"Tổng {a}{c} + {b}{d} là"), unit)

    if first == second and shape != "hình chữ nhật":
        return _by_centre(random)
    return Plan((first, second, shape), ask_for(random, f"{given}, {lengths}", what), solve)


def _around_by_axis(random: Random) -> Plan:
    a, b, c, d = tuple(random.choice(_CORNERS))
    top, bottom = sorted((_halves(random, 6, 45), _halves(random, 6, 45)))
    side = bottom - top + _halves(random, 4, 40)
    unit = drawn_unit(random, max(2 * bottom, bottom + side), ("cm", "dm"))
    triangle = random.random() < 0.3
    foot = "H"
    if triangle:
        given = f"tam giác {a}{b}{c} có trục đối xứng là đường thẳng {a}{foot} ({foot} thuộc {b}{c}), {a}{b} = {number(bottom + side)} {unit}, {b}{foot} = {number(bottom)} {unit}"
        numbers: tuple[Fraction, ...] = (bottom + side, bottom)
        foot_reason = f"Vì {a}{foot} là trục đối xứng nên {a}{c} = {a}{b} và {c}{foot} = {b}{foot}."
    else:
        given = (
            f"hình thang cân {a}{b}{c}{d} ({a}{b} // {c}{d}) có trục đối xứng cắt {a}{b} tại I và cắt {c}{d} tại K, "
            f"{a}I = {number(top)} {unit}, {d}K = {number(bottom)} {unit}, {a}{d} = {number(side)} {unit}"
        )
        numbers = (top, bottom, side)
        foot_reason = f"Vì IK là trục đối xứng nên {b}I = {a}I, {c}K = {d}K và {b}{c} = {a}{d}."

    def solve(sheet: Sheet) -> None:
        sheet.say(foot_reason)
        twice = sheet.pick(2, 1, kind="formula")
        if triangle:
            base = sheet.multiply(bottom, twice, unit, f"Độ dài {b}{c} là")
            both = sheet.multiply(bottom + side, sheet.pick(2, 1, kind="asked"), unit, f"Tổng độ dài {a}{b} và {a}{c} là")
            sheet.answer(sheet.add(base, both, unit, f"Chu vi tam giác {a}{b}{c} là"), unit)
            return
        first = sheet.multiply(top, twice, unit, f"Độ dài {a}{b} là")
        second = sheet.multiply(bottom, sheet.pick(2, 1, kind="shared"), unit, f"Độ dài {c}{d} là")
        both = sheet.multiply(side, sheet.pick(2, 1, kind="asked"), unit, f"Tổng độ dài hai cạnh bên {a}{d} và {b}{c} là")
        sheet.answer(sheet.sum([first, second, both], unit, f"Chu vi hình thang cân {a}{b}{c}{d} là"), unit)

    what = f"chu vi [của |]{f'tam giác {a}{b}{c}' if triangle else f'hình thang [cân |]{a}{b}{c}{d}'}"
    return Plan((*numbers, triangle), ask_for(random, given, what), solve)


_LINES = (
    "Cho {n} điểm [phân biệt|] trong đó không có ba điểm nào thẳng hàng. [Vẽ|Kẻ] các đường thẳng đi qua hai trong {n} điểm đó. "
    "[Hỏi có tất cả bao nhiêu đường thẳng?|Có bao nhiêu đường thẳng như vậy?|Tính số đường thẳng vẽ được.]",
    "[Có bao nhiêu|Hỏi có bao nhiêu] đường thẳng đi qua hai trong {n} điểm cho trước, biết rằng không có ba điểm nào thẳng hàng?",
    "[Trên một mặt phẳng có|Cho] {n} điểm, không có ba điểm nào thẳng hàng. Cứ qua hai điểm [vẽ|kẻ|ta vẽ] một đường thẳng. "
    "[Hỏi vẽ được bao nhiêu đường thẳng?|Có tất cả bao nhiêu đường thẳng?|Tính số đường thẳng.]",
)
_SEGMENTS = (
    "Trên một đường thẳng [lấy|cho|vẽ] {n} điểm phân biệt. [Hỏi có bao nhiêu đoạn thẳng có hai đầu mút là hai trong {n} điểm đó?|Có tất cả bao nhiêu đoạn thẳng tạo thành?]",
    "[Lấy|Vẽ] {n} điểm phân biệt trên một đường thẳng. [Đếm|Tính|Hãy tính] số đoạn thẳng có hai đầu mút là hai trong các điểm đó.",
)
_COLLINEAR = (
    "[Cho|Vẽ|Có] {n} điểm[ phân biệt|], trong đó có đúng {k} điểm thẳng hàng, ngoài ra không có ba điểm nào [khác |]thẳng hàng. "
    "[Vẽ|Kẻ] các đường thẳng đi qua hai trong {n} điểm đó. [Hỏi có tất cả bao nhiêu đường thẳng?|Tính số đường thẳng vẽ được.|Có bao nhiêu đường thẳng như vậy?]",
    "[Trong|Cho biết trong] {n} điểm có đúng {k} điểm cùng nằm trên một đường thẳng, ngoài ra không có ba điểm nào [khác |]thẳng hàng. "
    "[Hỏi có bao nhiêu đường thẳng đi qua hai trong {n} điểm đó?|Tính số đường thẳng đi qua hai trong {n} điểm đó.|Cứ qua hai điểm ta vẽ một đường thẳng. Hỏi vẽ được bao nhiêu đường thẳng?]",
    "[Trên một mặt phẳng có|Người ta vẽ|Trên giấy có] {n} điểm, trong đó chỉ có {k} điểm thẳng hàng, không còn ba điểm nào khác thẳng hàng. "
    "[Hỏi qua hai trong các điểm đó vẽ được bao nhiêu đường thẳng?|Tính số đường thẳng đi qua hai trong các điểm đó.]",
)
_TWO_GROUPS = (
    "Trên đường thẳng a [lấy|cho|{name} vẽ] {n} điểm, trên đường thẳng b song song với a [lấy|cho|vẽ] {k} điểm. "
    "[Hỏi có bao nhiêu đoạn thẳng có hai đầu mút là hai trong các điểm đó?|Nối hai điểm bất kì trong các điểm đó thì được tất cả bao nhiêu đoạn thẳng?|Tính số đoạn thẳng có hai đầu mút là hai trong các điểm đó.]",
    "[Cho|Vẽ|{name} vẽ] hai đường thẳng song song a và b. [Lấy|Vẽ] {n} điểm trên a và {k} điểm trên b. "
    "[Hỏi có bao nhiêu đoạn thẳng có hai đầu mút thuộc các điểm đó?|Cứ nối hai điểm ta được một đoạn thẳng. Hỏi có tất cả bao nhiêu đoạn thẳng?|Tính số đoạn thẳng có hai đầu mút là hai trong các điểm đó.]",
)


def lines_through_points(random: Random, level: int) -> Plan:
    """Lines or segments of n points; of n points with k on one line; segments of points on two parallel lines."""
    segments = random.random() < 0.4
    n = random.randint(*((10, 30), (36, 70), (24, 60))[level - 1])
    k = random.randint(3, n - 8) if level == 2 else random.randint(20, 60)
    templates = (_SEGMENTS if segments else _LINES, _COLLINEAR, _TWO_GROUPS)[level - 1]
    what = "đường thẳng" if level == 2 or level == 1 and not segments else "đoạn thẳng"

    def pairs(sheet: Sheet, points: int, lead: str) -> int:
        sheet.say(f"Mỗi điểm trong {points} điểm nối được với {points - 1} điểm còn lại.")
        other = sheet.pick(points - 1, points, kind="formula")
        product = sheet.multiply(points, other, lead=f"Nếu tính mỗi {what} hai lần thì số {what} là")
        halved = sheet.pick(2, 1, kind="twice")
        return int(sheet.divide(product, 2, what, lead)) if halved == 2 else int(product)

    def solve(sheet: Sheet) -> None:
        if level == 1:
            total = pairs(sheet, n, f"Số {what} là")
            sheet.answer(total, what)
        elif level == 2:
            every = pairs(sheet, n, f"Nếu {n} điểm không có ba điểm nào thẳng hàng thì số đường thẳng là")
            same = pairs(sheet, k, f"Nếu {k} điểm không có ba điểm nào thẳng hàng thì số đường thẳng qua chúng là")
            sheet.say(f"Vì {k} điểm thẳng hàng nên {number(same)} đường thẳng đó trùng nhau thành 1 đường thẳng.")
            rest = sheet.subtract(every, same, what, "Số đường thẳng không đi qua hai trong các điểm thẳng hàng là")
            sheet.answer(sheet.add(rest, 1, what, "Số đường thẳng có tất cả là"), what)
        else:
            first = pairs(sheet, n, "Số đoạn thẳng nằm trên a là")
            second = pairs(sheet, k, "Số đoạn thẳng nằm trên b là")
            across = sheet.multiply(n, k, what, "Số đoạn thẳng nối một điểm trên a với một điểm trên b là")
            sheet.answer(sheet.sum([first, second, across], what, "Số đoạn thẳng có tất cả là"), what)

    return Plan((n, *((k,) if level > 1 else ()), what), phrase(random, templates, n=n, k=k, name=pupils(random, 1)[0]), solve)


_KINDS = ("góc nhọn", "góc vuông", "góc tù", "góc bẹt")
_KIND = (
    "Góc {angle} có số đo [bằng |]{a}°. [Góc {angle} là góc gì|Hỏi góc {angle} là loại góc nào|Góc {angle} thuộc loại góc nào] (nhọn, vuông, tù, bẹt)?",
    "Cho góc {angle} có số đo {a}°. [Cho biết|Hãy cho biết] góc {angle} là góc nhọn, góc vuông, góc tù hay góc bẹt.",
    "{name} đo góc {angle} được {a}°. [Hỏi góc {angle} là góc nhọn, góc vuông, góc tù hay góc bẹt?|Góc {angle} là loại góc nào (nhọn, vuông, tù, bẹt)?]",
    "[Góc có số đo|Một góc có số đo] {a}° là [góc gì|loại góc nào] (nhọn, vuông, tù, bẹt)?",
)
_HOW_MANY = (
    "Cho các góc có số đo [lần lượt |]là {listed}. [Hỏi có bao nhiêu {kind}?|Có bao nhiêu {kind} trong các góc đó?|Trong đó có mấy {kind}?]",
    "[Trong các góc|Trong những góc] có số đo {listed}, có [bao nhiêu|mấy] {kind}?",
    "{name} đo các góc được kết quả: {listed}. [Hỏi có bao nhiêu {kind}?|Trong các góc đó có bao nhiêu {kind}?]",
    "[Đếm|Hãy đếm] số {kind} trong các góc có số đo [lần lượt |][sau|sau đây]: {listed}.",
)


def _kind_of(angle: int) -> str:
    return _KINDS[0 if angle < 90 else 1 if angle == 90 else 2 if angle < 180 else 3]


_WHY = ("lớn hơn 0° và nhỏ hơn 90°", "bằng 90°", "lớn hơn 90° và nhỏ hơn 180°", "bằng 180°")


def angle_types(random: Random, level: int) -> Plan:
    """The kind of an angle; how many of a kind among six or seven; the kind of an angle made of two or three."""
    name = pupils(random, 1)[0]
    if level == 1:
        a = random.choice((90, 180, *range(5, 180), *range(75, 106)))
        angle = random.choice(("xOy", "mOn", "aOb", "ABC", "MNP", "uIv"))
        question = phrase(random, _KIND, a=a, angle=angle, name=name)
        return Plan((a,), question, lambda sheet: _name_kind(sheet, a, f"Góc {angle}" if angle in question else "Góc đó"))
    if level == 2:
        return _count_kind(random, name)
    count = random.randint(2, 3)
    while True:
        angles = [random.randint(11, 80) for _ in range(count)]
        angles[-1] = random.choice((angles[-1], 90 - sum(angles[:-1]), 180 - sum(angles[:-1])))
        if sum(angles) <= 180 and min(angles) > 5:
            break
    rays = ("x", "y", "z", "t")[: count + 1]
    named = [f"{first}O{second}" for first, second in zip(rays, rays[1:], strict=False)]
    whole = f"{rays[0]}O{rays[-1]}"
    between = f"tia Oy nằm giữa hai tia Ox và O{rays[-1]}" + (
        f", tia Oz nằm giữa hai tia Oy và O{rays[-1]}" if count == 3 else ""
    )
    told = ", ".join(f"góc {one} = {size}°" for one, size in zip(named, angles, strict=True))

    def solve(sheet: Sheet) -> None:
        sheet.say(f"Vì {between} nên góc {whole} bằng tổng các góc {', '.join(named)}.")
        total = sheet.sum(angles, "°", f"Số đo góc {whole} là")
        if not 0 < total <= 180:
            raise Absurd
        _name_kind(sheet, int(total), f"Góc {whole}")

    question = phrase(
        random,
        (
            "[Cho|Cho biết] {between}; {told}. [Góc {whole} là loại góc nào|Hỏi góc {whole} là loại góc nào|Góc {whole} là góc gì] (nhọn, vuông, tù, bẹt)?",
            "[Cho|Xét|{name} vẽ] các tia chung gốc O sao cho {between}; {told}. [Cho biết|Hãy cho biết|Em hãy cho biết] góc {whole} là loại góc nào (nhọn, vuông, tù, bẹt).",
            "[Cho|Cho biết] {told} và {between}. [Hỏi góc {whole} là góc nhọn, góc vuông, góc tù hay góc bẹt?|Góc {whole} thuộc loại góc nào (nhọn, vuông, tù, bẹt)?]",
        ),
        **{"between": between, "told": told, "whole": whole, "name": name},
    )
    return Plan((*angles,), question, solve)


def _name_kind(sheet: Sheet, angle: int, name: str) -> None:
    right = _kind_of(angle)
    kind = sheet.pick(right, *[kind for kind in _KINDS[:3] if kind != right][:2], kind="formula")
    if right != "góc bẹt":
        kind = sheet.pick(kind, _KINDS[3], kind="asked")
    sheet.say(f"{name} có số đo {angle}°, {_WHY[_KINDS.index(right)]} nên là {kind}.")
    sheet.answer_text(kind)


def _count_kind(random: Random, name: str) -> Plan:
    sizes = random.sample([*range(12, 90), 90, 90, *range(91, 180), 180], random.randint(6, 7))
    kind = random.choice(("góc nhọn", "góc tù"))

    def solve(sheet: Sheet) -> None:
        place = _KINDS.index(kind)
        found = [size for size in sizes if _kind_of(size) == kind]
        found = sheet.pick(found, [size for size in sizes if _kind_of(size) != kind], kind="misread")
        found = sheet.pick(found, found[:-1], found[1:], kind="overlooked")
        found = sheet.pick(found, [size for size in sizes if size in found or size in (90, 180)], kind="formula")
        sheet.say(f"{kind.capitalize()} là góc có số đo {_WHY[place]}.")
        if not found:
            raise Absurd
        listed = "; ".join(f"{size}°" for size in found)
        sheet.say(f"Trong các góc đã cho, các {kind} có số đo: {listed}.")
        sheet.answer(len(found), "góc")

    listed = "; ".join(f"{size}°" for size in sizes)
    if kind not in map(_kind_of, sizes):
        return _count_kind(random, name)
    return Plan((*sizes, kind), phrase(random, _HOW_MANY, listed=listed, kind=kind, name=name), solve)
