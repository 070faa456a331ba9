"""Question, reference and a pupil's solution -> a verdict and, for the pupil, its reason in one Vietnamese sentence.

A verdict asks three things: is the value the reference's (`values/comparison.py`), is it in the form that the question asks for
(`question/task.py`), and does the solution stand by it: it says one thing, not two. Strict judging also asks that the written
arithmetic holds (`steps/check.py`); lenient judging says where it does not.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from fractions import Fraction

from mathpal_lightning.evaluation.answer.chosen_letter import OTHER_OPTION
from mathpal_lightning.evaluation.answer.count_and_list import BESIDE
from mathpal_lightning.evaluation.answer.extract import extract_answer, solution_seen, statements_of
from mathpal_lightning.evaluation.answer.parts import each_part, leaves_out_a_part, part_marks
from mathpal_lightning.evaluation.answer.stated_answer import statements
from mathpal_lightning.evaluation.question.items import item_by_item
from mathpal_lightning.evaluation.question.parts import is_proof
from mathpal_lightning.evaluation.question.task import Task, read_task
from mathpal_lightning.evaluation.solution.exact_values import with_exact_values
from mathpal_lightning.evaluation.solution.unfinished import is_unfinished
from mathpal_lightning.evaluation.steps.check import StepReport
from mathpal_lightning.evaluation.values import Quantity
from mathpal_lightning.evaluation.values.comparison import same_answer
from mathpal_lightning.evaluation.values.reading import value_of
from mathpal_lightning.evaluation.verdict.another_subject import asked_part
from mathpal_lightning.evaluation.verdict.answer_first import answer_before_reason
from mathpal_lightning.evaluation.verdict.false_steps import own_false_steps, rests_on_false_step
from mathpal_lightning.evaluation.verdict.form import form_fault, in_order
from mathpal_lightning.evaluation.verdict.names_for_values import lettered, named_by
from mathpal_lightning.evaluation.verdict.results_in_order import results_in_order
from mathpal_lightning.evaluation.verdict.said_of import exchanges_parts
from mathpal_lightning.evaluation.verdict.second_look import exact_value, guided_answer
from mathpal_lightning.evaluation.verdict.short_message import readings
from mathpal_lightning.evaluation.verdict.stance import stands_by
from mathpal_lightning.evaluation.verdict.told_by_name import told_by_name
from mathpal_lightning.evaluation.verdict.two_answers import are_named_in_words
from mathpal_lightning.evaluation.verdict.typed_words import is_unmarked, with_marks
from mathpal_lightning.evaluation.words.answers_in_words import truth
from mathpal_lightning.evaluation.words.told_order import order_runs_as_asked
from mathpal_lightning.schema import Answer, Judgement, Verdict

_COMPUTED = ("trailing", "several", "asked_quantity", "concluded", "compared", "prose", "guided")
"""Rules that take the answer from a computed line, not from a statement of its own."""


def judge(question: str | None, gold_solution: str, solution: str, strict: bool = False) -> Judgement:
    """Judge one solution against the reference solution.

    Args:
        question: the problem; its options and its wording tell how to read both answers and which form is asked for.
        gold_solution: the reference, a whole solution or only its answer.
        solution: what the pupil or the model wrote.
        strict: a solution whose written arithmetic does not hold is wrong; else that is only said in the reason.

    Returns:
        The judgement. Never raises.
    """
    written = with_marks(solution, f"{question} {gold_solution}") if is_unmarked(solution) else solution
    judgement = _as_solution(question, gold_solution, written, strict)
    gold, answer = judgement.gold_answer, judgement.answer
    if judgement.verdict == "correct" or gold is None or answer is not None and not _fault(read_task(question), gold, answer):
        return judgement
    read = (_as_solution(question, gold_solution, said, strict) for said in readings(written, question or "", gold_solution))
    return next((judged for judged in read if judged.verdict == "correct"), judgement)


def _as_solution(question: str | None, gold_solution: str, solution: str, strict: bool) -> Judgement:
    """The verdict over a text read as a solution: by its statement, by what else it may mean, by its parts."""
    gold, answer = extract_answer(gold_solution, question), extract_answer(solution, question)
    seen = solution_seen(gold_solution, question)
    if gold is None or seen is not None and leaves_out_a_part(gold, seen):
        return Judgement("gold_unreadable", None, answer, "Máy không đọc được đáp số trong lời giải mẫu.")
    if answer is not None and solution == gold_solution:
        return Judgement("correct", gold, answer, "Đúng.")
    judgement = _judged(question, gold, gold_solution, answer, solution, strict)
    if judgement.verdict == "correct":
        return judgement
    again = (_judged(question, gold, gold_solution, told, solution, strict) for told in _told(question, gold, answer, solution))
    found = next((judged for judged in again if judged.verdict == "correct"), None)
    if found := found or _right_by_part(question, gold_solution, solution, strict):
        return found
    exact = with_exact_values(solution, question or "")
    judged = judge(question, gold_solution, exact, strict) if exact != solution else judgement
    return judged if judged.verdict == "correct" else judgement


def _right_by_part(question: str | None, gold_solution: str, solution: str, strict: bool) -> Judgement | None:
    """The verdict over a solution whose parts a) b) c), each judged alone against the reference's part, are all right."""
    seen, known = solution_seen(solution, question), solution_seen(gold_solution, question)
    if seen is None or known is None or is_unfinished(solution) or _exchanged_parts(seen.question, gold_solution, solution):
        return None
    wanted = {label: part for label, part in each_part(known).items() if not is_proof(part.question)}
    own = {label: part for label, part in each_part(seen).items() if label in wanted}
    if len(wanted) < 2 or own.keys() != wanted.keys():
        return None
    judged = [judge(part.question, wanted[label].text, part.text, strict) for label, part in own.items()]
    if any(one.verdict != "correct" for one in judged):
        return None
    gold, answer = (_of_parts(own, side) for side in ([one.gold_answer for one in judged], [one.answer for one in judged]))
    if form_fault(read_task(seen.question), gold, answer):
        return None
    false_steps = tuple(step for one in judged for step in one.false_steps)
    return Judgement("correct", gold, replace(answer, rule="parts"), "Đúng.", false_steps)


def _of_parts(labels: Iterable[str], answers: Iterable[Answer | None]) -> Answer:
    labelled = (replace(answer, label=label) for label, answer in zip(labels, answers, strict=True) if answer)
    return Answer("multi", parts=tuple(labelled), ordered=True)


def _told(question: str | None, gold: Answer, answer: Answer | None, solution: str) -> Iterator[Answer]:
    """What else a solution may mean: an exact value beside its rounded one, an answer before its reason, named results.

    Where nothing is stated, and the rules found nothing of the reference's kind, also what the last line tells.
    """
    seen = solution_seen(solution, question)
    if seen is not None and answer is not None and (exact := exact_value(seen, answer)):
        yield exact
        return
    if seen is None or is_unfinished(solution) or part_marks(seen) or statements(seen).states:
        return
    if first := answer_before_reason(seen, gold):
        yield replace(first, rule="guided")
    is_of_other_kind = answer is not None and answer.kind in ("point", "interval", "relation", "choice")
    if not is_of_other_kind and (named := told_by_name(seen, named_by(seen.question, gold))):
        yield replace(named, rule="guided")
    if listed := results_in_order(seen, gold):
        yield replace(listed, rule="guided")
    if answer is not None and _of_one_kind(gold, answer):
        return
    told = guided_answer(seen, gold)
    if told and not (answer is not None and gold.kind != "multi" and _names_another(answer, told, seen.question)):
        yield replace(told, rule="guided")


def _names_another(answer: Answer, told: Answer, question: str) -> bool:
    """Whether several values have names in words, and another one is asked for or said last: `Trung bình là 9, mốt là 8`."""
    if not are_named_in_words(answer):
        return False
    return asked_part(answer, question) is not answer or not same_answer(answer.parts[-1], told, question)


def _of_one_kind(gold: Answer, answer: Answer) -> bool:
    """Whether the rules found something of the reference's kind: as many values, a relation, a number in the same unit."""
    if answer.kind == "point":
        return len(gold.parts) == answer.text.count(";") + 1 or gold.kind == "point"
    if "multi" in (gold.kind, answer.kind):
        return len(gold.parts) == len(answer.parts)
    if "choice" in (gold.kind, answer.kind) or "text" in (gold.kind, answer.kind):
        return False
    wanted, given = value_of(gold), value_of(answer)
    if isinstance(wanted, Quantity) and isinstance(given, Quantity):
        return wanted.unit == given.unit
    return type(wanted) is type(given)


def _judged(
    question: str | None, gold: Answer, gold_solution: str, answer: Answer | None, solution: str, strict: bool
) -> Judgement:
    """The verdict over one answer that a solution may have meant."""
    if answer is None:
        return Judgement("no_answer", gold, None, "Em chưa viết đáp số.")
    task = read_task(question)
    if answer.kind == "multi" and gold.kind not in ("multi", "choice", "point"):
        answer = asked_part(answer, task.question)
    report = own_false_steps(gold_solution, solution)
    fault = (
        _fault(task, gold, answer)
        or _other_option(gold, answer)
        or _other_detail(gold, answer)
        or _exchanged_parts(task.question, gold_solution, solution)
        or stands_by(task, gold, answer, statements_of(solution, question), statements_of(gold_solution, question))
    )
    if not fault and answer.rule in _COMPUTED and rests_on_false_step(report, answer):
        fault = f"Phép tính ở dòng {report.lines[-1]} sai"
    if not fault and strict and report.failing:
        fault = f"Đáp số đúng, nhưng phép tính ở dòng {report.lines[0]} sai"
    reason = fault or _remark(gold, answer, report)
    return Judgement("wrong" if fault else "correct", gold, answer, f"{reason}.", report.failing)


def grade(question: str | None, gold_solution: str, predicted_solution: str) -> tuple[Verdict, Answer | None, Answer | None]:
    """The lenient verdict of `judge`, the reference's answer and the predicted one."""
    judgement = judge(question, gold_solution, predicted_solution)
    return judgement.verdict, judgement.gold_answer, judgement.answer


def _fault(task: Task, gold: Answer, answer: Answer) -> str:
    """Why an answer is not the reference's; empty where it is."""
    if task.ordered:
        if answer.kind == "relation" and not order_runs_as_asked(answer.text, task.question):
            return "Em sắp xếp chưa đúng thứ tự"
        gold, answer = in_order(gold), in_order(answer)
    elif gold.kind == answer.kind == "multi" and _are_unnamed(gold, answer) and item_by_item(task.question, len(gold.parts)):
        gold, answer = replace(gold, ordered=True), replace(answer, ordered=True)
    gold, answer = (lettered(task.question, named_by(task.question, side)) for side in (gold, answer))
    if gold.kind == answer.kind == "text" and (said := truth(task.question, answer.text)):
        wanted = truth(task.question, gold.text)
        return "" if said == wanted or not wanted and _same(gold, answer, task) else "Đáp số chưa đúng"
    exact = task.digits is not None
    if not (_rounded(task, gold, answer) if exact else _same(gold, answer, task)):
        return _difference(gold, answer, task)
    if _is_doubted(task, gold, answer):
        return "Em mới nêu một số gần đúng"
    return form_fault(task, gold, answer)


def _are_unnamed(gold: Answer, answer: Answer) -> bool:
    """Whether only their places tell the values apart; the coordinates of a point tell their own."""
    return not any(part.label or part.kind == "point" for part in (*gold.parts, *answer.parts))


def _other_option(gold: Answer, answer: Answer) -> str:
    """`C. 345` where the option C says 450; a reference that does so as well excuses it."""
    contradicts = OTHER_OPTION in answer.notes and OTHER_OPTION not in gold.notes
    return "Chữ cái em chọn và nội dung em viết không khớp nhau" if contradicts else ""


def _other_detail(gold: Answer, answer: Answer) -> str:
    """`4 ước nguyên tố là 4, 9, 5, 7` where the reference lists others, `cân tại B` where it says `cân tại A`."""
    wanted, given = ({note for note in side.notes if note.startswith(BESIDE)} for side in (gold, answer))
    return "Đáp số đúng nhưng điều em viết kèm theo chưa đúng" if wanted and given and wanted != given else ""


def _exchanged_parts(question: str, gold_solution: str, solution: str) -> str:
    """`a) Giá bán là ...`, where b) asks for the price; a reference that does so as well excuses it."""
    own, known = (exchanges_parts(text, question) for text in (solution, gold_solution))
    return "Em viết đáp số của câu này sang câu khác" if own and not known else ""


def _same(gold: Answer, answer: Answer, task: Task) -> bool:
    """The value is the reference's; only the reference, or the question, may allow a rounded one."""
    return same_answer(gold, answer if gold.rounded or task.rounds else _exact(answer), task.question)


def _exact(answer: Answer) -> Answer:
    value = answer.meaning
    meaning = replace(value, about="") if isinstance(value, Quantity) else value
    return replace(answer, rounded=False, meaning=meaning, notes=tuple(note for note in answer.notes if note != "about"))


def _rounded(task: Task, gold: Answer, answer: Answer) -> bool:
    """Where digits are named, the answer is the reference to the digit, or the reference rounded to them."""
    if same_answer(_exact(gold), _exact(answer), task.question):
        return True
    if "multi" in (gold.kind, answer.kind) or "choice" in (gold.kind, answer.kind):
        return False
    wanted, given = value_of(gold), value_of(answer)
    if not isinstance(wanted, Quantity) or not isinstance(given, Quantity) or task.digits is None:
        return False
    scale = Fraction(10) ** task.digits
    nearest = Fraction(int(abs(wanted.value) * scale + Fraction(1, 2))) / scale * (1 if wanted.value >= 0 else -1)
    return given.value == nearest and given.unit in (wanted.unit, "")


def _is_doubted(task: Task, gold: Answer, answer: Answer) -> bool:
    """`khoảng 16` where the reference says 16 and nothing is to be rounded."""
    value = answer.meaning
    whole = isinstance(value, Quantity) and "." not in value.written and "/" not in value.written
    about = isinstance(value, Quantity) and value.about not in ("", "≈") or "about" in answer.notes
    doubted = about or whole and answer.rounded
    return doubted and not gold.rounded and not task.rounds


def _difference(gold: Answer, answer: Answer, task: Task) -> str:
    """What a pupil should look at first."""
    if gold.kind == "multi":
        if answer.kind != "multi" or len(answer.parts) < len(gold.parts):
            return "Em còn thiếu đáp số"
        if len(answer.parts) > len(gold.parts):
            return "Em viết thừa đáp số"
        unordered = [sorted(part.text for part in side.parts) for side in (gold, answer)]
        return "Em sắp xếp hoặc gán giá trị chưa đúng" if unordered[0] == unordered[1] else "Có đáp số chưa đúng"
    if answer.kind == "multi":
        return "Em viết nhiều đáp số, đề bài chỉ hỏi một"
    if gold.kind == "choice" and answer.kind == "choice":
        return "Em chọn chưa đúng"
    wanted, given = (None if side.kind == "choice" else value_of(side) for side in (gold, answer))
    if isinstance(wanted, Quantity) and isinstance(given, Quantity):
        if wanted.value == given.value and wanted.unit != given.unit:
            return "Đơn vị chưa đúng"
        if task.digits is not None:
            return "Em chưa làm tròn đúng yêu cầu"
    if isinstance(wanted, Quantity) and answer.kind == "text":
        return "Em chưa viết rõ một đáp số"
    return "Đáp số chưa đúng"


def _remark(gold: Answer, answer: Answer, report: StepReport) -> str:
    """What is said of a right answer."""
    if report.failing:
        return f"Đúng, nhưng phép tính ở dòng {report.lines[0]} sai"
    if "multi" not in (gold.kind, answer.kind) and "choice" not in (gold.kind, answer.kind):
        wanted, given = value_of(gold), value_of(answer)
        if isinstance(wanted, Quantity) and isinstance(given, Quantity) and wanted.unit not in ("", "%") and not given.unit:
            return "Đúng, nhưng thiếu đơn vị" if wanted.measure else "Đúng, nhưng thiếu tên đơn vị đếm"
    return "Đúng"
