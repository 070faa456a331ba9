"""Run folders as a fit leaves them, made in milliseconds: generated problems, their solutions and typical mistakes."""

import json
from dataclasses import asdict
from pathlib import Path

from mathpal_lightning.curriculum import generate_problems
from mathpal_lightning.evaluation import judge
from mathpal_lightning.evaluation.scores.problem_set import change, verdicts_of
from mathpal_lightning.schema import GradedSample, Problem

GRADES = [4, 5]
WRONG = "Em không biết làm bài này. <script>alert(1)</script>"
CONFIG = "model:\n  model_name: offline-gemma\n  learning_rate: {rate}\ndata:\n  train: problems.jsonl\n"


def sample(problem: Problem, right: bool, step: int) -> GradedSample:
    """One solution of a problem, judged as an evaluation judges it."""
    solution = problem.solution if right else next(iter(problem.mistakes), WRONG) if step else WRONG
    judgement = judge(problem.question, problem.solution, solution)
    assert (judgement.verdict == "correct") is right
    answers = [answer.canonical() if answer else None for answer in (judgement.gold_answer, judgement.answer)]
    return GradedSample(
        problem.question, problem.solution, solution, *answers, None, judgement.verdict, problem.topic, step,
        judgement.strict_verdict, judgement.reason,
    )  # fmt: skip


def with_test(folder: Path, solved: int, problems: int = 60) -> Path:
    """Add the scores of a test: the first `solved` of `problems` that no training has seen are right."""
    drawn = generate_problems(problems, seed=2, grades=GRADES, split="test")
    lines = [{"moment": "test"} | asdict(sample(problem, place < solved, 40)) for place, problem in enumerate(drawn)]
    text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
    (folder / "test_samples.jsonl").write_text(text, encoding="utf-8")
    summary = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
    summary["evaluation"]["test"] = {"problems": problems, "accuracy": solved / problems, "no_answer": 0.0}
    (folder / "summary.json").write_text(json.dumps(summary, ensure_ascii=False), encoding="utf-8")
    return folder


def with_other_problems(folder: Path, file: str = "samples.jsonl") -> Path:
    """Let the problems in a file of a run be others than those of every other made run."""
    text = (folder / file).read_text(encoding="utf-8")
    (folder / file).write_text(text.replace('"question": "', '"question": "Bài khác: '), encoding="utf-8")
    return folder


def made_run(folder: Path, problems: int = 60, before: int = 6, after: int = 40, rate: float = 1e-3) -> Path:
    """A run whose model solves the first `before` problems before training and the first `after` ones after it."""
    folder.mkdir(parents=True)
    drawn = list(generate_problems(problems, seed=1, grades=GRADES))
    moments = {
        moment: [sample(problem, place < solved, step) for place, problem in enumerate(drawn)]
        for moment, solved, step in (("before", before, 0), ("after", after, 40))
    }
    lines = [{"moment": moment} | asdict(each) for moment, samples in moments.items() for each in samples]
    text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
    (folder / "samples.jsonl").write_text(text, encoding="utf-8")
    scores = {
        moment: {"problems": problems, "accuracy": solved / problems, "no_answer": 0.0}
        for moment, solved in (("before", before), ("during", after), ("after", after))
    }  # fmt: skip
    scores["after"]["change"] = change(*(verdicts_of(moments[moment]) for moment in ("before", "after")))
    check = {
        "artefact": "merged",
        "name": "KL against the trained model",
        "value": 0.001,
        "bound": "<= 0.02",
        "likely_cause": "",
    }
    summary = {
        "data": {"train": {"read": 100, "kept": 90, "tokens": 9000, "refused": {"empty_solution": 10}}},
        "evaluation": scores,
        "training": {
            "steps": 40, "tokens": 9000, "supervised_tokens": 6000, "packing_density": 0.95, "training_seconds": 60.5,
            "tokens_per_second": 148.8, "peak_memory_gb": 1.25, "mfu": 0.41, "time_split": {"forward": 20.0, "backward": 40.5},
        },
        "export": {"checks": [check | {"ok": True}]},
        "seconds": 90.0,
    }  # fmt: skip
    (folder / "summary.json").write_text(json.dumps(summary, ensure_ascii=False), encoding="utf-8")
    (folder / "config.yaml").write_text(CONFIG.format(rate=rate), encoding="utf-8")
    rows = [f"{step},{3 / (1 + step / 10):.3f},{'' if step % 10 else 0.5},{100 + step}" for step in range(0, 40, 2)]
    (folder / "metrics.csv").write_text("\n".join(["step,train/loss,val/exact_match,tokens/s", *rows]) + "\n", encoding="utf-8")
    return folder
