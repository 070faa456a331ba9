"""Is this Vietnamese? Does it hold mathematics, need a picture, state an answer? Simple rules, measured on real exam rows.

Each function looks at one text and takes microseconds. The report counts rows by them and refuses rows by them, so the rules
are simple enough for a reader to predict the result.
"""

from __future__ import annotations

import re

from mathpal_lightning.text.markup import PICTURE

_VIETNAMESE_LETTER = re.compile(r"[ăâđêôơưĂÂĐÊÔƠƯáàảãạắằẳẵặấầẩẫậéèẻẽẹếềểễệíìỉĩịóòỏõọốồổỗộớờởỡợúùủũụứừửữựýỳỷỹỵ]", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]{2,}")
_VIETNAMESE_SHARE = 0.25
_SIGN = r"[-+*/=^×·<>(]"
_FORMULA = re.compile(
    rf"\\[a-zA-Z]+|\w*[\d²³]\w*|\b(?:[a-zA-Z]|[A-Z]{{2,4}})\b|(?:(?<={_SIGN})|(?<={_SIGN} ))[a-zA-Z]{{2,4}}\b"
    rf"|\b[a-zA-Z]{{2,4}}(?= ?{_SIGN})"
)
"""LaTeX commands, runs with a digit, unknowns, points, and short runs beside a sign: `2xy²`, `ABCD`, `- xy`, `(kg)`."""

_MATHEMATICS = re.compile(
    r"\d|\\frac|\\sqrt|[=<>≤≥≈√%²³]"
    r"|(?i:\b(?:phân số|số thập phân|hỗn số|biểu thức|đa thức|diện tích|chu vi|thể tích|tam giác|góc (?:nhọn|vuông|tù|bẹt)"
    r"|hình (?:vuông|tròn|thang|thoi|chữ nhật|lập phương)|khối (?:gì|nào|lập phương|hộp|cầu|trụ|nón)"
    r"|phương trình|tỉ số|tỷ số|phần trăm|vận tốc|quãng đường|trung bình cộng|ước số|bội số|chia hết)\b)"
)

_ASKED = re.compile(
    r"\b(?:bao nhiêu|mấy|tính|tìm|giải|so sánh|chứng minh|rút gọn|đổi|viết|vẽ|xếp|điền|tổng|hiệu|tích|thương|gấp|nửa|chục|trăm"
    r"|nghìn|triệu|một|hai|ba|bốn|năm|sáu|bảy|tám|chín|mười)\b",
    re.IGNORECASE,
)
"""Words of problems without a digit: "An có ba quả táo, ăn một quả. Hỏi còn mấy quả?"."""

_TALK = re.compile(
    r"(?i)\b(?:thứ mấy|mấy giờ rồi|mấy tuổi rồi|(?:bạn|mày|cậu|máy|thầy|cô|chị|anh) (?:bao nhiêu|mấy) tuổi|người yêu"
    r"|bài (?:văn|thơ|hát)|đoạn văn|câu chuyện|kể chuyện|sinh năm nào|sự kiện|thủ đô|là ai|ở đâu|tiếng (?:anh|việt|pháp|trung)"
    r"|(?:bỏ qua|quên) (?:mọi|tất cả|các|những|hết)? ?(?:hướng dẫn|chỉ dẫn|mệnh lệnh|lệnh|yêu cầu|quy tắc))\b"
    r"|\bignore (?:all |any |the |your )*(?:previous|prior|above|instructions|rules)\b|\bsystem prompt\b"
)
_TOLD = re.compile(r"(?i)\b(?:thứ (?:hai|ba|tư|năm|sáu|bảy)|chủ nhật|trung bình|chu vi|diện tích|phân số|phần trăm|hỏi)\b")
"""A problem in the words of a talk: `Hôm nay là Chủ nhật. Ngày mai là thứ mấy?`"""
_CODE = re.compile(
    r"^\s*(?:import \w|from \w+ import|def \w+\(|for \w+ in |while |if __name__|print\(|console\.|function |var |const "
    r"|#include|</?(?:script|html|body|div|img|style|iframe)\b|<\?php|<!doctype"
    r"|(?:SELECT|INSERT|UPDATE|DELETE|DROP) )"
)
_COMPUTABLE = re.compile(r"\d\W{0,20}(?:[-+×*:/^<>=%²³]|x(?=\W{0,20}\d)|\?(?=\W{0,20}\d))|[√<>=≤≥]\W{0,20}\d|\\[a-z]+")
"""A digit beside a sign: `12345`, `=` and `1` alone ask for nothing. Runs are bounded, so that time is linear in a text."""

_ANSWER = re.compile(r"(?:[#*>\- ]*)(?:đáp số|đáp án|kết quả)\b", re.IGNORECASE)
_LINK = re.compile(
    r"!\[[^\[\]\n]*\]\(|!\[\[|<img\b|<image>|\\includegraphics\b|\\begin\{tikzpicture\}|\[asy\]|" + re.escape(PICTURE)
)
_NO_FIGURE = "".join(f"(?<!{word} )" for word in ("màn", "mô", "truyền", "địa", "cấu", "đội", "loại", "tình", "vô", "tượng"))
_LAID = r"(?! (?:tờ|giấy|bảng|bàn|tường|bìa|vải|sân|mặt|nền))"
"""`các hình trên bảng` are not above in the text."""
_POINTING = re.compile(
    rf"(?i)\b(?:{_NO_FIGURE}hình (?:vẽ|bên|dưới|trên{_LAID}|sau|minh họa|minh hoạ)"
    rf"|(?:như|trong|theo|quan sát|xem) hình (?:vẽ|bên|dưới|trên{_LAID}|sau|\d)"
    rf"|(?:{_NO_FIGURE}hình|tia số|đồ thị) (?:dưới đây|bên dưới|sau đây|ở dưới|bên|dưới))\b"
)
_SHADED = re.compile(r"(?i)\bphần (?:được )?(?:tô (?:đậm|màu|xám)|gạch (?:chéo|sọc))\b")
_SHADED_IN_WORDS = re.compile(r"(?i)\b(?<!phần )(?<!phần được )(?:tô (?:đậm|màu|xám)|gạch (?:chéo|sọc))\b[^.,?\n]{0,30}\d")
"""`An tô màu 3/8 băng giấy`: the text itself says which part is shaded."""
_POINTING_AT_A_TABLE = re.compile(r"(?i)\b(?:biểu đồ|bảng|sơ đồ) (?:dưới đây|bên dưới|sau đây|ở dưới|bên|dưới)\b")
_SYMBOLS = "\u25a0-\u25ff\u2600-\u26ff\u2700-\u27bf\U0001f300-\U0001faff"
"""Geometric shapes, signs, dingbats and emoji, of which charts are made."""
_TABLE = re.compile(rf"(?:^ *(?:\|.*\|.*|[^:\n]{{1,40}}: *[\d{_SYMBOLS}].*)(?:\n|$)){{2}}", re.MULTILINE)
"""Two lines of a table or of a chart as text: `| Lan | 5 |`, `Lan: 5 quyển`, `Lan: ■ ■`, `Lan: ♥ ♥`."""


def is_vietnamese(text: str) -> bool:
    """Whether a text is written in Vietnamese: at least a quarter of its words contain a letter that only Vietnamese has.

    In Vietnamese prose about two words in three do. In English, in French and in Vietnamese typed without diacritics it is
    fewer than one in ten. A text with fewer than three words (`x = 5`) counts as Vietnamese.
    """
    words = _WORD.findall(re.sub(r"\\[a-zA-Z]+|https?://\S+|</?\w+>|&\w+;", " ", text))
    marked = sum(1 for word in words if _VIETNAMESE_LETTER.search(word))
    return not words or len(words) < 3 or marked >= _VIETNAMESE_SHARE * len(words)


def without_formulas(text: str) -> str:
    """A text without the letters of its formulas, which belong to no language.

    >>> without_formulas("Vậy A = 2xy² - xy").split()
    ['Vậy', '=', '-']
    """
    return _FORMULA.sub(" ", text)


def holds_mathematics(text: str) -> bool:
    """Whether a text contains a digit, a mathematical sign or a mathematical term such as `chu vi`."""
    return _MATHEMATICS.search(text) is not None


def asks_for_mathematics(question: str) -> bool:
    """Whether a question may be a problem; only what surely is none, such as a greeting, is kept from the model.

    >>> asks_for_mathematics("Hôm nay là thứ mấy?"), asks_for_mathematics("Hôm nay là thứ Ba. Ngày mai là thứ mấy?")
    (False, True)
    """
    if _CODE.search(question):
        return False
    if re.search(r"[^\W\d_]", question) is None:
        return _COMPUTABLE.search(question) is not None
    if _TALK.search(question) and len(re.findall(r"\d+", question)) < 2 and _COMPUTABLE.search(question) is None:
        return _TOLD.search(question) is not None
    return holds_mathematics(question) or _ASKED.search(question) is not None


def shows_picture(text: str) -> bool:
    r"""Whether a text holds a link to a picture or the code of one: `![](a.png)`, `\includegraphics{a}`, `[asy]`."""
    return _LINK.search(text) is not None


def needs_picture(question: str) -> bool:
    """Whether a question cannot be solved without its picture.

    Such a question contains a link to a picture, or refers to one ("hình bên"). A question that refers to a table or a chart
    ("bảng dưới đây") needs a picture only if its text does not contain that table or chart.
    """
    if shows_picture(question) or _POINTING.search(question) is not None:
        return True
    if _SHADED.search(question) is not None and _SHADED_IN_WORDS.search(question) is None:
        return True
    return _POINTING_AT_A_TABLE.search(question) is not None and _TABLE.search(question) is None


def states_answer(line: str) -> bool:
    """Whether a line begins as the answer of a solution does: `Đáp số: 36 kg`."""
    return _ANSWER.match(line.strip()) is not None
