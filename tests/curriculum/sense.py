"""What a strict reader of Vietnamese would strike out of a problem, as far as a rule can see it.

Each rule stands for a fault that was read once: a verb beside a noun that it does not fit, times of the day that do not go
together, a price that nobody pays, a number written another way.
"""

from __future__ import annotations

import re

from mathpal_lightning.curriculum.bounds import is_measure, odd_amounts, too_long
from mathpal_lightning.curriculum.nouns import nouns
from mathpal_lightning.schema import Problem

_COLLECTED = {noun.name for noun in nouns("counted", "collected")}
_KEPT_ELSEWHERE = "|".join(noun.name for noun in nouns("counted") if "kept_in" in noun.words)
_FAULTS = {
    "a kho holds no plants": re.compile(rf"\b[Kk]ho\b[^.?]*\d (?:{_KEPT_ELSEWHERE})\b"),
    "a row, a bunch, a roll or a lorry does not đựng": re.compile(r"\b(?:hàng|bó|cuộn|xe|tập|bộ)\b[^.,?]* đựng "),
    "a time of the day beside a day": re.compile(r"Buổi sáng[^.]*ngày (?:thứ|hôm|sau)|(?:Ngày|Hôm)[^.]*buổi chiều"),
    "another store than the first": re.compile(r"Kho thứ nhất[^?]*kho B\b|Kho A[^?]*kho thứ hai"),
    "who sets out arrives": re.compile(r"[Kk]hởi hành[^.]*thì xong"),
    "a word twice": re.compile(r"\b(?!(?:số|trừ|chia|song|dài) )([^\W\d_]{2,}(?: [^\W\d_]{2,})?) \1\b"),
    # Two digits of a quotient may be found by the same facts; those lines join their facts with "; ".
    "a line twice": re.compile(r"(?m)^([^;\n]+)\n\1(?: \([^\d\n]*)?$"),
    "a word that nothing before stands for": re.compile(r"\b(?:của|hình) [^.,?]* đó, biết (?:rằng )?(?:một|hình)\b"),
    "a time of joy on which prices rise": re.compile(r"[Kk]hai trương, [^.]*tăng giá"),
    "who has more is said to have": re.compile(r"\bcó (?:kém|hơn) [A-ZĐ]"),
    "a condition on its own": re.compile(r"(?:(?:\A|[.] )Nếu|\ABiết) (?![^.?]*(?:,|thì))[^.?]*[.]"),
    "dots asked for by a question mark": re.compile(r"chỗ chấm: [^.]* = [?]|dấu [?]: [^?]* = [.]{3}"),
    "a list called a table": re.compile(r"[Bb]ảng (?:số liệu|thống kê|tần số)[^:|\n.]*: [\w ]+ \d[^|\n]*;"),
    "a chart told as a list": re.compile(r"(?:Biểu đồ|biểu đồ (?:cột|đoạn|hình))[^\n?]*: [^\n|?]*\d[^\n|?]*[;,.] [^\n|?]*\d"),
    "a fact of the tables in columns": re.compile(
        r"Đặt tính rồi tính: (?:(?:\d|10) × (?:\d|10)|\d0? : \d|\d\d : \d|\d \+ \d|1?\d - \d)$"
    ),
    "two numbers side by side": re.compile(r"hơn số \d+(?: \d{3})* \d+ lần"),
    "the number after another is one more": re.compile(r"liền sau số cuối"),
    "a letter that nobody gives": re.compile(r"\A(?:[Bb]iểu thức )?A = [^.?]*\. "),
    "a term worked before it is named": re.compile(r"(?m)^\d+ × \(-\d+\) = -[\d ]+\n\d+[xy²]+ = \d+ × "),
    "one subject twice in a sentence": re.compile(r"(?i)\b(\w+(?: \w+){1,4}) đã [^.,]*, \1 phải"),
    "what flows is not stacked": re.compile(r"\d (?:l|kg) [^.?,]*\bxếp (?:đều |hết )?(?:vào|\d)"),
    "another kind of shop": re.compile(r"đại lí [^.?]*\. Hỏi \d+ cửa hàng như thế|[Cc]ửa hàng [^.?]*\. Hỏi \d+ đại lí như thế"),
    "a bicycle is no share": re.compile(r"(?:Hỏi|Tính xem|hãy tính xem) (?:xe|đi bộ|bóng|cầu lông|dân ca)[^.?]* phần trăm"),
    "a result without its name": re.compile(r"(?m)^Số (?:người|sản phẩm) cần tìm là:"),
    "known with": re.compile(
        r"[Bb]iết (?:rằng )?(?:hình (?!lăng)|tam giác|hai góc kề bù|trong mặt)[^.?,]*(?<!đồng dạng)(?<!ứng) với (?!nhau)"
    ),
    "a product with its number behind": re.compile(r"(?i)khử mẫu, ta được: \([a-z] [-+] \d+\) × \d"),
    "roots without or": re.compile(r"Vậy x = [^;.]*; x = "),
    "a pupil buys what builders buy": re.compile(r"mua [^.,]*(?:gạch|ghế|con (?:gà|vịt))\b"),
    "nobody gives plants away": re.compile(r"góp được [^.,]*\d (?:cây|chậu hoa|bông hoa|quả bóng bay)\b"),
    "a space before a sign": re.compile(r"(?:số|sau|tính|biết) :(?= )| [,;]"),
    "someone is helped who did not ask": re.compile(r"Yêu cầu: [^.]*\. Hãy giúp"),
    "a variable with a capital": re.compile(r"X[₁₂]"),
    "another holder than the first": re.compile(r"Can thứ nhất[^?]*bình thứ hai|Bình thứ nhất[^?]*can thứ hai"),
    "another line than the first": re.compile(r"Tuyến thứ nhất[^?]*tuyến B|Tuyến A[^?]*tuyến thứ hai"),
    "a part of a day beside a day": re.compile(r"buổi sáng lấy[^.]*hôm nay|hôm qua lấy[^.]*buổi chiều"),
    "a month beside a year": re.compile(r"[Tt]háng trước[^.]*năm nay|[Nn]ăm ngoái[^.]*tháng này"),
    "a pool is deep": re.compile(r"[Bb]ể bơi dạng[^?]*\bcao\b"),
    "a canal is no road": re.compile(r"kênh(?:.|\n)*bên đường"),
    "a club is no class": re.compile(r"[Cc]âu lạc bộ(?: của \w+)? có[^?]*cả lớp"),
    "thousands apart behind a root": re.compile(r"[√∛]\d+ \d"),
    "thousands without their space": re.compile(r"(?<![\w/,*√∛])(?<!năm )\d{4,}(?![\w/*])"),
    "the short hand at half past": re.compile(r"[Kk]im ngắn (?:vừa qua|chỉ quá) số \d+, kim dài chỉ số 6|giờ và mấy phút nữa"),
    "the moment asked about": re.compile(r"\bcòn lại \d[^?]*\. Hỏi (?:cửa hàng )?có (?:tất cả )?bao nhiêu"),
    "one sum asked for as several numbers": re.compile(r"ính số con [^.]* của trang trại [^.]* và trang trại"),
    "a thing without its name": re.compile(r"\bcái thứ (?:nhất|hai)\b|Độ dài thứ (?:nhất|hai)|\d nơi như thế"),
    "asked for fewer, answered with more": re.compile(
        r"Hỏi (\w+) có ít hơn (\w+) bao nhiêu[^?]*\?\nSố [^\n]* \2 có nhiều hơn \1"
    ),
    "a sentence that nobody asked for": re.compile(r"cm \+ \d+ cm\n.*đoạn|So sánh \d+ với số"),
    "a name cut in two": re.compile(r" và trồng rừng |\bcùng có (?:cái|quả|viên|con|chiếc|quyển) "),
    "a pupil lays no metres": re.compile(r"(?:uốn dây|xếp) [^.]*\d d?m\b|[A-ZĐ]\w+ có một hình vuông có cạnh dài \d+ d?m\b"),
    "a line longer than the page": re.compile(r"(?:Trong vở|Trên giấy|Trên tờ giấy)[^?]* = (?:9|\d\d+) cm"),
    "school in the holidays": re.compile(
        r"(?:Hội khoẻ|Lớp em|Cô giáo|tham quan|Ngày hội|Buổi liên hoan|thi vẽ|Trường khai)[^?]*tháng [678]\b"
    ),
    "or in a question": re.compile(r"khối lập phương hoặc|tam giác hoặc hình chữ nhật"),
    "what is laid is not drawn": re.compile(r"(?:vẽ|cắt) một hình được xếp"),
    "colours told in two ways": re.compile(r"màu \w+(?:, (?!màu)\w+)+ và màu "),
    "all of one among several": re.compile(r"\bcó tất cả \d+ [^.,]*, [A-ZĐ]\w+ có \d"),
    "money for one": re.compile(r"số tiền bán (?:quả|con|cái|chiếc|quyển|viên|bông|món|chậu) "),
    "a difference of amounts": re.compile(r"(?i)\bhiệu của số (?:lít|ki-lô-gam|cây|học sinh|con|quyển)[^.]* là \d"),
    "a remainder that is not said": re.compile(r"(?m)(?<!\d)[1-9] : \d được 0$"),
}

_CALCULATION = re.compile(r" [-+×:] ")
_UNIT = re.compile(r" \([^()\d]*[^\W\d][^()]*\)$| \([%°][^()]*\)$")


def other_quantities(solution: str) -> list[str]:
    """Sentences under which another quantity comes first: "Diện tích là:", "11 × 7 = 77", "77 : 2 = 38,5 (cm²)"."""
    found = []
    for block in re.split(r"(?m)^(?=[^\n]*:$)", solution):
        lead, *lines = [line for line in block.split("\n") if line and not line.startswith("Đáp số")] or [""]
        first = lines[0].rpartition(" = ")[0] if lead.endswith(" là:") and lines else ""
        stated = [line for line in lines if line.startswith(f"{first} = ") and not line.endswith("= ?")]
        if not _CALCULATION.search(first) or not stated or _UNIT.search(stated[-1]):
            continue
        after = lines[lines.index(stated[-1]) + 1 :]
        found += [f"{lead} {stated[-1]}"] if any(_UNIT.search(line) for line in after) else []
    return found


_MEASURED: dict[str, str | tuple[str, ...]] = {
    "rectangle_perimeter": "a condition on its own",
    "linear_equation": "a condition on its own",
    "sum_and_difference": (
        "nobody gives plants away",
        "asked for fewer, answered with more",
        "all of one among several",
    ),
    "price_of_several": ("a pupil buys what builders buy", "money for one"),
}
"""Kinds of the quickstart: their texts stay those that its scores were measured on ("Biết x + 3 = 5. Tìm x.")."""


_TRIED = re.compile(r"(\d{2,}) × (\d) = (\d+); (?:\d+ - \d+ = (\d+); )?(\d+) : \1 = (\d)(?!\d)(?: \(dư (\d+)\))?")


_CLASS = re.compile(r"[Ll]ớp (\d[A-E])\b")


def contradictions(mistake: str) -> list[str]:
    """Where a pupil works one thing and writes another: "66 × 6 = 396; 396 : 66 = 7"."""
    tried = _TRIED.finditer(mistake.replace("\u00a0", ""))
    return [match[0] for match in tried if match[2] != match[6] or (match[4] or "") != (match[7] or "")]


def parts_of_things(answer: str) -> bool:
    """Whether an answer counts pupils, trees or đồng by parts of one."""
    match = re.fullmatch(r"Đáp số: [\d ]+(?:,\d+|/\d+) ([^\d,;]+)", answer)
    return match is not None and not is_measure(match[1])


def faults(problem: Problem) -> list[str]:
    """The rules that a problem breaks, each with the words that break it."""
    text = f"{problem.question}\n{problem.solution}"
    strangers = {name for name in _CLASS.findall(problem.solution) if name not in problem.question}
    found = [f"a class that the question does not name: {name}" for name in strangers]
    found += [f"{rule}: {match[0]}" for rule, sign in _FAULTS.items() for match in sign.finditer(text)]
    kept = _MEASURED.get(problem.topic)
    found = [fault for fault in found if not kept or not fault.startswith(kept)]
    for match in re.finditer(r"sưu tầm (?:được )?(?:tất cả )?(?:bao nhiêu |[\d ]+)?([^.,?]+)", problem.question):
        found += [] if any(match[1].startswith(name) for name in _COLLECTED) else [f"nobody collects: {match[0]}"]
    found += [f"a sentence names another quantity: {fault}" for fault in other_quantities(problem.solution)]
    found += [f"no figure has such a side: {side}" for side in too_long(problem.question)]
    angle = re.search(r"Đáp số: (\d+)°", problem.solution)
    found += ["no angle of an acute triangle"] if "tam giác nhọn" in problem.question and angle and int(angle[1]) >= 90 else []
    found += odd_amounts(problem.question, problem.grade)
    return found
