"""What the page shows for k = 1, 2, 4, 8 attempts at a problem: exact match, how far a green box may be trusted, waiting time.

    python -m tests.benchmarks.measure_tutor --gguf outputs/quickstart/gguf/model-q8_0.gguf --problems 60 --threads 1
    python -m tests.benchmarks.measure_tutor --gguf ... --problems 60 --skip 60 --majority 4,8      more of them

Each problem goes through the events of the page, before a llama.cpp of its own. Further attempts are drawn only where the first
solution fails, so the other problems count the same for every k; those that fail are solved anew for each k.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import time
from collections.abc import AsyncIterator
from dataclasses import asdict, dataclass
from pathlib import Path

from mathpal_lightning.curriculum import generate_problems
from mathpal_lightning.evaluation import judge
from mathpal_lightning.llama_cpp import LlamaCpp, LlamaSettings, start_llama
from mathpal_lightning.serving import SLOTS
from mathpal_lightning.serving.choosing import Plan
from mathpal_lightning.serving.desk import Desk
from mathpal_lightning.serving.events import solution_events
from mathpal_lightning.serving.question import read_question

TOPICS = (
    *("price_of_several", "rectangle_perimeter", "sum_and_difference", "percent_of_number", "division_with_remainder"),
    "linear_equation",
)
"""Those of the quickstart."""
ATTEMPTS = (1, 2, 4, 8)


@dataclass(frozen=True)
class Steady:
    """A llama.cpp that nobody watches."""

    client: LlamaCpp | None


@dataclass(frozen=True)
class Shown:
    """What a pupil sees in the end."""

    right: bool
    green: bool
    doubtful: bool
    """The first solution held false arithmetic or went in circles."""
    first_line_s: float
    seconds: float


async def show(desk: Desk, question: str, gold: str, plan: Plan) -> Shown:
    """Solve one problem as the page does."""
    began, first_line, lines, green, doubtful = time.monotonic(), 0.0, {}, False, False
    async for event in solution_events(desk, "measure", read_question(question), plan):
        if "attempt" in event:
            lines, green = {}, False
        if "line" in event:
            first_line = first_line or time.monotonic() - began
            lines[event["line"]] = str(event["text"])
            green |= bool(event["sure"])
        if "wrong" in event:
            green = False
        doubtful |= "wrong" in event or "lặp" in str(event.get("note"))
    text = "\n".join(lines.values())
    right = judge(question, gold, text).verdict == "correct"
    return Shown(right, green, doubtful, first_line, time.monotonic() - began)


async def measure(llama: LlamaCpp, problems: list[tuple[str, str]], majority: list[int]) -> AsyncIterator[tuple[str, Shown]]:
    """For each k what is shown of every problem: k attempts where the first one is doubtful, and k always."""
    desk = Desk(SLOTS, 16_384)
    desk.llama = Steady(llama)
    async with desk.opened():
        for question, gold in problems:
            first = await show(desk, question, gold, Plan(1))
            for most in ATTEMPTS:
                again = most > 1 and first.doubtful
                yield f"at most {most}", await show(desk, question, gold, Plan(most)) if again else first
            for most in majority:
                yield f"majority of {most}", await show(desk, question, gold, Plan(most, always=True))


def row(name: str, shown: list[Shown]) -> dict[str, object]:
    """One row of the table."""
    green = [one for one in shown if one.green]
    seconds = sorted(one.seconds for one in shown)
    again = [one.seconds for one in shown if one.doubtful]
    match = sum(one.right for one in shown) / len(shown)
    return {
        "attempts": name,
        "problems": len(shown),
        "exact_match": round(match, 4),
        "standard_error": round((match * (1 - match) / len(shown)) ** 0.5, 4),
        "green": round(len(green) / len(shown), 4),
        "green_but_wrong": sum(not one.right for one in green),
        "first_line_s": round(statistics.median(one.first_line_s for one in shown), 2),
        "median_s": round(statistics.median(seconds), 2),
        "p90_s": round(seconds[int(0.9 * (len(seconds) - 1))], 2),
        "mean_of_doubtful_s": round(statistics.fmean(again), 2) if again else 0.0,
    }


def read(file: Path) -> dict[str, list[Shown]]:
    """What earlier calls and this one have measured."""
    found: dict[str, list[Shown]] = {}
    for line in file.read_text(encoding="utf-8").splitlines():
        one = json.loads(line)
        found.setdefault(one.pop("plan"), []).append(Shown(**one))
    return found


async def main() -> None:
    """Add the problems to the file, and print one row of JSON for each k over all that it holds."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--gguf", type=Path, required=True)
    parser.add_argument("--problems", type=int, default=60)
    parser.add_argument("--skip", type=int, default=0, help="problems that an earlier call measured")
    parser.add_argument("--majority", type=lambda text: [int(part) for part in text.split(",")], default=[])
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, default=Path("tutor.jsonl"), help="a line a problem and plan; calls add to it")
    asked = parser.parse_args()
    count = asked.skip + asked.problems
    made = list(generate_problems(count, seed=asked.seed, topics=TOPICS, levels=[1], split="test"))[asked.skip :]
    problems = [(problem.question, problem.solution) for problem in made]
    settings = LlamaSettings(asked.gguf, "measured", 16_384, SLOTS, shared=True, threads=asked.threads)
    with start_llama(settings) as llama, asked.out.open("a", encoding="utf-8") as out:
        async for name, shown in measure(llama, problems, asked.majority):
            out.write(json.dumps({"plan": name, **asdict(shown)}) + "\n")
            out.flush()
    for name, shown in read(asked.out).items():
        print(json.dumps(row(name, shown)))


if __name__ == "__main__":
    asyncio.run(main())
