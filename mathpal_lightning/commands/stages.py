"""The stages of a round of `mathpal improve`: problems, solutions drawn from the model, a fit, a score.

Each is a command of its own: its memory is free when it ends, and a stopped one goes on or begins again.
"""

from __future__ import annotations

import json as jsons
import random
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from mathpal_lightning.data import Columns, Generator, MathDataModule
from mathpal_lightning.data.generated import GENERATED
from mathpal_lightning.data.mining import sft_row
from mathpal_lightning.errors import RunInterrupted, TrainingError
from mathpal_lightning.files import text_lines, write_json_lines
from mathpal_lightning.run import RunFolder, absolute_paths
from mathpal_lightning.run.folder import LAST, SAMPLES
from mathpal_lightning.schema import Row

Method = Literal["sft", "dpo", "grpo"]


@dataclass(frozen=True, slots=True)
class Settings:
    """What the rounds depend on; they go on only with the same."""

    method: Method
    problems: int
    samples: int
    temperature: float
    learning_rate: float
    validation: int
    seed: int
    adapter: str
    """The digest of the weights that the first round began with."""


def data_of(folder: RunFolder, generator_seed: int | None, count: int | None = None) -> MathDataModule:
    """The data of the run; with a seed, other generated problems than it was trained on."""
    elsewhere = absolute_paths(folder.read_settings(), folder.path)
    own = {key.removeprefix("data."): of for key, of in elsewhere.items() if key.startswith("data.")}
    settings: dict[str, Any] = {**folder.read_config()["data"], **own}
    generator = Generator(**settings.get("generator", {}))
    if generator_seed is not None:
        generator = Generator(**asdict(generator) | {"seed": generator_seed, "count": count, "drills": 0})
    settings |= {"generator": generator, "tokenizer": str(folder.adapter), "objective": "sft", "predict": None}
    data = MathDataModule(**settings)
    data.setup("fit")
    return data


def _problems(folder: RunFolder, settings: Settings, number: int) -> list[Row]:
    """The problems of a round: generated anew where the run generated some, else some of its training rows."""
    seed = settings.seed + number
    named = folder.read_config()["data"].get("train")
    generated = named == GENERATED or (isinstance(named, list | dict) and GENERATED in named)
    rows = list(data_of(folder, seed if generated else None, settings.problems).train_rows)
    return random.Random(seed).sample(rows, min(settings.problems, len(rows)))


def train(folder: RunFolder, settings: Settings, number: int, adapter: Path, here: Path) -> int:
    """Draw and train; the number of rows, pairs or problems that were trained on, 0 where dpo found no pair."""
    problems, fit = here / "problems.jsonl", RunFolder.of(here / "fit")
    if not problems.exists():
        write_json_lines(problems, [sft_row(row, row.solution) for row in _problems(folder, settings, number)])
    data = problems if settings.method == "grpo" else _drawn(folder, settings, number, adapter, here)
    if not data.exists():
        return 0
    if not fit.read_summary().get("seconds"):
        stopped = (fit.own_checkpoints / LAST).exists()
        flags = {
            "model.adapter": adapter,
            "model.objective": settings.method,
            "model.learning_rate": settings.learning_rate,
            "data.train": data,
            "data.validation": "null",
            "data.validation_share": 0,
            "evaluation.problems": 0,
            "evaluation.sample": 0,
            "checkpoint.monitor": "null",
            "checkpoint.dirpath": "null",  # that folder is the run's
            "export.formats": '["adapter"]',
            "export.verify": "false",
            "push.repo": "null",
            "trainer.callbacks": "null",  # EarlyStopping would wait for a validation that a round does not have
            "trainer.max_epochs": 1,
            "trainer.max_steps": -1,
            "trainer.limit_val_batches": 0,
        } | ({"model.policy.group_size": settings.samples, "data.batch_size": 8} if settings.method == "grpo" else {})
        again = ["--ckpt_path", "last"] if stopped else ["--overwrite"]
        run_stage(["fit", *_common(folder, here, "fit", flags), *again], here / "log.txt")
    return len(text_lines(data))


def _drawn(folder: RunFolder, settings: Settings, number: int, adapter: Path, here: Path) -> Path:
    """Draw solutions; the file to train on. It is missing where dpo found no pair."""
    pairs, right = here / "pairs.jsonl", here / "right.jsonl"
    wanted = pairs if settings.method == "dpo" else right
    if wanted.exists():
        return wanted
    model = folder.read_config()["model"]
    flags = {
        "problems": here / "problems.jsonl",
        "model": adapter.parent if RunFolder.of(adapter.parent).config.is_file() else adapter,
        "out": pairs,
        "sft": here / "sampled.jsonl",
        "samples": settings.samples,
        "temperature": settings.temperature,
        "max_new_tokens": model["max_new_tokens"],
        "batch_size": model["generation_batch_size"],
        "seed": settings.seed + number,
        "overwrite": "true",
    }
    arguments = [word for name, value in flags.items() for word in (f"--{name}", str(value))]
    # Without a right and a wrong solution of one problem there are no pairs (DataError): sft then has the references.
    run_stage(["data", "pairs", *arguments], here / "log.txt", allowed=(3,))
    if settings.method == "sft":
        write_json_lines(right, _with_references(here))
    return wanted


def _with_references(here: Path) -> list[dict[str, object]]:
    """The right samples, and the reference solution of each problem that has none."""
    sampled, problems = (lines_of(here / name) for name in ("sampled.jsonl", "problems.jsonl"))
    known = {_question(line) for line in sampled}
    return sampled + [line for line in problems if _question(line) not in known]


def _question(line: Mapping[str, object]) -> str:
    messages = line.get("messages")
    return jsons.dumps(messages[:-1] if isinstance(messages, list) else line["question"], ensure_ascii=False)


def score(folder: RunFolder, adapter: Path, root: Path, place: Path, log_file: Path) -> None:
    """Solve the validation problems with an adapter, and keep the score in the folder `place`; a score that is there stays."""
    if RunFolder.of(place).read_summary().get("evaluation", {}).get("test"):
        return
    file = root / "validation.jsonl"
    flags = {
        "model.adapter": adapter,
        "data.train": "null",
        "data.validation": "null",
        "data.test": file,
        "evaluation.problems": len(lines_of(file)),
        "evaluation.votes": 1,
        "evaluation.file": SAMPLES,
        "evaluation.folder": "null",
        "evaluation.rows": "null",
        "trainer.limit_test_batches": 1,  # of the loss, which decides nothing here
    }
    run_stage(["test", *_common(folder, place.parent, place.name, flags)], log_file)


def _common(folder: RunFolder, output_dir: Path, name: str, flags: Mapping[str, object]) -> list[str]:
    """The run's config with other settings, from any folder; the files that we write have columns of the usual names."""
    words = ["--config", str(folder.config), "--output_dir", str(output_dir), "--name", name, "--no_comet"]
    elsewhere = absolute_paths(folder.read_settings(), folder.path)
    values = elsewhere | {"data.columns": asdict(Columns())} | dict(flags)
    as_json = {key: jsons.dumps(of, ensure_ascii=False) for key, of in values.items() if isinstance(of, list | dict)}
    return [*words, *(f"--{key}={of}" for key, of in (values | as_json).items())]


def lines_of(file: Path) -> list[dict[str, object]]:
    """The lines of a jsonl file."""
    return [jsons.loads(line) for line in text_lines(file)]


def run_stage(arguments: Sequence[str], log_file: Path, allowed: Sequence[int] = ()) -> None:
    """Run a command of ours in a process of its own; what it says is added to a file.

    Args:
        arguments: the verb and its flags.
        log_file: where its output goes.
        allowed: exit statuses besides 0 that are no failure.

    Raises:
        RunInterrupted: Ctrl-C; the command was told to stop, and has ended.
        TrainingError: it failed.
    """
    log_file.parent.mkdir(parents=True, exist_ok=True)
    with log_file.open("ab") as out:
        out.write(f"\n$ mathpal {' '.join(arguments)}\n".encode())
        out.flush()
        # A session of its own: Ctrl-C in a terminal reaches it once, from us. A second one would end it without saving.
        command = [sys.executable, "-m", "mathpal_lightning", *arguments]
        child = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT, start_new_session=True)
        try:
            status = child.wait()
        except KeyboardInterrupt as error:
            child.send_signal(signal.SIGINT)
            child.wait()
            raise RunInterrupted(
                "all rounds",
                f"Ctrl-C in `mathpal {arguments[0]}`; what has ended is kept",
                "The same command goes on from there.",
            ) from error
    if status and status not in allowed:
        last = log_file.read_text(encoding="utf-8", errors="replace").strip().splitlines()[-1]
        found = f"exit status {status}: {last}"
        way_out = f"Read {log_file}, mend the cause; then the same command goes on."
        raise TrainingError(f"`mathpal {arguments[0]}` to end well", found, way_out)
