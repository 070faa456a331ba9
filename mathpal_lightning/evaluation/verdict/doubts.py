"""The words by which a solution denies or doubts its own answer, in tables: each with an example."""

from __future__ import annotations

from mathpal_lightning.evaluation.language.doubt import GUESSES
from mathpal_lightning.evaluation.language.rules import Sign
from mathpal_lightning.evaluation.words.told_order import HIGH, LOW

DENIALS = (
    Sign(
        "no, not",
        r"(?<!\w)(?:không|chẳng|chưa|đâu|đừng)(?: thể)? (?:phải|bằng|đúng|chọn|là)(?!\w)",
        "Kết quả không phải 16",
    ),
    Sign(
        "is wrong",
        r"(?:(?<!\w)là (?:(?:kết quả|đáp án|đáp số|câu trả lời) )?|,|\() ?(?:sai|không đúng|chưa đúng)\W*$",
        "16 bạn là sai",
    ),
    Sign("wrong behind a number", r"(?<=\d) sai\W*$|(?<=nghiệm) sai\W*$", "x = 5 sai"),
    Sign("there is none", r"(?<!\w)không có (?:nghiệm |giá trị )?[a-z] ?= ?-?\d", "Không có x = 1 hay x = 3"),
    Sign("a value that is rejected, and no other one", r"^[^=]*=[^=]*\((?:bị )?loại\)\W*$", "m = -2 + √10 (loại)"),
)
POSSIBLY = Sign("possibly", r"(?<!\w)có thể(?: là(?!\w)| bằng(?!\w)|(?= -?\d))", "Kết quả có thể là 16")
ASKS = Sign("a question", r"\?\W*$", "Kết quả là 16?")
DOUBTS = (
    POSSIBLY,
    Sign("a guess", GUESSES, "Chắc là 16"),
    Sign(
        "or none", r"(?<!\w)(?:hoặc|hay)(?: là)? (?:không (?:có|tồn tại)|vô nghiệm)(?!\w)", "Giới hạn bằng 2 hoặc không tồn tại"
    ),
    Sign("or else", r"(?<!\w)(?:nếu |bằng )?không thì(?= [^.;]{0,30}\d)", "Kết quả là 61, nếu không thì 16"),
    Sign(
        "a range",
        r"(?<!\w)(?:là|được|ra|bằng|có|cần) từ \d[\d ]* (?:đến|tới) \d[\d ]*(?: [^\W\d_]+){0,5}\W*$",
        "Chia được từ 8 đến 16 phần",
    ),
    Sign("or so", r"\d[^\d.;,=]{0,14} (?:gì đó|gì gì|là cùng|đổ (?:lên|lại)|trở (?:lên|xuống))\W*$", "Được 16 cái gì đó"),
    Sign("more than that", rf"\d ?(?:(?!{'|'.join((*LOW, *HIGH))})[^\W\d_]+ )?(?:hơn|mấy)\W*$", "Được 16 cái hơn"),
    ASKS,
)
