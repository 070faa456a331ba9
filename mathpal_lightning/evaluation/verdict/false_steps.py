"""Written equalities that do not hold, as far as they count against a solution."""

from __future__ import annotations

import re

from mathpal_lightning.evaluation.steps.check import StepReport, check_steps
from mathpal_lightning.schema import Answer


def own_false_steps(gold_solution: str, solution: str) -> StepReport:
    """The equalities of a solution that do not hold, but for those that the reference writes too."""
    report = check_steps(solution)
    if not report.failing:
        return report
    known = set(check_steps(gold_solution).failing)
    kept = [(step, line) for step, line in zip(report.failing, report.lines, strict=True) if step not in known]
    return StepReport(
        report.checked,
        tuple(step for step, _ in kept),
        report.vietnamese,
        report.units,
        tuple(line for _, line in kept),
        report.last_line,
    )


def rests_on_false_step(report: StepReport, answer: Answer) -> bool:
    """Whether the line that computes the answer does not hold."""
    if not report.failing or report.lines[-1] != report.last_line:
        return False
    number = re.sub(r"[^\d./-]", "", answer.text.split("^")[0])
    right = re.split(r"[=≈]", report.failing[-1])[-1]
    return bool(number) and number in re.sub(r"[ ]", "", right).replace(",", ".")
