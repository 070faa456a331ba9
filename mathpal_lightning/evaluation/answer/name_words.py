"""The words of a name that tell it from other names: `S_xq` is `diện tích xung quanh`, `lớp thứ hai` is `lớp 2`."""

from __future__ import annotations

import re

from mathpal_lightning.evaluation.mathematics.units import MEASURE
from mathpal_lightning.evaluation.values.comparison import ORDINALS
from mathpal_lightning.text import comparison_key

_COMMON = frozenset(
    comparison_key("tính tìm hỏi số của là có được bao nhiêu mấy hình đó này các và thì vậy ta nên suy ra hết ở trong").split()
)
"""Words that tell no two things apart."""
_SIGNS = {
    "S": "diện tích", "P": "chu vi", "C": "chu vi", "V": "thể tích",
    "Sxq": "diện tích xung quanh", "S_xq": "diện tích xung quanh",
    "Stp": "diện tích toàn phần", "S_tp": "diện tích toàn phần", "h": "chiều cao", "r": "bán kính", "R": "bán kính",
    "v": "vận tốc", "I": "cường độ dòng điện", "Q": "nhiệt lượng", "U": "hiệu điện thế", "s": "quãng đường", "t": "thời gian",
    "ƯCLN": "ước chung lớn nhất ưcln", "BCNN": "bội chung nhỏ nhất bcnn", "max": "giá trị lớn nhất", "min": "giá trị nhỏ nhất",
    "Me": "trung vị", "M_e": "trung vị", "Mo": "mốt", "M_o": "mốt", "TB": "trung bình", "x̄": "trung bình", "TBC": "trung bình",
    "GTLN": "giá trị lớn nhất", "GTNN": "giá trị nhỏ nhất", "dư": "số dư",
}  # fmt: skip
_SIGN = re.compile(rf"(?<![^\W_])(?:{'|'.join(sorted(_SIGNS, key=len, reverse=True))})(?![^\W\d])")


_NUMBERED = re.compile(
    r"(?i)(?<!\w)(?P<noun>tổ|lớp|đội|vòi|kho|thùng|bể|nhóm|máy|đoạn|khối|người|xe|cửa hàng|đống|bao|can|hộp)(?: (?:số|thứ))? "
    r"(?P<mark>\d{1,2}[a-z]?\d?|nhất|một(?= (?:là|có|chứa|bằng|\d)|:)|hai|ba|tư|[ivx]{1,4}|[a-e])(?!\w)"
)


def numbered(text: str) -> set[str]:
    """The classes, taps, workers of a text that have a number: `vòi1`."""
    return {_numbered_name(one).lower() for one in _NUMBERED.finditer(with_classes(text))}


def _numbered_name(one: re.Match[str]) -> str:
    return one["noun"] + ORDINALS.get(one["mark"].lower(), one["mark"])


_SUM_OF_TERMS = re.compile(r"(?<![^\W_])S_(\d+|n)(?!\w)")
"""`S_10`: the sum of the first ten terms."""
_TERM = re.compile(r"(?<![^\W_])u_(\d{1,3})(?!\w)")
"""`u_10`: the tenth term of a sequence."""


_NO_SPACE = re.compile(rf"(?<=\d)(?=(?:{MEASURE})(?!\w))")
"""Between a number and a unit that touches it: `3m`."""


def with_classes(text: str) -> str:
    """`lớp 7A, lớp 7B` for `lớp 7A, 7B`."""
    return _CLASS_MARK.sub("lớp ", text)


_CLASS_MARK = re.compile(r"(?<![Ll]ớp )(?<![\w,.])(?=\d{1,2}[A-K]\d?(?!\w))")
"""Before `4A`, which is `lớp 4A`."""


_PRODUCT_OF_VECTORS = re.compile(r"(?<![\w.])(?:a ?[.·] ?b|u ?[.·] ?v)(?![\w.])")


def words_of(name: str) -> frozenset[str]:
    """The words of a name, a sign read as what it stands for."""
    apart = _NO_SPACE.sub(" ", re.sub(r"(?i)(?<!\w)một(?!\w)", "1", name))
    apart = with_classes(apart)
    spoken = _SIGN.sub(lambda sign: f"{sign[0]} {_SIGNS[sign[0]]}", apart)
    spoken = re.sub(r"\|[a-z]\|", " môđun ", _PRODUCT_OF_VECTORS.sub(" tích vô hướng ", spoken))
    spoken = _NUMBERED.sub(_numbered_name, _TERM.sub(r"số hạng thứ \1", _SUM_OF_TERMS.sub(r"tổng \1 số hạng đầu", spoken)))
    words = frozenset(comparison_key(spoken).split())
    return words - _COMMON or words
