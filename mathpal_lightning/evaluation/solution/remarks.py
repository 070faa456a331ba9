"""What stands in a solution beside the mathematics: a model's thoughts, pictures, and notes and offers behind the end."""

from __future__ import annotations

import re
from collections.abc import Sequence

from mathpal_lightning.evaluation.language.characters import has_digit
from mathpal_lightning.evaluation.language.rules import Sign, any_of

_THOUGHT = re.compile(r"<(think|thinking|thought|reasoning)>.*?</\1>", re.DOTALL | re.IGNORECASE)
_OPEN_THOUGHT = re.compile(r"<(?:think|thinking|thought|reasoning)>", re.IGNORECASE)
_PICTURE = (
    "[\U0001f000-\U0001faff\U00002600-\U000027bf\U00002b00-\U00002bff\U0000fe00-\U0000fe0f"
    "\U000025a0-\U000025ff\u23e9-\u23fa\u20e3\u200d]"
)
_PICTURES = re.compile(_PICTURE)
_ENDS_SENTENCE = re.compile(rf"(?<=[\d)\]*$%°²³]) *{_PICTURE}+ *(?=[A-ZĐ][a-zà-ỹ]+ [a-zà-ỹ])")
"""A picture instead of a full stop: `= 18 (viên) ✅ Tuyệt vời`."""
_BEFORE_STOP = re.compile(rf" {{1,3}}{_PICTURE}+(?= {{0,3}}[.,;!?](?: |\n|$))")
_ARROW = re.compile("[\u27f9\u279c\u27a1\u2794\u21d2]")
_CONTROL = re.compile(r"<(?:(?:start|end)_of_turn|[be]os|pad|/?s|\|[a-z_]{2,20}\|)>")
"""Control tokens that a model's text was decoded with."""
_ANNOTATION = re.compile(r"<<[^<>\n]*>>")


def without_thoughts(text: str) -> str | None:
    """The text without `<think>` blocks and control tokens; None where a block is not closed: the solution never began."""
    if "<" not in text:
        return text
    text = _ANNOTATION.sub("", _THOUGHT.sub("", _CONTROL.sub("", text)))
    if _OPEN_THOUGHT.search(text):
        return None
    return re.sub(r"(?is)^.*</(?:think|thinking|thought|reasoning)>", "", text)


def without_pictures(text: str) -> str:
    """Arrows as `⇒`, other pictures gone."""
    text = _BEFORE_STOP.sub("", _ENDS_SENTENCE.sub(". ", _ARROW.sub("⇒", text)))
    return _PICTURES.sub("", text)


REMARKS = (
    Sign(
        "a note",
        r"lưu ý|chú ý|ghi chú|ghi nhớ|mẹo|nhận xét|kiến thức|bài học|tham khảo|nguồn|theo dõi|xem thêm|hết",
        "Lưu ý: nhớ đổi dấu khi chuyển vế nhé!",
    ),
    Sign(
        "what to remember",
        r"em nhớ|các em (?:nhớ|lưu ý)|nhớ rằng|đừng (?:quên|ngại)|nhớ(?= ?:)|công thức (?:chung|cần nhớ|ghi nhớ)",
        "Đừng quên viết đơn vị.",
    ),
    Sign(
        "an explanation of the way", r"giải thích(?: thêm)?|giải nghĩa|phương pháp(?: giải)?|dạng bài", "Giải thích: chuyển vế."
    ),
    Sign(
        "a usual mistake",
        r"sai lầm|nhiều (?:bạn|em|học sinh)(?: \w+){0,3} (?:nhầm|sai)",
        "Sai lầm thường gặp: quên chia cho 2.",
    ),
    Sign("another exercise", r"bài (?:tập )?tương tự|mở rộng|gợi ý|hãy (?:thử|cho)", "Bài tương tự: 7 × 9"),
    Sign(
        "a check",
        r"(?:(?:bé|em|con|bạn|các em) )?(?:có thể )?"
        r"(?:thử (?:lại|nhé|xem|thay)|thử(?= ?:)|kiểm (?:tra(?: lại)?|chứng|nghiệm))",
        "Thử lại: 8 × 7 = 56",
    ),
    Sign("a drawing", r"biểu diễn(?: [^:.\d]{0,30})? trên trục số(?= ?:)", "Biểu diễn tập nghiệm trên trục số:"),
    Sign(
        "an offer",
        r"nếu (?:bạn|em|con|các em|còn|cần|có|muốn|thích)|(?:bạn|em|con) (?:có )?(?:muốn|cần|hiểu|thử)"
        r"|(?:bạn|em|con|các em) có (?:muốn|cần|hiểu|thắc mắc)|cứ hỏi"
        r"|(?:bạn|em|con|các em) (?:có )?còn (?:câu|bài|thắc mắc|phần|chỗ|gì|vướng|ý)"
        r"|(?:mình|tôi|tớ|thầy|cô|chị|anh) (?:có thể|sẵn sàng|sẽ|rất vui) [^=?]*(?:thêm|giúp|giải thích|hướng dẫn|vẽ|khác)"
        r"|(?:em|bạn|con|các em) có thể (?:bấm|dùng|sử dụng|tham khảo|xem|tự (?:kiểm tra|làm|thử))",
        "Nếu còn thắc mắc thì hỏi thầy.",
    ),
    Sign(
        "a question to the reader",
        r"(?:bạn|em|con|các (?:em|bạn)) [^?\d=]{1,60} (?:không|chưa)(?: nào| nhỉ| ạ)?\?|ok (?:nha|nhé|chưa)",
        "Em nắm được cách làm chưa?",
    ),
    Sign("praise", r"giỏi lắm|tốt lắm|làm tốt|tuyệt vời|không có gì|hoàn thành(?=[!.])|hoan hô", "Giỏi lắm!"),
    Sign("a wish or thanks", r"h[yi] vọng|chúc|cảm ơn|cám ơn|xin chào|h[oọ][ck] t[oố]t", "Chúc em học tốt!"),
    Sign(
        "a call for votes",
        r"(?:nhớ )?(?:tick|tik|like|vote|k|t)(?: đúng)?(?= (?:cho|mình|mk|mik|em|tớ|nha|nhé|và))"
        r"|ai (?:giúp|tick|k)|đúng thì|có gì sai|sai (?:thì|chỗ nào)|xon?g (?:r|rồi)"
        r"|(?:các )?(?:bác|mn|mọi người) (?:góp ý|xem)",
        "Tick cho mình nhé",
    ),
    Sign("the number of a page", r"trang \d+\W*$", "Trang 57"),
    Sign(
        "a page's own words",
        r"leave a (?:reply|comment)|giải bài tập (?:sách giáo khoa|sgk)|bình luận|trang chủ|mục lục",
        "Leave a Reply",
    ),
    Sign("an examiner's words", r"chấm(?: điểm)?|biểu điểm|đánh giá|thang điểm", "Thang điểm: 10"),
)
"""How a line begins that is beside the solution."""


def remark_pattern(signs: Sequence[Sign]) -> re.Pattern[str]:
    """One pattern of a table: such a line from its beginning to its end."""
    return re.compile(rf"(?i)^[\W_]*(?:{any_of(signs)})(?![^\W_]).*")


_REMARK = remark_pattern(REMARKS)
_CLAIM = re.compile(r"(?i)đáp (?:số|án)|vậy|kết luận|kết quả|trả lời|chọn|answer|⟦|####")


_SENTENCE_END = re.compile(r"(?<=[\w)}\]°%*⟧∅²³][.!]) +(?=[A-ZĐÂĂÊÔƠƯ])")
_OFFER = re.compile(
    r"(?i)\W*(?:nhớ|cố (?:lên|gắng)|rất (?:đơn giản|dễ)|bạn thấy|tuyệt vời|giỏi lắm|em làm tốt"
    r"|(?:các )?(?:em|bạn|con) (?:(?:hãy|thử|tự|có thể) )+(?:làm|giải|tính)"
    r"|(?:em|bạn|con) (?:đã |vừa |sẽ )?(?:tiết kiệm|được lợi))(?!\w)"
)


def without_offer(line: str) -> str:
    """The line without the wish, tip or offer behind its last sentence: `x = 21. Chúc bạn học tốt!` -> `x = 21.`."""
    sentences = _SENTENCE_END.split(line)
    while len(sentences) > 1 and (_REMARK.fullmatch(sentences[-1]) or _OFFER.match(sentences[-1])):
        sentences.pop()
    return line if len(sentences) < 2 and not _SENTENCE_END.search(line) else " ".join(sentences)


def sentences(line: str) -> list[str]:
    """The sentences of a line."""
    return _SENTENCE_END.split(line)


def last_sentence(line: str) -> str:
    """The last sentence of a line, where it holds a number; else the line."""
    last = _SENTENCE_END.split(line)[-1]
    return last if has_digit(last) else line


def is_remark(line: str) -> bool:
    """Whether a line is a note, a tip or an offer beside the solution."""
    return _REMARK.fullmatch(line) is not None


def without_remarks(lines: list[str]) -> list[str]:
    """The lines without the notes that follow the answer.

    A remark's first line ends the solution where no later line states or concludes anything; else the line alone goes.
    """
    kept: list[str] = []
    for place, line in enumerate(lines):
        remark = _REMARK.fullmatch(line)
        if remark and (closing := _CLOSES_CHECK.search(line)):
            line, remark = line[closing.end() :], None
        if remark is None or not kept and place == 0 and len(lines) == 1:
            kept.append(line)
        elif (
            kept
            and not any(_CLAIM.match(later.lstrip(" *#>-⇒")) for later in lines[place + 1 :])
            and not _goes_on(lines[place + 1 :])
        ):
            break
    return kept


_CLOSES_CHECK = re.compile(
    r"(?i)^[\W_]*(?:thử|kiểm tra)(?![^\W_])[^\n]*?[.;!,⇒] (?=(?:⇒ ?)?(?:vậy|kết luận|do đó|suy ra|đáp số)(?!\w))"
)
"""`Thử lại: chỉ có x = 3 thỏa mãn. Vậy S = {3}.`: the check, and in its line what follows from it."""


def _goes_on(lines: list[str]) -> bool:
    """Whether lines behind a remark compute on."""
    return any(re.search(r"\d ?(?:\([^\d()]*\))?\W*$", line) and "=" in line for line in lines[-2:])
