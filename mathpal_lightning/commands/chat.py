"""`mathpal chat`: questions from the terminal or a pipe, solutions as they are written."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

from mathpal_lightning.commands.bounds import LEAST_CONTEXT, require_at_least
from mathpal_lightning.errors import DataError, ModelError
from mathpal_lightning.evaluation.scores.votes import choose, read_attempt
from mathpal_lightning.llama_cpp import Ending, LlamaCpp, LlamaSettings, watch_llama
from mathpal_lightning.serving import find_gguf, read_question, run_of
from mathpal_lightning.serving.choosing import NONE_HOLDS, Plan, agreement
from mathpal_lightning.serving.honest import NO_MATHEMATICS, REPEATS, asks_for_mathematics, repeats
from mathpal_lightning.serving.marks import Marks
from mathpal_lightning.serving.settings import plan_of

_QUOTES = '"""'
_OBEYED = {code: None for code in (*range(32), *range(127, 160)) if chr(code) != "\n"}
"""Control characters that a model may write and a terminal would obey."""


def chat(
    run: Path,
    context: int = 4096,
    threads: int | None = None,
    llama_server: Path | None = None,
    votes: int | None = None,
) -> None:
    '''Solve problems in the terminal: one line is one problem, lines between """ and """ are one too. Ctrl-D leaves.

    Each problem stands alone, as in training. The arithmetic of each line is checked: ✓ where it is true, ✗ with what it should
    be where it is not, and such a problem is solved again. Also from a pipe: `mathpal chat lop5 < problems.txt`.

    Args:
        run: A run folder, whose best GGUF is asked, or a .gguf file.
        context: The tokens of a question and its solution.
        threads: Threads of llama.cpp; by default its own choice.
        llama_server: An installed llama-server; by default the package xllamacpp, then a llama-server on the PATH.
        votes: Attempts at each problem; one is shown whose answer most attempts share. By default those of the run's
            config (`evaluation.votes`); where that is 1, up to 4 where the arithmetic of the first one is wrong.

    Raises:
        ModelError: There is no GGUF, or llama.cpp cannot load it, or it broke off and left solutions incomplete.
        ConfigError: There is no llama.cpp, or a number is below its least.
    '''
    require_at_least(1, votes=votes, threads=threads)
    require_at_least(LEAST_CONTEXT, context=context)
    gguf = find_gguf(run)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # it leaves no llama-server behind
    sys.stdin.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]  # only TextIO's stub lacks it
    plan = plan_of(run_of(run).read_config(), votes)
    settings = LlamaSettings(gguf, gguf.stem, context, threads=threads, program=llama_server)
    broken = 0
    try:
        with watch_llama(settings, _tell) as watched:
            for question in questions(_typed_lines() if sys.stdin.isatty() else sys.stdin):
                broken += not _answer(watched.wait_for_client(), question, plan)
    except KeyboardInterrupt:
        print()
    except BrokenPipeError:  # `| head` has seen enough; Python would complain once more when it flushes
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    if broken:
        raise ModelError(
            "llama.cpp to write every solution to its end",
            f"{broken} that it broke off",
            "Ask those again. A smaller --context needs less memory.",
        )


def questions(lines: Iterable[str]) -> Iterator[str]:
    r"""Lines -> questions: one a line, or all lines between triple quotes; empty ones are passed over.

    >>> list(questions(["2 + 3 = ?", "", "\"\"\"Tính:", "a) 4 x 5", "\"\"\""]))
    ['2 + 3 = ?', 'Tính:\na) 4 x 5\n']
    """
    block: list[str] | None = None
    for line in lines:
        text = line.strip()
        if block is None and text.startswith(_QUOTES):
            block, text = [], text.removeprefix(_QUOTES)
        if block is None:
            yield from [text] if text else []
            continue
        block.append(text.removesuffix(_QUOTES))
        if text.endswith(_QUOTES):
            yield "\n".join(block)
            block = None
    if block:
        yield "\n".join(block)


def _typed_lines() -> Iterator[str]:
    """Lines that a person types, with the arrow keys where Python has them."""
    if find_spec("readline"):
        import readline  # noqa: F401 (input() uses it)
    print(f"Gõ đề bài rồi nhấn Enter; đề dài nhiều dòng đặt giữa {_QUOTES} và {_QUOTES}. Ctrl-D để thoát.")
    while True:
        try:
            yield input("\nĐề bài: ")
        except EOFError:
            print()
            return


def _answer(llama: LlamaCpp, question: str, plan: Plan) -> bool:
    """Print the solution as it is written, and another one where it is doubtful; False where llama.cpp broke off.

    A question that cannot be read is said to be so, and the next one comes.
    """
    try:
        asked = read_question(question)
        if asks_for_mathematics(asked):
            solution, doubtful = _written(llama, asked)
            if plan.most > 1 and (plan.always or doubtful):
                _think_again(llama, asked, plan, solution, doubtful)
            print(flush=True)
        else:
            print(NO_MATHEMATICS, end="\n\n", flush=True)
    except DataError as error:
        print(f"mathpal: {error}", file=sys.stderr)
    except BrokenPipeError:  # of our own output: nobody reads it any more
        raise
    except ConnectionError:
        print("\n[...]\n", flush=True)
        print("mathpal: llama.cpp broke off in this solution.", file=sys.stderr)
        return False
    return True


def _written(llama: LlamaCpp, question: str) -> tuple[str, bool]:
    """Print the greedy solution with its marks; returns it, and whether it is doubtful."""
    marks, end = Marks(question), "\n[...]"
    with closing(llama.solve(question)) as pieces:
        for piece in pieces:
            if isinstance(piece, Ending):
                end = "" if piece.stopped else end
                break
            print(marks.add(piece.translate(_OBEYED)), end="", flush=True)
            if repeats(marks.text):
                print(f"{marks.end()}\n{REPEATS}", flush=True)
                return marks.text, True
    print(f"{marks.end()}{end}", flush=True)
    print(marks.checked.summary, flush=True)
    return marks.text, marks.checked.is_wrong


def _think_again(llama: LlamaCpp, question: str, plan: Plan, solution: str, doubtful: bool) -> None:
    """Draw further attempts, and print the one that is chosen where it is not the first."""
    first = read_attempt(question, solution)
    attempts = [replace(first, holds=first.holds and not doubtful)]
    while len(attempts) < plan.most and (plan.always or not attempts[-1].holds):
        if sys.stderr.isatty():
            _tell(f"solving again, {len(attempts) + 1} of at most {plan.most}")
        settings = {"temperature": plan.temperature, "seed": len(attempts)}
        pieces = [piece for piece in llama.solve(question, settings) if isinstance(piece, str)]
        attempts.append(read_attempt(question, "".join(pieces).translate(_OBEYED)))
    place = choose(attempts, plan.rule)
    if place:
        marks = Marks(question)
        print(f"\nLần giải thứ {place + 1}:\n{marks.add(attempts[place].solution)}{marks.end()}")
        print(marks.checked.summary)
    print(agreement(attempts, place))
    if not attempts[place].holds:
        print(NONE_HOLDS.format(len(attempts)))


def _tell(line: str) -> None:
    print(f"mathpal: {line}", file=sys.stderr, flush=True)
