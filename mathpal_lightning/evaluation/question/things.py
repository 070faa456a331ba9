"""The things that a question asks for, where it asks for more than one: `Tính chu vi và diện tích`, `mấy gà, mấy vịt`.

things   = ask (sentence end ask)*
ask      = ("tính" | "tìm" | ...) thing (("," | "và" | "rồi") thing)*  |  clause with "bao nhiêu"
thing    = the name of a quantity ("diện tích sân trường", "số gà", "ƯCLN")
"""

from __future__ import annotations

import re
from functools import lru_cache

from mathpal_lightning.evaluation.language.clauses import outside_brackets
from mathpal_lightning.evaluation.mathematics.units import MEASURE, Unit, parse_unit
from mathpal_lightning.evaluation.question.formulas import asking_text
from mathpal_lightning.evaluation.question.options import option_texts

MAX_THINGS = 6
_CONDITION = re.compile(
    r"(?i)[,;]? ?(?<!\w)(?:(?<!cho )biết|nếu|(?<!và )cho biết|(?<!suất )để|khi|với|tại|sao cho|trong đó"
    r"|cho(?= [A-ZĐ]\w* [=là]))(?!\w)"
    r"(?:(?!,? (?:và|rồi) (?:tính|tìm) )[^?])*"
)
_SENTENCE = re.compile(r"(?<=[^\s.][.?!])\s+|(?<=[.?!][\"”])\s+|(?<=\.\.\.) (?=[A-ZĐ])|\n+")
_VERB = re.compile(
    r"(?i)^(?:\W|(?:câu|bài) \d+[^\W\d]?\W|[a-h1-9][.)] |(?:em|hãy|các em|và|rồi|từ đó|sau đó) )*"
    r"(?:tính|tìm|xác định|hỏi|viết(?= số liền| phân số (?:chỉ|biểu thị|biểu diễn)))"
    r"(?: xem)?(?:,| ?:)? (?=\w)|(?<=[,;:] )(?:hỏi|tìm|tính(?! (?:đến|từ|cả|phần|cho|theo))) (?=\w)"
    r"|(?<=[\s.,;])[b-h]\) (?:tính|tìm|hỏi) (?=\w)"
)
_JOINT = re.compile(
    r"(?i) ?(?:,(?!\d)|;)(?: (?:và|rồi|sau đó))?(?: (?:tính|tìm))? | và (?:tính |tìm |xác định |cho biết |nêu )?"
)
_NEXT_VERB = re.compile(r"(?i) và (?:tính|tìm|xác định|cho biết) (?=(?:[^\W\d_]|[A-Z]{1,3}\b))")
"""Between two things that have a verb each: `Tìm công bội q và tính u_6`."""
_LONE = (
    r"tổng|hiệu|tích|thương|t[ỉỷ] số|(?:số )?trung bình(?: cộng)?|ƯCLN|BCNN|ước chung lớn nhất|bội chung nhỏ nhất"
    r"|giá trị (?:lớn|nhỏ|bé) nhất|số liền (?:trước|sau)"
)
_QUANTITY = re.compile(
    rf"(?:các |độ dài |số đo |sđ )?"
    rf"(?:(?i:{_LONE}|chu vi|diện tích|thể tích|(?:độ |chiều )(?:dài|rộng|cao)|đường (?:cao|kính|chéo)"
    r"|kết quả (?:ước lượng|đúng|chính xác)|(?:(?:tọa|toạ) độ )?(?:đỉnh|trung điểm|trọng tâm)|trục đối xứng"
    r"|phân số (?:chỉ|biểu thị|biểu diễn)|bán kính|cường độ|nhiệt lượng|hiệu điện thế|điện (?:trở|năng)|chu kì|gia tốc"
    r"|tiệm cận|công (?:bội|sai|suất)|bậc|khoảng (?:đồng|nghịch) biến"
    r"|điểm trung bình|phần (?:thực|ảo)|cạnh|số(?! đó)|góc|cung|tuổi"
    r"|giá(?! trị biểu)|vận tốc|thời gian"
    r"|quãng đường|trung vị|mốt|tứ phân vị"
    r"|cường độ|hiệu điện thế|điện trở|nhiệt lượng|công suất|gia tốc|tốc độ|chu k[ìỳ]|áp suất|động năng|thế năng|bước sóng"
    r"|phương sai|độ lệch chuẩn|khối lượng|nhiệt độ|xác suất|mô ?-?đun|tần (?:số|suất)|GTLN|GTNN|sin|cos|tan|cot)"
    r"(?![^\W\d_])|(?:[A-Z]{1,3}|S_\w+|[a-z](?:_\d{1,3})?)(?![\w']))"
)
"""How the name of a quantity begins."""
_TOGETHER = re.compile(
    r"(?i)(?<!\w)(?:tổng|hiệu|(?<!diện )(?<!thể )tích|thương|t[ỉỷ] (?:số|lệ)|trung bình|giữa|chung|cả|hai|các|khoảng cách"
    r"|so sánh|[ƯU]CLN|BCNN|ước(?! lượng)|bội|theo|gồm|có|bởi|từ|(?<!điện )(?<!chạy )qua|hơn|kém)(?!\w)"
)
"""Words that make one thing of the two behind them: `tổng của số gà và số vịt`."""
_HOW_MANY = re.compile(r"(?i)(?<!\w)(?:bao (?:nhiêu|lâu|xa)|mấy|(?<=là )số nào)(?!\w)")
_GIVEN = re.compile(
    rf"(?i)(?!.*(?<!\w)(?:thứ|đầu|của|dãy|trên|trong|có"
    rf"|hình|tam giác|khối|bể|thùng|hộp|mảnh|thửa|khu)(?!\w))[^\d=]{{1,25}}(?:= ?)?-?\d[\d.,/ ]*(?:{MEASURE}|°)?"
    r"|[^=]{1,8}=.*"
)
"""`góc 90°`, `b = 320`: what is known."""
_AGAIN = re.compile(r"(?i)[^\W\d_]+(?: [^\W\d_]+)? (?:đó|này|ban đầu|đã cho|cần tìm)")
"""`số đó`: what was named before."""
_IN_ALL = re.compile(r"(?i)(?<!\w)(?:tất cả|tổng cộng|cùng)(?!\w)")
_ONE_AMOUNT = re.compile(r"(?i)(?:bao nhiêu|mấy) [^\W\d_]+(?:-[^\W\d_]+)*(?: và)? ?$")
"""`mấy giờ mấy phút`: one time."""
_CLAUSE = re.compile(r"(?i),(?!\d) | và | còn | rồi |[;:] ")
_EACH = re.compile(
    r"(?i)(?:(?<!\w)(?:(?:tính|tìm|hỏi|bao nhiêu)(?!\w)(?: nếu [^.?\n]{1,60} thì)?|nếu [^.?\n]{1,60} thì(?!\w))"
    r"|(?:^|[.?!] )(?=mỗi [^.?\n]*(?:bao nhiêu|mấy)))"
    r"(?:(?!(?<!\w)(?:biết|nếu|lúc đầu|ban đầu|dự định|theo kế hoạch)(?!\w))[^.?\n]){0,120}?(?<!\w)mỗi "
    r"(?:người|bạn|anh|em|lớp|tổ|đội|kho|loại|vòi|số|đoạn|góc|nhóm|khối|trường|phân xưởng|thửa|bể|ngăn|cạnh|máy|xe|ô tô)(?!\w)"
)
_DIFFER = re.compile(
    r"(?i)(?<!\w)(?:hơn|kém|gấp|bằng \d+/\d+|t[ỉỷ] (?:số|lệ)|hiệu|chênh lệch|một mình|riêng|bằng \d[\d,]* lần)(?!\w)"
)
_SHARED = re.compile(r"(?i)(?<!\w)(?:đều|bằng nhau|như nhau|như thế|chia (?:cho|thành|vào)|(?:xe|ô tô) chở)(?!\w)")
_TWO = re.compile(
    r"(?i)(?:tìm|tính) (?:hai|ba|2|3) (?:phân )?số(?! [^.?\n]*(?:tận cùng|hạng))"
    r"|thứ mấy[^\n]* thứ mấy(?! trong tuần)|giao điểm [^.?\n]*(?:Ox[^.?\n]* và [^.?\n]*Oy|(?:hai|các) trục)"
)


def asks_for_several(question: str) -> bool:
    """Whether a question surely asks for several things: by their names, of each of some that differ, or two numbers."""
    if option_texts(question):
        return False
    two = _TWO.search(asking_text(question)) or WHICH_AND_HOW_MUCH.search(asking_text(question))
    return _asks_for_each(question) or two is not None or len(_things(question)) > 1


WHICH_AND_HOW_MUCH = re.compile(
    r"(?i)(?<!\w)(?:ai|nào) [^.?]{0,60}(?:nhất\? [^?]{0,80}|(?:nhất|hơn)(?!\w)(?: [^.?,]{0,30})?(?:,|,? và|,? rồi) [^?]{0,80})"
    r"(?:bao nhiêu|mấy)[^?]*\?"
)
"""`Lớp nào quyên góp được nhiều nhất? Lớp đó hơn lớp ít nhất bao nhiêu quyển?`, `Ai cao hơn và cao hơn mấy cm?`."""


def counts_several(question: str) -> bool:
    """Whether a question asks `how many` more than once: `bao nhiêu quyển vở, bao nhiêu cái bút`."""
    return len(_HOW_MANY.findall(asking_text(question))) > 1


@lru_cache(maxsize=64)
def things_asked(question: str) -> tuple[str, ...]:
    """The names of the things that a question surely asks for, in its order; empty where it asks for one, or offers options.

    >>> things_asked("Hình chữ nhật dài 5 cm, rộng 3 cm. Tính chu vi và diện tích hình đó.")
    ('chu vi', 'diện tích hình đó')
    """
    if option_texts(question):
        return ()
    return _things(question) or _of_named(question)


_EXTREMES = re.compile(
    r"(?i)(?:lập|viết|tìm)(?: được)? (?P<one>số [^,.?]{0,60}?(?:lớn|bé|nhỏ) nhất)(?:,| và)"
    r" (?P<other>số [^,.?]{0,60}?(?:lớn|bé|nhỏ) nhất)(?![^?]*(?:rồi|và|sau đó) (?:tính|tìm))"
)
"""`hãy lập số có ba chữ số lớn nhất và số có ba chữ số bé nhất`."""
_WHEN_TOO = re.compile(
    r"(?i)(?P<what>[^,.?]{4,80}?) (?:bao nhiêu|mấy) [^\W\d_]+(?:-[^\W\d_]+)* và [^,.?]{0,20}?"
    r"(?P<when>thời điểm|lúc)(?: nào| mấy)"
)
"""`đạt độ cao lớn nhất bao nhiêu mét và vào thời điểm nào`."""


def _things(question: str) -> tuple[str, ...]:
    if both := _EXTREMES.search(question):
        return tuple(f"số {both[side].split()[-2]} nhất" for side in ("one", "other"))
    if both := _WHEN_TOO.search(question):
        return both["what"].strip(), both["when"]
    sentences = [sentence for sentence in _SENTENCE.split(asking_text(question)) if sentence.strip()]
    things = [thing for sentence in sentences for thing in _in_sentence(sentence.strip(), sentence is sentences[-1])]
    found = tuple(dict.fromkeys(thing for thing in things if thing and not (things[0] != thing and _AGAIN.fullmatch(thing))))
    found = found if len(found) > 1 else _of_each(question)
    return found if 2 <= len(found) <= MAX_THINGS else ()


def measured(thing: str) -> Unit | None:
    """The unit in which a thing is asked for: km of `ô tô đi được km`."""
    last = re.search(r"(?<=[^\W\d_] )[^\W\d_]{2,}(?:-[^\W\d_]+)*(?:\^[23])?$", thing)
    return parse_unit(last[0]) if last else None


_FAMILY = re.compile(r"(?<!\w)(?:[Mm]ẹ|[Cc]on|[Bb]ố|[Cc]ha|[Aa]nh|[Ee]m|[Cc]hị|[Ôô]ng|[Bb]à|[Cc]háu)(?!\w)")
_NAMED = re.compile(
    r"(?:(?i:tổ|lớp|đội|vòi|kho|thùng|bể|nhóm|máy|đoạn|khối|người|xe|góc|cửa hàng)(?: thứ)? "
    r"(?:\d{1,2}[A-Z]?\d?|nhất|hai|ba|tư|[A-E]|[IVX]{1,3})"
    r"|(?<=[^\W\d_] )[A-ZĐ][^\W\d_]+|[A-ZĐ][^\W\d_]+(?= và [A-ZĐ]|, [A-ZĐ])"
    r"|(?<=[^\W\d_], )(?!Hỏi|Tính|Tìm|Biết|Nếu|Khi)[A-ZĐ][^\W\d_]+)(?![^\W_])"
)


_PERSON = rf"(?:{_NAMED.pattern}|[A-ZĐ][^\W\d_]+(?!\w))"
_OF_NAMED = re.compile(
    rf"(?:[Tt]ính|[Tt]ìm|[Hh]ỏi)(?P<what>(?:(?!biết|nếu)[^.?\n]){{0,60}}?(?<!\w))"
    rf"(?P<names>{_PERSON}(?:, {_PERSON}){{0,4}},? và {_PERSON})(?P<rest>[^.?\n,]*)(?:,? biết [^?\n]*)?[.?]?\s*$"
)


def _of_named(question: str) -> tuple[str, ...]:
    """The names that stand side by side: `tổ 2`, `tổ 3` of `Tính số cây tổ 2 và tổ 3 trồng`."""
    asked = _OF_NAMED.search(asking_text(question))
    if asked is None or _TOGETHER.search(f"{asked['what']} {asked['rest']}") or _SHARED.search(asked["rest"]):
        return ()
    return tuple(name[0] for name in re.finditer(_PERSON, asked["names"]))


def _of_each(question: str) -> tuple[str, ...]:
    """The persons, classes, taps of which each is asked about: `An`, `Bình` where it is asked what `mỗi bạn` has."""
    if not _asks_for_each(question):
        return ()
    named = {name[0].lower(): name[0] for name in _NAMED.finditer(question)}
    family = dict.fromkeys(name[0].lower() for name in _FAMILY.finditer(question))
    return tuple(named.values() if len(named) > 1 else family)


def _asks_for_each(question: str) -> bool:
    each = _EACH.search(asking_text(question)) is not None
    return each and _DIFFER.search(question) is not None and not _SHARED.search(question)


_ESTIMATE = re.compile(r"(?i)^(?:[a-h]\) )?ước lượng (?=kết quả|tích|tổng|hiệu|thương)(?=.*(?:đúng|chính xác))")


_BOTH_WAYS = re.compile(r"(?:các )?khoảng (đồng biến|nghịch biến)(?:,| và) (?:khoảng )?(đồng biến|nghịch biến)")


def _in_sentence(sentence: str, is_last: bool) -> list[str]:
    sentence = _BOTH_WAYS.sub(r"khoảng \1, khoảng \2", sentence)
    sentence = _ESTIMATE.sub("Tính kết quả ước lượng của ", sentence)
    verbs = list(_VERB.finditer(sentence))
    asks = bool(verbs) or is_last or sentence.endswith("?")
    if asks and (places := _HOW_MANY.findall(sentence)):
        clause = (sentence[verbs[0].end() :] if verbs else sentence).strip(" .?")
        listed = len(places) == 1 and _QUANTITY.match(clause) and not _IN_ALL.search(clause)
        return _listed(_CONDITION.sub("", _HOW_MANY.sub("", clause))) if listed else _counted(clause)
    if not verbs:
        return []
    ends = [verb.start() for verb in verbs[1:]] + [len(sentence)]
    asked = (sentence[verb.end() : end] for verb, end in zip(verbs, ends, strict=True))
    return [thing for names in asked for thing in _listed(_CONDITION.sub("", names).strip(" .?"))]


_SAME_NOUN = re.compile(r"(?i)(?:bao nhiêu|mấy) (?P<noun>[^\W\d_]+) [^\W\d_]+ và (?P<other>(?P=noun) [^\W\d_]+)$")
"""`mỗi nhóm có bao nhiêu bạn nam và bạn nữ`."""


def _counted(clause: str) -> list[str]:
    """The clause of each `bao nhiêu`, without it: `còn thừa quả` of `còn thừa mấy quả`."""
    things: list[str] = []
    begin = 0
    places = list(_HOW_MANY.finditer(clause))
    for at, place in enumerate(places):
        end = places[at + 1].start() if at + 1 < len(places) else len(clause)
        if at + 1 < len(places) and _ONE_AMOUNT.fullmatch(clause[place.start() : end]):
            continue
        joint = _CLAUSE.search(clause, place.end(), end) if at + 1 < len(places) else None
        if at + 1 < len(places) and joint is None:
            continue
        close = joint.start() if joint else len(clause)
        said = _HOW_MANY.sub("", clause[begin:close])
        name = _CONDITION.sub("", said) or said
        both = _SAME_NOUN.search(clause, begin, close)
        name = re.sub(r"\s+", " ", name).strip(" ,;:?.")
        things.extend([name.removesuffix(f" và {both['other']}"), both["other"]] if both else [name])
        begin = joint.end() if joint else end
    return things


_ITS_OWN = re.compile(r"(?i)(?:góc giữa|khoảng cách (?:từ|giữa)|điểm trung bình|mô ?-?đun)(?!\w)")
_OF_SEVERAL = re.compile(r"(?i)(?:tổng|hiệu|thương|t[ỉỷ] số|so sánh)(?!\w)")
"""`Tính tích vô hướng của hai vectơ và góc giữa chúng` asks for two things, `tổng của ... và ...` for one."""


def _listed(names: str) -> list[str]:
    """The quantities that are named side by side; one where a word makes one thing of them."""
    if re.match(r"[^:]{2,40}: ", names) and not _QUANTITY.match(names):
        return []  # `Tính mật độ: rừng có 4 500 cây ...`: the heading of a problem
    if len(apart := _NEXT_VERB.split(names)) > 1 and not re.search(r"(?i)cho biết [^,;]*=", names):
        return [thing for name in apart if not re.match(r"(?i)quy luật|cách", name) for thing in _listed(name)]
    pieces = outside_brackets(names, _JOINT)
    things = pieces[:1] if _QUANTITY.match(pieces[0]) else [""]
    for piece in pieces[1:]:
        lone = re.fullmatch(rf"(?i)(?:{_LONE})(?: ?\([^()]*\))?", things[-1].strip())
        adjective = re.match("số ", things[0]) and piece.islower() and re.fullmatch(r"[^\W\d_]+", piece)
        if (
            things[-1]
            and _ITS_OWN.match(piece)
            and not _OF_SEVERAL.match(things[-1])
            or (adjective or _QUANTITY.match(piece))
            and not _GIVEN.fullmatch(piece)
            and things[-1]
            and (lone or not _TOGETHER.search(things[-1]))
        ):
            things.append(piece)
        else:
            things[-1] = f"{things[-1]} và {piece}" if things[-1] else ""
    return [thing.strip(" .,:") for thing in things] if things[0] else [names.strip()]
