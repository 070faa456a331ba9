"""A quantity of which neither the question nor the reference speaks: `Q1 = 7,5`, where the median is asked for."""

from __future__ import annotations

import re

from mathpal_lightning.evaluation.language.clauses import last_clause
from mathpal_lightning.evaluation.solution.remarks import last_sentence

_QUANTITIES = (
    "nửa chu vi", "BCNN|bội chung nhỏ nhất", "ƯCLN|ước chung lớn nhất", "tứ phân vị|Q_?[13]", "khoảng biến thiên",
    "phương sai", "độ lệch chuẩn", "trung vị", "(?<!mươi )mốt", "trung điểm", "trọng tâm", "trực tâm", "cắt trục",
    "đường phân giác", "tung độ gốc", "đạo hàm", "nguyên hàm", "tích phân", "nghịch đảo", "số đối", "công sai", "công bội",
    r"(?<!\d )số hạng (?:thứ nhất|đầu|cuối)", "cực đại", "cực tiểu",
    "điểm uốn", "tiệm cận", "phủ định", "nhiễu", "nằm ngoài", "bị gạch",
    "hoán vị", "xếp hàng",
)  # fmt: skip
"""What the last clause of a solution may speak of by mistake, or to deceive."""
_NAMED = tuple((re.compile(rf"(?i)(?<!\w)(?:{words})(?!\w)"),) * 2 for words in _QUANTITIES) + tuple(
    (re.compile(rf"(?i)(?<!\w){word} của(?!\w)"), re.compile(rf"(?i)(?<!\w)(?:{known})(?!\w)"))
    for word, known in (
        ("tổng", "tổng"),
        ("hiệu", "hiệu|hơn|kém"),
        ("(?<!diện )(?<!thể )tích", "tích|nhân"),
        ("thương", "thương|chia"),
    )
)
"""How the solution says it, and how the question or the reference may speak of the same."""


def speaks_of_the_unheard_of(said: str, reference: str, question: str) -> bool:
    """Whether the last clause of a solution names a quantity that stands neither in the question nor in the reference.

    Args:
        said: the last words of a solution.
        reference: the whole reference.
        question: the problem in plain text.
    """
    clause = _EXPLAINED.sub("", last_clause(last_sentence(said)))
    known = f"{question} {reference}"
    return bool(question) and any(told.search(clause) and not heard.search(known) for told, heard in _NAMED)


_EXPLAINED = re.compile(
    r"^(?:quãng đường|vận tốc|gia tốc|diện tích|thể tích|li độ)[^:=\d]{0,30} là [^:=\d]*: (?=[a-zA-Z]\w? ?=)", re.IGNORECASE
)
"""`Quãng đường là tích phân của vận tốc: s = ...`: by what the asked quantity is found."""
