"""A line of a solution -> the line without what stands beside its answer: offers, reasons, the question's own words."""

from __future__ import annotations

import re

from mathpal_lightning.evaluation.language.rules import Rule, applied, asked, replacing, unless_asked
from mathpal_lightning.evaluation.question.parts import asks_in_parts
from mathpal_lightning.evaluation.question.task import read_task
from mathpal_lightning.evaluation.question.things import things_asked
from mathpal_lightning.evaluation.solution.checks import without_explanation, without_sum_of_results, without_sums
from mathpal_lightning.evaluation.solution.remarks import without_offer
from mathpal_lightning.evaluation.solution.spoken_amounts import with_noughts
from mathpal_lightning.evaluation.solution.two_forms import in_degrees, said_once
from mathpal_lightning.evaluation.solution.worked_line import WORKED
from mathpal_lightning.text import comparison_key


def tidied(line: str, question: str) -> str:
    """The line, by the rules below.

    >>> tidied("5 + 3 = 8 (vì 5 và 3 là 8)", "5 + 3 = ?")
    '5 + 3 = 8'
    """
    return applied(TIDY, line, question)


_OTHER_VALUE = re.compile(
    r"(?<=\S) \((?!hoặc|hay|không|dư|số dư|cũng|có thể)(?=[^()?]*[^\W\d_]{2} )[^()?;=]*\d[^()?;=]*\)(?=\W*$)"
)


def _without_other_value(line: str, question: str) -> str:
    aside = _OTHER_VALUE.search(line)
    if aside is None or not re.search(r"\d(?: [^\W\d_]|[a-zđ]|%|°|$)", line[: aside.start()]):
        return line
    return line[: aside.start()] + line[aside.end() :]


_REPEATED = re.compile(r"(?i)(?P<lead>vậy,? )?(?P<head>[^=:;\d]{4,60}\d[^=:;]{0,60}?) (?:là|bằng)(?: :|:)? (?=[-\d(]|$)")


def _without_repetition(line: str, question: str) -> str:
    said = _REPEATED.match(line)
    if said is None or len(things_asked(question)) > 1 or asks_in_parts(question):  # the words tell which thing it is
        return line
    asked = f" {comparison_key(question)} {comparison_key(question.replace(' nào ', ' '))} "
    if f" {comparison_key(said['head'])} " not in asked or f" {comparison_key(line)} " in asked:
        return line
    return (said["lead"] or "") + line[said.end() :]


_APPROXIMATION = re.compile(r" ?\((?:khoảng|xấp xỉ|≈|cỡ) ?-?\d[^()]*\)(?=\W*$)")


def _without_approximation(line: str, question: str) -> str:
    aside = _APPROXIMATION.search(line)
    exact = aside is not None and re.search(r"[π√]", line[: aside.start()].rpartition("=")[2])
    return line[: aside.start()] + line[aside.end() :] if aside and exact else line


_REACHED = re.compile(
    r"(?i)(?:^|(?<=[.;,] )|(?<=[\w)] ))\(?(?:dấu |đẳng thức )?[\"“'‘]?(?:bằng|đẳng thức|=)?[\"”'’]? ?xảy ra (?:khi|tại|nếu|⇔|⇒)"
    r"[^.;]*?(?:[.;] ?|$)(?!.*xảy ra)"
)


def _without_place_of_bound(line: str, question: str) -> str:
    if not read_task(question).asks_extreme_value:
        return line
    stated = _STATES_BOUND.search(line)
    return _REACHED.sub(lambda said: said[0] if stated and stated.start() < said.start() else "", line).strip()


_BOUND = r"(?i)GTLN|GTNN|(?:lớn|nhỏ|bé) nhất"
_STATES_BOUND = re.compile(r"(?i)GTLN|GTNN|giá trị (?:lớn|nhỏ|bé) nhất|(?<!\w)(?:min|max)(?!\w)")


def _without_count(line: str, question: str) -> str:
    """Only where a name alone is asked for."""
    asks_name = re.search(r"(?i)(?<!\w)(?:nào|ai)(?!\w)[^?]{0,60} nhất", question)
    if asks_name is None or re.search(r"(?i)bao nhiêu|mấy", question):
        return line
    return re.sub(r"(?:,? với \d[\d.,]* [^\W\d_]+(?: [^\W\d_]+)?| \(\d[\d.,]* [^\W\d_][^()\d=]*\))(?=[.! ]*$)", "", line)


TIDY = (
    Rule(
        "where a bound is reached, beside the bound that is asked for",
        _without_place_of_bound,
        'A = (x - 2)^2 + 3 ≥ 3. Dấu "=" xảy ra khi x = 2.',
        "A = (x - 2)^2 + 3 ≥ 3.",
        beside="Tìm giá trị nhỏ nhất của A = x^2 - 4x + 7.",
    ),
    Rule(
        "where a bound is reached, in brackets",
        asked(_BOUND, replacing(r" \((?:đạt (?:được )?)?(?:tại|khi) [a-z] ?= ?[^()]*\)", "")),
        "Giá trị lớn nhất bằng 11 (tại x = 2)",
        "Giá trị lớn nhất bằng 11",
        beside="Tìm giá trị lớn nhất của f(x).",
    ),
    Rule(
        "where a limit is taken, behind its value",
        replacing(r"(?<=[\d)∞]) khi [a-z] ?(?:→|->|tiến (?:tới|đến|ra)) ?\S+?(?=[ .]*$)", ""),
        "lim (x + 3) = 6 khi x → 3.",
        "lim (x + 3) = 6.",
    ),
    Rule(
        "a wish, a tip or an offer behind the last sentence",
        lambda line, _: without_offer(line),
        "x = 21. Chúc bạn học tốt!",
        "x = 21.",
    ),
    Rule(
        "a sentence of its own in brackets",
        replacing(r"(?<=[.!;]) \((?!hoặc|hay|không)[^\W\d_]{2,}[^()=]*(?:\([^()]*\)[^()=]*)*\)\W*$", ""),
        "Góc C bằng 70°. (Tổng ba góc của tam giác.)",
        "Góc C bằng 70°.",
    ),
    Rule(
        "why a step holds, in brackets",
        replacing(
            r"(?i)(?<=\S) \((?:vì|do|bởi|theo|cùng|chung|tính chất|định l[íý]|gt|quy tắc|luôn đúng)(?!\w)"
            r"(?:[^()]|\([^()]*\))*\)(?=\W*$)",
            "",
        ),
        "3/8 < 5/8 (vì cùng mẫu)",
        "3/8 < 5/8",
    ),
    Rule(
        "under which condition",
        replacing(
            r"(?<=[\w)}°π])(?:,? ?\((?:với |ĐKXĐ:? |ĐK:? |điều kiện:? |do )?[a-zA-Z] ?[≠∈][^()]*\)"
            r"|,? ?\(?(?:với )?(?:mọi )?[knC] (?:∈ ?[ℤℕZNRℝ]|(?:là )?(?:số )?nguyên(?: bất k[ìỳ])?)\)?)(?=\W*$)",
            "",
        ),
        "A = 2/x (x ≠ 0, x ≠ -3)",
        "A = 2/x",
    ),
    Rule(
        "about how much, in brackets behind an exact value",
        _without_approximation,
        "V = 108π (cm^3) (khoảng 339,3 cm^3)",
        "V = 108π (cm^3)",
    ),
    Rule(
        "a check behind the answer",
        replacing(r"(?i)(?<=[\w)%°]), (?:thử|kiểm tra)(?: lại)?(?!\w)[^.;]*?(?:đúng|th[ỏo][ảa] mãn|khớp|bằng nhau)\W*$", ""),
        "Nghiệm bằng 5, thử lại 22 = 22 đúng",
        "Nghiệm bằng 5",
    ),
    Rule(
        "a call for votes behind the answer",
        replacing(r"(?i)(?<=[\w)%°])(?:,| nhé,?| nha,?)+ (?:nhớ |và )*(?:tick|tik|like|vote)(?!\w)[^\d\n]*$", ""),
        "x = 3 nhé, nhớ tick cho mk nha",
        "x = 3",
    ),
    Rule(
        "that these are the values looked for",
        replacing(
            r"(?P<bound>(?<![\w^])[a-z] ?[<>≤≥≠∈] ?[^;=<>]{1,40}?) là (?:các |những |tất cả (?:các )?)?(?:giá trị|số|điều kiện)"
            r"(?: của [a-z])? (?:cần tìm|phải tìm|thỏa mãn|thoả mãn)(?: đề bài)?\W*$",
            r"\g<bound>",
        ),
        "Kết luận: m > 2 là các giá trị cần tìm.",
        "Kết luận: m > 2",
    ),
    Rule(
        "at which value, before the result",
        replacing(r"^(?i:tại|khi|với) [a-z] ?= ?[^,;=]{1,40}(?:\([^()]*\))?,? (?:thì |ta có )?(?=[A-Z](?:\([^()]*\))? ?=)", ""),
        "Tại x = 6 (thỏa mãn điều kiện), A = 1",
        "A = 1",
    ),
    Rule("an angle in radians and in degrees", lambda line, _: in_degrees(line), "Góc bằng π/4 (tức 45°)", "Góc bằng 45°"),
    Rule(
        "thousands and millions in words",
        with_noughts,
        "Tổng khoảng 90 nghìn.",
        "Tổng khoảng 90 000.",
        beside="Làm tròn đến hàng nghìn rồi ước lượng tổng.",
    ),
    Rule(
        "the value before it was rounded",
        replacing(
            r"(?i)≈ ?-?\d[\d,]*(?: ?[^\W\d_]{1,3}\^?[23]?)?,? (?:nên |ta )?làm tròn [^\d,;]{0,40}?(?:được|là|thành)"
            r"(?: khoảng)? (?=-?\d)",
            "≈ ",
        ),
        "h = 25tan 40° ≈ 20,98, làm tròn đến hàng phần mười được khoảng 21 m",
        "h = 25tan 40° ≈ 21 m",
    ),
    Rule(
        "another value in brackets beside the answer",
        _without_other_value,
        "20 học sinh thích bơi (còn 16 học sinh không thích bơi)",
        "20 học sinh thích bơi",
    ),
    Rule(
        "how many, behind the one that has most or least",
        _without_count,
        "Lớp trồng nhiều cây nhất là lớp 4B với 50 cây.",
        "Lớp trồng nhiều cây nhất là lớp 4B.",
        beside="Lớp nào trồng được nhiều cây nhất?",
    ),
    Rule(
        "in brackets, the sum by which a value was found",
        replacing(
            r"(?<=[^\W\d_]{2}) \((?!hoặc|hay)(?=[^();]*\d)(?=[^();]*(?:[\w)] ?[-+×*:/]|=))[^();]*\)(?=\W*$)",
            "",
        ),
        "80 học sinh (4 × 20)",
        "80 học sinh",
    ),
    Rule(
        "in brackets behind a number, the equality that gives it",
        replacing(
            r"(?<![\w.,/])(?P<value>-?\d[\d ,./]*\d|\d) \([^()=]*\d ?[-+×:/] ?\d[^()=]*= ?(?P=value)\)(?=\W*$)", r"\g<value>"
        ),
        "Số liền sau là 70 (69 + 1 = 70).",
        "Số liền sau là 70.",
    ),
    Rule(
        "in brackets, sums that check the values before them", without_sums, "Đó là 37 và 23 (37 + 23 = 60)", "Đó là 37 và 23"
    ),
    Rule(
        "the sum of the results, which the question gives",
        without_sum_of_results,
        "Tổng cộng: 45 + 60 + 75 = 180 (cây)",
        "",
        beside="Ba lớp trồng 180 cây. Tính số cây mỗi lớp.",
    ),
    Rule(
        "of which polynomial the number is a root, behind its value",
        unless_asked(
            "(?i)nghiệm",
            replacing(
                r"(?i)(?:^| )(?:⇒ ?|,? ?(?:nên|do đó|suy ra|vậy) )(?:số )?[a-z] ?= ?[^=;]{1,12}? (?:cũng |chính )?là"
                r" (?:một |1 )?nghiệm(?: của [^=]*)?$",
                "",
            ),
        ),
        "P(1) = 0 ⇒ x = 1 là một nghiệm của P(x).",
        "P(1) = 0",
        beside="Tính P(1).",
    ),
    Rule(
        "that a division leaves nothing, beside its quotient",
        replacing(r"(?i)(?<=[\w)]),? (?:và )?(?:đây là )?phép chia(?: là phép chia)? hết(?=\W*$)", ""),
        "Thương là x^2 + 3 và phép chia hết.",
        "Thương là x^2 + 3.",
    ),
    Rule(
        "behind a dash, what the value is, why, or how it compares",
        without_explanation,
        "280 000 đồng - rẻ hơn 70 000 đồng so với giá ban đầu!",
        "280 000 đồng",
    ),
    Rule(
        "behind `vì`, the sum by which a value was found",
        replacing(
            r"(?<=[\w%)°]),? (?:vì|do|bởi vì|bởi) (?=-?[\d(])(?!.*[.!] +[A-ZĐ])(?=[^<>≤≥]*\d ?[-+×*:/^])"
            r"[-\d(][^<>≤≥;⇒]*(?:=|bằng) ?(?:là )?-?\d[^<>;⇒=]*$",
            "",
        ),
        "37 con tem, vì 42 - 5 bằng 37",
        "37 con tem",
    ),
    Rule(
        "behind `vì`, a reason that ends in a number",
        replacing(
            r"(?<=[\w%)°]),? (?<!là )(?:vì|do|bởi vì|bởi) (?=[^\W\d_])(?!(?:thế|vậy|đó)(?!\w))"
            r"(?!.*(?:(?<!\w)(?:nên|vậy|thì|suy ra)(?!\w)"
            r"|⇒|[.!;] ))[^=<>≤≥≈]*\d\W*$",
            "",
        ),
        "Số chia hết cho 5 là 135 vì có tận cùng là 5",
        "Số chia hết cho 5 là 135",
    ),
    Rule(
        "the question's own words and numbers before the answer",
        _without_repetition,
        "Số chia hết cho cả 2 và 5 là: 7650",
        "7650",
        beside="Tìm số chia hết cho cả 2 và 5 trong các số 7650, 7655.",
    ),
    Rule(
        "one value in two units: the one asked for",
        said_once,
        "Cái bàn dài 90 cm hay 0,9 m",
        "Cái bàn dài 0,9 m",
        beside="Cái bàn dài bao nhiêu mét?",
    ),
    *WORKED,
)
"""In this order, for each line of a solution; the text beside it is the question."""
