"""The front door: `mathpal <verb> ...`. Lightning's verbs go to MathPalCLI, the others to functions in commands/."""

from __future__ import annotations

import atexit
import difflib
import io
import json as jsons
import os
import re
import sys
from collections.abc import Iterator, Sequence
from importlib import import_module
from importlib.util import find_spec
from itertools import pairwise, takewhile
from pathlib import Path
from typing import NoReturn

from mathpal_lightning import __version__
from mathpal_lightning.cli.errors import as_one_of_ours
from mathpal_lightning.cli.quiet import quiet
from mathpal_lightning.cli.secrets import without_secrets
from mathpal_lightning.cli.signals import name_of, signals_stop_as_ctrl_c
from mathpal_lightning.collector import collector_at_rest
from mathpal_lightning.errors import ConfigError, MathPalError, RunInterrupted

LIGHTNING_VERBS = {
    "fit": "train, evaluate and export",
    "validate": "the loss on the validation rows of a trained model",
    "test": "exact match of a trained model on the test rows; writes every graded sample",
    "predict": "turn a file of questions into a file of solutions",
    "preflight": "what a fit of this config would meet: every problem in one table, nothing trained",
    "bench": "how fast this machine trains a config, and where the time goes; nothing is written",
}
OTHER_VERBS = {
    "data": "report on, look at or generate data; draw preference pairs",
    "compare": "two runs on the same test problems: intervals, and whether the difference may be chance",
    "export": "adapter -> merged weights -> GGUF, verified; or push one to the Hub",
    "serve": "an OpenAI-compatible API and a page where a pupil asks",
    "chat": "ask in the terminal",
    "improve": "a trained run learns from its own judged solutions, round by round; what solves more is kept",
    "report": "one page about a run, or about several beside each other (of data: mathpal data report)",
    "vocabulary": "does the small vocabulary cover your rows, and which tokens do they need besides it",
    "doctor": "is this machine ready? versions, GPU, memory, optional parts, each with its fix",
}
FUNCTIONS = {
    "data": ("report", "preview", "generate", "catalogue", "pairs"),
    "compare": ("compare",),
    "export": ("export",),
    "serve": ("serve",),
    "chat": ("chat",),
    "improve": ("improve",),
    "report": ("report",),
    "vocabulary": ("vocabulary",),
    "doctor": ("doctor",),
}
POSITIONAL = {"data", "vocabulary", "compare", "improve", "report"}
"""Verbs whose required arguments are written without a flag."""
SEVERAL = {"report"}
"""Verbs that take one or more names: they become one list."""
PAGE = f"""mathpal {__version__}: fine-tune a small Gemma to solve Vietnamese school mathematics.

  mathpal <verb> [--config FILE ...] [--section.key VALUE ...]

""" + "\n".join(f"  {verb:<11}{text}" for verb, text in (LIGHTNING_VERBS | OTHER_VERBS).items())
PAGE += """

Begin with:    mathpal fit --config configs/quickstart.yaml
One verb:      mathpal fit --help        every key: mathpal fit --help_all
As a library:  from mathpal_lightning import MathDataModule, MathPalModule
"""
FIT_PAGE = """mathpal {verb}: {text}

  mathpal {verb} --config FILE [--config FILE ...] [--section.key VALUE ...]

Later files and flags win over earlier ones. Often used:

  --name NAME              the run folder is OUTPUT_DIR/NAME (--experiment-name is the same)
  --output_dir DIR         outputs
  --model_name NAME        offline-gemma, a folder, a .gguf file or a Hub id      (model.model_name)
  --max_steps N            optimizer steps                                        (trainer.max_steps)
  --learning_rate X        the highest of the schedule                            (model.learning_rate)
  --ckpt_path last|FILE    go on with a stopped run, or the checkpoint to score
  --overwrite              replace an earlier run of this name (fit)
  --quick_test             20 steps, 20 problems, every export: does the whole road work here?
  --dry_run                only check everything, as `mathpal preflight` does (fit)
  --votes K                what K attempts at each problem would gain (test; evaluation.votes)
  --json                   the findings, or figures, as json (preflight, bench)
  --steps N                optimizer steps that are timed (bench)
  --no_comet               no Comet, even when COMET_API_KEY is set
  --print_config           show the resolved config and stop
  --debug                  show the stack trace of an error
  --help_all               every key with its meaning and default

Hyphens work as underscores do.
"""
ALIASES = {
    "--experiment_name": ["--name"],
    "--model_name": ["--model.model_name"],
    "--max_steps": ["--trainer.max_steps"],
    "--max_epochs": ["--trainer.max_epochs"],
    "--learning_rate": ["--model.learning_rate"],
    "--votes": ["--evaluation.votes"],
    "--help_all": ["--help"],
}
SWITCHES = {
    "--overwrite": ["--overwrite=true"],
    "--no_comet": ["--comet=off"],
    "--json": ["--json=true"],
    "--quick_test": [
        "--trainer.max_steps=20",
        "--trainer.val_check_interval=null",
        "--trainer.limit_val_batches=2",
        "--evaluation.problems=20",
        "--evaluation.sample=20",
        '--export.formats=["adapter","merged_16bit","gguf:q8_0","gguf:f16"]',
    ],
}


CLOSED_PIPE = 141
"""The status of a command whose reader is gone, as a shell reports SIGPIPE."""
YES = {"--verify", "--json"}
"""Flags of the other verbs that mean true where no value follows."""


def command() -> None:
    """The console script `mathpal`: run `main`, then exit without the interpreter's own shutdown.

    Threads of native libraries (gloo, Arrow) outlive a run. During the shutdown one of them may abort, and a run that has
    written everything would end with SIGABRT. Functions registered with `atexit` still run.
    """
    status = 1

    def leave_at_once() -> None:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)

    atexit.register(leave_at_once)  # registered first, called last
    try:
        main()
        status = 0
    except SystemExit as leaving:
        status = leaving.code if isinstance(leaving.code, int) else int(leaving.code is not None)
        raise
    except KeyboardInterrupt:
        status = 130  # as a shell reports SIGINT
        raise


def main(argv: Sequence[str] | None = None) -> None:
    """Run `mathpal`; after an error, exit with the status of that error."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    debug = "--debug" in arguments
    speak_utf_8()
    try:
        with signals_stop_as_ctrl_c():
            run([argument for argument in arguments if argument != "--debug"])
    except KeyboardInterrupt as stop:
        leave(RunInterrupted("the command to end by itself", name_of(stop), "Run the same command again."))
    except Exception as error:
        if debug:
            raise
        if isinstance(error, BrokenPipeError) and stdout_is_closed():
            sys.exit(CLOSED_PIPE)
        leave(as_one_of_ours(error))


def speak_utf_8() -> None:
    """Write UTF-8 where the streams would write an encoding without Vietnamese, such as cp1252.

    An encoding that the user has chosen ($PYTHONIOENCODING) stays; what it lacks is then written as question marks.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper) and "utf" not in (stream.encoding or "").lower():
            stream.reconfigure(encoding=None if "PYTHONIOENCODING" in os.environ else "utf-8", errors="replace")


def stdout_is_closed() -> bool:
    """Whether the reader of our output is gone (`mathpal ... | head`); what is left of it then goes nowhere."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return True
    return False


def leave(error: MathPalError) -> NoReturn:
    """Say what is wrong in one line, and exit with the status of the error."""
    said = " ".join(line.strip() for line in without_secrets(str(error)).splitlines())
    print(f"mathpal: {said}", file=sys.stderr)
    sys.exit(error.exit_code)


def run(arguments: list[str]) -> None:
    """Run the verb that the first argument names.

    Raises:
        ConfigError: there is no such verb.
    """
    verb = arguments[0] if arguments else "--help"
    if verb in ("-h", "--help", "help"):
        print(PAGE, end="")
    elif verb == "--version":
        print(__version__)
    elif verb in LIGHTNING_VERBS:
        run_lightning(verb, arguments[1:])
    elif verb in OTHER_VERBS:
        run_command(verb, arguments[1:])
    else:
        near = difflib.get_close_matches(verb, [*LIGHTNING_VERBS, *OTHER_VERBS], n=1)
        way_out = f"Did you mean `mathpal {near[0]}`?" if near else "Write the verb first: mathpal fit --config FILE."
        raise ConfigError(f"a verb ({', '.join([*LIGHTNING_VERBS, *OTHER_VERBS])})", repr(verb), way_out)


def run_lightning(verb: str, arguments: list[str]) -> None:
    """Run one of Lightning's verbs."""
    if "-h" in arguments or "--help" in arguments:
        print(FIT_PAGE.format(verb=verb, text=LIGHTNING_VERBS[verb]), end="")
        return
    quiet()  # before the libraries are imported: some print while they load
    flags = long_flags(arguments)
    if verb == "fit" and "--dry_run" in flags:
        verb, flags = "preflight", [flag for flag in flags if flag != "--dry_run"]
    with collector_at_rest():
        if "--print_config" not in flags:
            import_unsloth_first(flags)
        from mathpal_lightning.cli.lightning_cli import MathPalCLI

    MathPalCLI(args=[verb, *flags])


def import_unsloth_first(flags: Sequence[str]) -> None:
    """Where Unsloth trains on a GPU, import it first: it patches transformers, which Lightning imports.

    On a CPU Unsloth patches nothing, so that a mistake in the config is reported without waiting for the import.
    """
    if find_spec("unsloth") is None or model_backend(flags) == "transformers":
        return
    import torch

    if torch.cuda.is_available():
        from mathpal_lightning.model.load import resolve_backend

        resolve_backend("auto")


def model_backend(flags: Sequence[str]) -> str:
    """The `model.backend` that flags and config files name, found by a rough search; the parser reads them later.

    >>> model_backend(["--model.backend=unsloth"])
    'unsloth'
    """
    backend = "auto"
    for name, value in pairwise(word for flag in flags for word in flag.split("=", 1)):
        if name == "--model.backend":
            backend = value
        elif name in ("--config", "-c") and Path(value).is_file():
            named = re.search(r"^  backend: *(\w+)", Path(value).read_text(encoding="utf-8", errors="replace"), re.MULTILINE)
            backend = named[1] if named else backend
    return backend


def run_command(verb: str, arguments: list[str]) -> None:
    """Run a function of commands/ with arguments from its signature: `mathpal data report`, `mathpal export`."""
    quiet()
    from jsonargparse import auto_cli

    module = import_module(f"mathpal_lightning.commands.{verb}")
    functions = [getattr(module, name) for name in FUNCTIONS[verb]]
    one = len(functions) == 1
    if verb in SEVERAL:
        arguments = names_as_list(arguments)
    arguments = [f"{word}=true" if word in YES and not value else word for word, value in with_values(arguments)]
    auto_cli(functions[0] if one else functions, args=arguments, prog=f"mathpal {verb}", as_positional=verb in POSITIONAL)


def names_as_list(arguments: Sequence[str]) -> list[str]:
    """Write the names before the first flag as one list, as the parser reads lists.

    >>> names_as_list(["lop4", "lop5", "--lang", "vi"])
    ['["lop4", "lop5"]', '--lang', 'vi']
    """
    names = list(takewhile(lambda word: not word.startswith("-"), arguments))
    return [*([jsons.dumps(names, ensure_ascii=False)] if names else []), *arguments[len(names) :]]


def with_values(arguments: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Each word with the value after it: empty before another flag and at the end."""
    return ((word, "" if after.startswith("--") else after) for word, after in pairwise([*arguments, "--"]))


def long_flags(arguments: Sequence[str]) -> list[str]:
    """Rewrite short and hyphenated flags to the keys of the config.

    >>> long_flags(["--max-steps", "5", "--no-comet", "--model.lora_r=8"])
    ['--trainer.max_steps', '5', '--comet=off', '--model.lora_r=8']
    """
    rewritten: list[str] = []
    for argument in arguments:
        flag, equals, value = argument.partition("=")
        if flag.startswith("--"):
            flag = flag.replace("-", "_").replace("__", "--", 1)
        if flag in SWITCHES and not equals:
            rewritten += SWITCHES[flag]
        else:
            rewritten.append("".join([*ALIASES.get(flag, [flag]), equals, value]))
    return rewritten
