"""The pages of `mathpal --help` and `mathpal VERB --help`: examples first, one screen each, without importing torch."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Sequence

from mathpal_lightning import __version__
from mathpal_lightning.cli.named import config_names
from mathpal_lightning.cli.signature import Argument, Signature, read_signature
from mathpal_lightning.cli.verbs import EXAMPLES, FUNCTIONS, LIGHTNING_VERBS, OF_A_RUN, OTHER_VERBS, POSITIONAL
from mathpal_lightning.files import OUTPUTS

WIDTH = 100
_LONGEST_PAGE = 22
"""Flags with a whole sentence each; of more, only the first words are shown."""

_LONGEST_WORDS = 14
"""Of the words that a flag takes, shown beside it; more of them stand in its meaning."""

_TRAINING = (
    ("--config FILE|NAME", "a file, or a config of the package: {configs}"),
    ("--name NAME", "the run folder is OUTPUT_DIR/NAME (--experiment-name is the same)"),
    ("--output_dir DIR", f"where run folders are made [{OUTPUTS}]"),
    ("--data.train ROWS", "a file (.jsonl .csv .xlsx ...), a folder, a pattern, a Hub id, or `generated`"),
    ("--grades 4,5", "of generated problems; also --topics, --levels   (data.generator.grades)"),
    ("--model_name NAME", "offline-gemma, a folder, a .gguf file or a Hub id (model.model_name)"),
    ("--max_steps N", "optimizer steps                                  (trainer.max_steps)"),
    ("--learning_rate X", "the highest of the schedule                      (model.learning_rate)"),
)
_LAST = (
    ("--no_comet", "no Comet, even when COMET_API_KEY is set"),
    ("--print_config", "show the resolved config and stop"),
    ("--debug", "show the stack trace of an error"),
    ("--help_all", "every key with its meaning and default"),
)
_FLAGS = {
    "fit": (
        *_TRAINING,
        ("--ckpt_path last|FILE", "go on with a stopped run"),
        ("--overwrite", "replace an earlier run of this name"),
        ("--lang vi", "what is printed and the report in Vietnamese; errors stay English"),
        ("--quick_test", "20 steps, 20 problems, every export: does every stage work here?"),
        ("--dry_run", "only check everything, as `mathpal preflight` does"),
    ),
    "preflight": (*_TRAINING, ("--json", "the findings as json")),
    "bench": (*_TRAINING, ("--steps N", "optimizer steps that are timed [10]"), ("--json", "the figures as json")),
    "sweep": (
        ("--space FILE", "the values of each key: a list, or {{low: A, high: B, log: true}}"),
        ("--trials N", "finished trials in all, those of earlier calls included [20]"),
        ("--workers N", "trials at a time on this machine [1]"),
        ("--objective METRIC", "val/exact_match or val/loss, both on validation problems [val/exact_match]"),
        ("--name NAME", "the sweep's folder is OUTPUT_DIR/NAME [sweep]"),
        (
            "--output_dir DIR",
            f"where the sweep's folder is made [{OUTPUTS}]; it gets best.yaml for `mathpal fit`, and report.html",
        ),
        ("--no_test", "do not score the winner on the test problems"),
        ("--json", "print the best trial, its settings and its rivals as json"),
        ("--KEY VALUE", "every other flag is one of `mathpal fit`, for each trial"),
    ),
    "test": (
        (
            "RUN",
            "a run folder, the name of one in outputs/, one of its checkpoints, or one of its GGUF files (then only"
            " --lang and --json)",
        ),
        ("--data.test ROWS", "other problems than those that the run held out"),
        ("--evaluation.problems N", "how many are solved"),
        ("--votes K", "what K attempts at each problem would gain (evaluation.votes)"),
        ("--ckpt_path best|last|FILE", "by default the best"),
        ("--lang vi", "what is printed and the report in Vietnamese"),
        ("--json", "the scores as json"),
    ),
    "validate": (
        ("RUN", "a run folder, the name of one in outputs/, or one of its checkpoints"),
        ("--data.validation ROWS", "other rows than those that the run held out"),
        ("--ckpt_path best|last|FILE", "by default the best"),
        ("--json", "the losses as json"),
    ),
    "predict": (
        ("RUN", "a run folder, the name of one in outputs/, or one of its checkpoints"),
        ("QUESTIONS", "a file of questions; they need no solutions (--data.predict is the same)"),
        ("--columns.question NAME", "the column of the questions (data.columns.question)"),
        ("--lang vi", "what is printed in Vietnamese"),
        ("--ckpt_path best|last|FILE", "by default the best"),
    ),
}


def front_page() -> str:
    """`mathpal --help`."""
    verbs = "\n".join(_two_columns((LIGHTNING_VERBS | OTHER_VERBS).items(), 10))
    return f"""mathpal {__version__}: fine-tune a small Gemma to solve Vietnamese school mathematics.

  mathpal fit --config quickstart                  no GPU, no download; about 10 minutes on a laptop
  mathpal serve quickstart                         then ask it in the browser
  mathpal data report problems.xlsx                which of your problems can be used?

  mathpal <verb> [RUN] [--config FILE|NAME ...] [--section.key VALUE ...]

{verbs}

One verb:      mathpal fit --help        every key: mathpal fit --help_all
As a library:  from mathpal_lightning import MathDataModule, MathPalModule
"""


def page_of(verb: str, words: Sequence[str]) -> str:
    """`mathpal VERB --help`, and `mathpal data report --help` where the words name a function of the verb."""
    if verb in LIGHTNING_VERBS:
        return _lightning_page(verb)
    if verb == "sweep":
        return _sweep_page()
    functions = FUNCTIONS[verb]
    named = next((word for word in words if word in functions), functions[0] if len(functions) == 1 else "")
    return _function_page(verb, named) if named else _list_page(verb)


def _lightning_page(verb: str) -> str:
    flags = [(name, text.format(configs=", ".join(config_names()))) for name, text in (*_FLAGS[verb], *_LAST)]
    call = f"mathpal {verb} RUN{' QUESTIONS' * (verb == 'predict')} [--section.key VALUE ...]"
    if verb not in OF_A_RUN:
        call = f"mathpal {verb} --config FILE [--config FILE ...] [--section.key VALUE ...]"
    more = "Later files and flags win over earlier ones. Hyphens work as underscores do."
    return _page(f"mathpal {verb}: {LIGHTNING_VERBS[verb]}", EXAMPLES[verb], call, flags, more)


def _sweep_page() -> str:
    call = "mathpal sweep --config FILE --space FILE [--trials N] [--section.key VALUE ...]"
    more = "Called again, it goes on where it stopped; in a second terminal it joins in; more --trials add to it."
    flags = [(name, text.format()) for name, text in _FLAGS["sweep"]]
    return _page(f"mathpal sweep: {OTHER_VERBS['sweep']}", EXAMPLES["sweep"], call, flags, more)


def _list_page(verb: str) -> str:
    functions = [(name, read_signature(f"commands.{verb}", name).summary) for name in FUNCTIONS[verb]]
    call = f"mathpal {verb} {'|'.join(FUNCTIONS[verb])} ...        each has a --help of its own"
    return _page(f"mathpal {verb}: {OTHER_VERBS[verb]}", EXAMPLES[verb], call, functions)


def _function_page(verb: str, name: str) -> str:
    command = verb if verb == name else f"{verb} {name}"
    signature = read_signature(f"commands.{verb}", name)
    given = [each.name.upper() for each in signature.arguments if _is_positional(verb, each)]
    call = " ".join(["mathpal", command, *given, "[--flag VALUE ...]"])
    return _page(f"mathpal {command}: {signature.summary}", EXAMPLES.get(command, ()), call, list(_flags(verb, signature)))


def _is_positional(verb: str, argument: Argument) -> bool:
    return argument.name in ("run", "runs") or (verb in POSITIONAL and argument.default is None)


def _flags(verb: str, signature: Signature) -> Iterator[tuple[str, str]]:
    short = len(signature.arguments) > _LONGEST_PAGE
    for argument in signature.arguments:
        meaning = argument.meaning.partition(". ")[0] if short else argument.meaning
        default = "" if argument.default in (None, "None", "''") or argument.section else _default(argument)
        if _is_positional(verb, argument):
            yield argument.name.upper(), meaning
        elif argument.section:
            inner = read_signature(*argument.section).arguments
            yield f"--{argument.name}.KEY", f"{meaning.rstrip('.')}; KEY: {', '.join(each.name for each in inner)}"
        else:
            value = "" if argument.is_switch and argument.default == "False" else f" {_value(argument)}"
            yield f"--{argument.name}{value}", meaning + default


def _default(argument: Argument) -> str:
    if argument.is_switch and argument.default == "False":
        return ""
    shown = (argument.default or "").removeprefix("Path(").removesuffix(")").strip("'\"")
    return "" if shown.isupper() and shown.isidentifier() else f" [{shown.lower() if argument.is_switch else shown}]"


def _value(argument: Argument) -> str:
    kind = argument.annotation
    if kind.startswith("list["):
        return "A,B"
    if "Path" in kind:
        return "PATH"
    if len(words := "|".join(argument.words)) in range(1, _LONGEST_WORDS):
        return words
    return "N" if kind.startswith("int") else "X" if kind.startswith("float") else "TEXT"


def _page(title: str, examples: Iterable[tuple[str, str]], call: str, flags: Sequence[tuple[str, str]], more: str = "") -> str:
    lines = [*textwrap.wrap(title, WIDTH), ""]
    lines += _example_lines(list(examples))
    lines += ["", f"  {call}", ""]
    lines += _two_columns(flags, min(max(len(name) for name, _ in flags), 30))
    return "\n".join([*lines, *(["", *textwrap.wrap(more, WIDTH)] if more else [])]) + "\n"


def _two_columns(rows: Iterable[tuple[str, str]], column: int) -> Iterator[str]:
    """Names with their meanings beside them; a long meaning goes on in the next line."""
    for name, text in rows:
        first, *rest = textwrap.wrap(text, WIDTH - column - 4) or [""]
        yield f"  {name:<{column}}  {first}".rstrip()
        yield from (f"{'':<{column + 4}}{line}" for line in rest)


def _example_lines(examples: Sequence[tuple[str, str]]) -> Iterator[str]:
    """Commands with what they do beside them, or in the next line where both are too long for one."""
    column = max((len(command) for command, what in examples if len(command) <= 50), default=0)
    for command, what in examples:
        if what and max(len(command), column) + len(what) + 4 > WIDTH:
            yield from (f"  {command}", f"      {what}")
        else:
            yield f"  {command:<{column}}  {what}".rstrip()
