"""A pupil's own solution, and what is said of it: its lines checked, its answer held against the model's agreed one.

Nothing here knows where the model's attempts come from; the arithmetic needs no model at all.
"""

from __future__ import annotations

from collections.abc import Sequence

from mathpal_lightning.evaluation import extract_answer, judge
from mathpal_lightning.evaluation.question.computed import answer_fits
from mathpal_lightning.evaluation.scores.votes import Attempt, agreeing, choose
from mathpal_lightning.schema import Answer
from mathpal_lightning.serving.honest import LineCheck
from mathpal_lightning.serving.written import Event, Written
from mathpal_lightning.typeset import typeset_text

ATTEMPTS, ENOUGH = 4, 3
"""How many attempts are made, and how many of them must have the same answer before a pupil's answer is judged by it."""
NO_QUESTION = "Em chưa ghi đề bài, nên máy chỉ kiểm tra phép tính, không chấm đáp số."
NOT_SURE = "Máy chưa chắc lời giải của mình là đúng và đủ, nên không chấm đáp số của em. Em hỏi thầy cô nhé."
NO_MODEL = "Máy giải bài đang bận, nên bây giờ chỉ kiểm tra được phép tính."
_FITS = "Đáp số của em khớp với kết quả máy tính lại từ đề bài."
_MISFIT = "Đáp số của em không khớp với kết quả máy tính lại từ đề bài. Em xem lại cách giải nhé."
_CHECKED = "Phép tính ở {} dòng có dấu ✓ là đúng. Cách giải thì máy chưa kiểm tra được."
_NOTHING = "Máy chưa tìm thấy phép tính nào để kiểm tra. Em viết phép tính dạng 12 + 5 = 17 nhé."
_FIRST_WRONG = "Chỗ sai đầu tiên ở dòng {}: {}. Em sửa dòng này rồi xem lại các dòng sau nhé."


def lines_of_work(question: str, work: str) -> list[Event]:
    """The events that need no model.

    Args:
        question: the normalised problem; empty where the pupil gives none.
        work: the pupil's normalised solution.

    Returns:
        {"question": html}, the events of each line as `Written` gives them, {"first_wrong": number of the line} where one is
        false, and {"checks": text}.
    """
    written = Written()
    events: list[Event] = [{"question": typeset_text(question)}] if question else []
    events += [event | {"sure": False} for event in written.read(work) if "line" in event]
    if wrong := [number for number, check in enumerate(written.checked.checks) if check.wrong]:
        events.append({"first_wrong": wrong[0]})
    return [*events, {"checks": summary_of_work(written.checked.checks)}]


def summary_of_work(checks: list[LineCheck]) -> str:
    """What was checked in a pupil's solution; the first false line with why.

    >>> summary_of_work([LineCheck(True), LineCheck(True, "20 + 7 = 27, không phải 22")])
    'Chỗ sai đầu tiên ở dòng 2: 20 + 7 = 27, không phải 22. Em sửa dòng này rồi xem lại các dòng sau nhé.'
    """
    for number, check in enumerate(checks, 1):
        if check.wrong:
            return _FIRST_WRONG.format(number, check.wrong)
    count = sum(check.checked for check in checks)
    return _CHECKED.format(count) if count else _NOTHING


def computed_verdict(question: str, work: str) -> Event | None:
    r"""What is said of the answer to a direct question, whose value is known without the model; None for every other one.

    >>> computed_verdict("Tìm 60% của 60.", "60 × 60 : 100 = 36\nĐáp số: 36")["right"]
    True
    """
    fits = answer_fits(question, extract_answer(work, question))
    return None if fits is None else {"verdict": _FITS if fits else _MISFIT, "right": fits}


def verdict_of(question: str, work: str, attempts: Sequence[Attempt]) -> Event:
    """What is said of the pupil's answer: only if enough attempts agree on one that is as full, with arithmetic that holds.

    Args:
        question: the problem.
        work: the pupil's solution.
        attempts: the model's.

    Returns:
        {"verdict": text, "right": true, false, or null where it is not judged}. The right answer is not told.
    """
    place = choose(attempts, "majority_that_holds")
    agree, agreed, own = agreeing(attempts, place), attempts[place].answer, extract_answer(work, question)
    is_fuller = agreed is not None and own is not None and _has_more(own, agreed)
    if agree < ENOUGH or not attempts[place].holds or is_fuller:
        return {"verdict": NOT_SURE, "right": None}
    judged = judge(question, attempts[place].solution, work)
    if judged.verdict == "gold_unreadable":
        return {"verdict": NOT_SURE, "right": None}
    found = f"đáp số mà {agree} trên {len(attempts)} lần giải của máy cùng tìm ra"
    match judged.verdict:
        case "correct":
            return {"verdict": f"Đáp số của em giống {found}.", "right": True}
        case "no_answer":
            return {"verdict": "Em chưa viết đáp số. Em thêm dòng “Đáp số: …” nhé.", "right": None}
    return {"verdict": f"Đáp số của em khác {found}. {judged.reason} Em xem lại cách giải nhé.", "right": False}


def _has_more(own: Answer, agreed: Answer) -> bool:
    """Whether the model may have left out a part, or told it in words only: the pupil has more values."""
    sizes = [(len(leaves), sum(leaf.kind != "text" for leaf in leaves)) for leaves in (_leaves(own), _leaves(agreed))]
    return any(mine > its for mine, its in zip(*sizes, strict=True))


def _leaves(answer: Answer) -> list[Answer]:
    return [leaf for part in answer.parts for leaf in _leaves(part)] or [answer]
