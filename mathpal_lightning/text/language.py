"""Is this Vietnamese? Does it hold mathematics? Does it need a picture? Simple rules, measured on real exam rows.

Each answers for one text, explains itself in its docstring and costs microseconds: they count rows for a report and
refuse them, so a reader must be able to predict them.
"""

from __future__ import annotations

import re

from mathpal_lightning.text.normalize import PICTURE

_VIETNAMESE_LETTER = re.compile(r"[ăâđêôơưĂÂĐÊÔƠƯáàảãạắằẳẵặấầẩẫậéèẻẽẹếềểễệíìỉĩịóòỏõọốồổỗộớờởỡợúùủũụứừửữựýỳỷỹỵ]", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]{2,}")
_VIETNAMESE_SHARE = 0.25

_MATHEMATICS = re.compile(
    r"\d|\\frac|\\sqrt|[=<>≤≥≈√%]"
    r"|(?i:\b(?:phân số|số thập phân|hỗn số|diện tích|chu vi|thể tích|tam giác|hình (?:vuông|tròn|thang|thoi|chữ nhật)"
    r"|hình lập phương|phương trình|tỉ số|tỷ số|phần trăm|vận tốc|quãng đường|trung bình cộng|ước số|bội số|chia hết)\b)"
)

_LINK = re.compile(r"!\[[^\]\n]*\]\(|<img\b|" + re.escape(PICTURE))
_POINTING = re.compile(
    r"(?i)\b(?:hình (?:vẽ|bên|dưới|trên|sau|minh họa|minh hoạ)|(?:như|trong|theo|quan sát|xem) hình (?:vẽ|bên|dưới|trên|sau|\d)"
    r"|(?:hình|tia số|đồ thị) (?:dưới đây|bên dưới|sau đây|ở dưới|bên|dưới)"
    r"|phần (?:được )?(?:tô (?:đậm|màu|xám)|gạch (?:chéo|sọc)))\b"
)
_POINTING_AT_A_TABLE = re.compile(r"(?i)\b(?:biểu đồ|bảng|sơ đồ) (?:dưới đây|bên dưới|sau đây|ở dưới|bên|dưới)\b")
_TABLE = re.compile(r"(?:^ *(?:\|.*\|.*|[^:\n]{1,40}: *[\d■●▲★◆].*)(?:\n|$)){2}", re.MULTILINE)
"""Two lines of a table or of a chart as text: `| Lan | 5 |`, `Lan: 5 quyển`, `Lan: ■ ■`."""


def is_vietnamese(text: str) -> bool:
    """Whether a text is written in Vietnamese: a quarter of its words carry a letter that only Vietnamese has.

    In running Vietnamese about two words in three do; English, French and Vietnamese typed without diacritics stay under
    one in ten. A text without words (`x = 5`) is in no foreign language: it counts as Vietnamese.
    """
    words = _WORD.findall(re.sub(r"\\[a-zA-Z]+|https?://\S+|</?\w+>|&\w+;", " ", text))
    marked = sum(1 for word in words if _VIETNAMESE_LETTER.search(word))
    return not words or len(words) < 3 or marked >= _VIETNAMESE_SHARE * len(words)


def holds_mathematics(text: str) -> bool:
    """Whether a text holds a digit, a mathematical sign or one of the words a mathematics problem is made of."""
    return _MATHEMATICS.search(text) is not None


def needs_picture(question: str) -> bool:
    """Whether a question cannot be solved without its picture.

    It holds a link to one, or points at one ("hình bên"). Where it points at a table or a chart ("bảng dưới đây"), the text may
    hold that itself.
    """
    if _LINK.search(question) is not None or _POINTING.search(question) is not None:
        return True
    return _POINTING_AT_A_TABLE.search(question) is not None and _TABLE.search(question) is None
