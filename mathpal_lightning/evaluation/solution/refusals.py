"""Where a solution says that it does not solve the problem."""

from __future__ import annotations

import re
from collections.abc import Sequence

from mathpal_lightning.evaluation.language.rules import Sign, any_of

WAVERINGS = (
    Sign(
        "it is not known which one",
        r"(?:không|chưa) (?:biết|rõ|chắc)(?: chắn)?(?: là| rằng)? (?:cách|cái|kết quả|số|đáp (?:số|án)) nào",
        "Em không biết cách nào đúng.",
    ),
    Sign(
        "wavering",
        r"(?:không|chẳng|chả) biết nữa|phân vân|lưỡng lự|(?<!\w)cũng có thể (?:là |bằng |ra )-?\d",
        "Em còn phân vân.",
    ),
)
"""Whoever says so has no answer, whatever else stands there."""
REFUSALS = (
    *WAVERINGS,
    Sign(
        "it cannot be solved",
        r"(?:không|chưa) (?:thể (?:tính|giải|xem|nhìn|xác định|trả lời)|(?:nhìn )?thấy (?:\w+ )?(?:hình|ảnh|đề)"
        r"|đủ (?:dữ kiện|thông tin|dữ liệu)|có (?:hình|nội dung|đề bài))",
        "Em không thể giải bài này vì đề mờ.",
    ),
    Sign(
        "a teacher's note on marks",
        r"(?<!nếu )(?:hs|học sinh) [^.\n]{0,60}(?:điểm|\d ?đ)(?!\w)",
        "HS làm đúng cho đủ 2 điểm.",
    ),
    Sign(
        "the pupil shall do it",
        r"(?:em|bạn|con) (?:hãy |cứ |nên )?(?:thử |tự ){1,2}(?:làm|tính|giải|viết|hoàn thành)(?: bài)? (?:tiếp|nốt|thử)"
        r"(?! (?:bài|các|những|câu))",
        "Em hãy tự làm tiếp nhé.",
    ),
    Sign(
        "two possible results",
        r"có thể (?:là |bằng |ra )?-?\d[^.\n]{0,40} có thể (?:là |bằng |ra )?-?\d",
        "Kết quả có thể là 5, có thể là 6",
    ),
    Sign(
        "something is missing",
        r"thiếu (?:dữ kiện|dữ liệu|hình|thông tin)|(?:vui lòng|hãy) (?:bổ sung|cung cấp|gửi|chép)",
        "Đề bài thiếu dữ kiện.",
    ),
    Sign(
        "where to look it up", r"(?:tham khảo|xem)[^.\n]{0,30} (?:trang \d+|sgk|sách)", "Các em tham khảo ví dụ 2 trang 16 SGK."
    ),
    Sign("the pupils' own work", "học sinh tự (?!luyện|kiểm|ôn)", "Học sinh tự vẽ hình."),
    Sign("a model speaks of itself", "mô hình ngôn ngữ", "Tôi là một mô hình ngôn ngữ."),
)


def pattern(signs: Sequence[Sign]) -> re.Pattern[str]:
    """One pattern of a table."""
    return re.compile(f"(?i){any_of(signs)}")


_REFUSES, _WAVERS = pattern(REFUSALS), pattern(WAVERINGS)


def refuses(text: str) -> bool:
    """Whether the end of a text says that the problem cannot be solved as it stands: a picture or a number is missing."""
    return _REFUSES.search(text[-400:]) is not None


def wavers(text: str) -> bool:
    """Whether the end of a text says that its writer does not know which of several answers is right."""
    return _WAVERS.search(text[-400:]) is not None
