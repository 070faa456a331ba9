"""`mathpal test lop5` -> the flags that it means: the run's config, its folder, and its best checkpoint.

A run's config may name files relative to the folder in which the fit was started. Called from another folder, those become
absolute here (run/paths.py).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path

from mathpal_lightning.cli.flags import is_flag, split_positional, with_underscores
from mathpal_lightning.cli.named import find_run, is_run, runs_here
from mathpal_lightning.cli.rows_named import refuse_idle_generator, require_rows
from mathpal_lightning.cli.signature import Signature
from mathpal_lightning.cli.stray_words import way_out_of_stray
from mathpal_lightning.cli.verbs import OF_A_RUN
from mathpal_lightning.errors import CheckpointError, ConfigError
from mathpal_lightning.run import RunFolder, absolute_paths, require_finished, require_run, require_weights
from mathpal_lightning.serving.find_gguf import name_gguf

_RUN_ARGUMENTS = ("run", "runs", "first", "second")
_NEEDS: dict[str, Callable[[Path], object]] = {
    "chat": name_gguf,
    "compare": require_run,
    "export": require_weights,
    "improve": require_finished,
    "report": require_run,
    "serve": name_gguf,
}
"""What refuses a path that a verb could do nothing with."""


def flags_of_run(verb: str, words: Sequence[str]) -> list[str]:
    """The flags of one of Lightning's verbs, with those that a run's name stands for before them.

    Raises:
        ConfigError: more names than the verb takes.
        CheckpointError: there is no such run.
    """
    positional, flags = split_positional(words)
    if not positional:
        return list(flags)
    most = 0 if verb not in OF_A_RUN else 2 if verb == "predict" else 1
    if len(positional) > most:
        stray, call = positional[most], f"`mathpal {verb}{' RUN' * bool(most)}{' QUESTIONS' * (most == 2)}` and flags"
        raise ConfigError(call, repr(stray), way_out_of_stray(verb, stray, words))
    questions = [f"--data.predict={positional[1]}"] if len(positional) == 2 else []
    return [*_flags_of(find_run(positional[0], verb), OF_A_RUN[verb]), *questions, *flags]


def _flags_of(place: Path, checkpoint: str) -> list[str]:
    """The flags of a run's folder, or of one of its checkpoints."""
    run = RunFolder(place.parent.parent if place.suffix == ".ckpt" else place)
    if not run.config.is_file():
        raise CheckpointError(
            "a run folder with a config.yaml, or one of its checkpoints",
            f"{place} without one",
            "Give the folder that `mathpal fit` wrote, or a config: --config FILE --ckpt_path FILE.",
        )
    settings = run.read_settings()
    folder = run.path.resolve()
    flags = [f"--config={run.config}", f"--output_dir={folder.parent}", f"--name={folder.name}"]
    for key, of in absolute_paths(settings, folder).items():
        flags.append(f"--{key}={of if isinstance(of, str) else json.dumps(of, ensure_ascii=False)}")
    if place.suffix == ".ckpt":
        return [*flags, f"--ckpt_path={place}"]
    if any(run.checkpoints.glob("*.ckpt")) or not run.adapter.is_dir():
        return [*flags, f"--ckpt_path={checkpoint}"]
    return [*flags, f"--model.adapter={folder / 'adapter'}"]


def run_arguments(signature: Signature) -> list[str]:
    """The arguments of a function that are runs; the `first` of `mathpal data preview` is the number of a row."""
    return [each.name for each in signature.arguments if each.name in _RUN_ARGUMENTS and each.annotation != "int"]


def flags_of_function(verb: str, signature: Signature, words: Sequence[str]) -> list[str]:
    """The flags of a function that takes `run` or `runs`, with runs by their names.

    Raises:
        ModelError: there is no such run, for `serve` and `chat`.
        CheckpointError: there is none, for the other verbs.
        ConfigError: more names than it takes.
    """
    names = run_arguments(signature)
    name = names[0] if names else ""
    bare = {f"--{each.name}" for each in signature.arguments if each.is_switch}
    spaced = [with_underscores(word) for word in words]
    positional, flags = split_positional(spaced, bare)
    if name == "":
        return list(words)
    if len(names) > 1:  # of `compare`, written without flags
        return [*(_run_for(verb, each) for each in positional), *flags]
    if name == "run" and len(positional) > 1:
        raise ConfigError(f"`mathpal {verb} RUN` and flags", repr(positional[1]), f"`mathpal {verb} --help` has examples.")
    for place, word in enumerate(flags):
        if word == "--run" and place + 1 < len(flags):
            flags[place + 1] = _run_for(verb, flags[place + 1])
        elif word.startswith("--run="):
            flags[place] = f"--run={_run_for(verb, word.partition('=')[2])}"
    if not positional:
        return flags
    found = [_run_for(verb, each) for each in positional]
    return [f"--{name}={found[0] if name == 'run' else json.dumps(found, ensure_ascii=False)}", *flags]


def _run_for(verb: str, named: str) -> str:
    """The folder or file that a run's name means, if it holds what the verb needs."""
    place = find_run(named, verb)
    if verb in _NEEDS:
        _NEEDS[verb](place)
    return str(place)


def with_known_files(signature: Signature, words: Sequence[str]) -> list[str]:
    """The words, with the run's folder in the place of its name in `--model`; refuses a file of rows that is not there.

    Raises:
        DataError: there is no such file.
    """
    named = [each.name for each in signature.arguments if each.annotation != "int"]  # `rows` of a preview is a number
    rows = [name for name in named if name in ("source", "validation", "test", "problems", "rows")]
    takes_rows = {"source", "rows"} & set(rows)
    found, sources, idle = list[str](), list[str](), list[str]()
    flag = ""
    for word in words:
        if is_flag(word) and word.startswith("--generator"):
            idle.append(word.partition("=")[0])
        if is_flag(word) and "=" not in word:
            flag = word
            found.append(word)
            continue
        name, value = word.split("=", 1) if is_flag(word) else (flag, word)
        key = name.lstrip("-")
        if key in rows or (not key and takes_rows):
            require_rows(value)
            sources.append(value)
        value = run_or_model(value) if key == "model" else value
        found.append(f"{name}={value}" if is_flag(word) else value)
        flag = ""
    if sources and idle:  # without a source, `mathpal data pairs` takes generated problems
        refuse_idle_generator(idle[0], sources)
    return found


def run_or_model(named: str) -> str:
    """What `--model` of `mathpal data pairs` means: a run by its name, else the name as it is.

    Raises:
        CheckpointError: a run without weights.
    """
    here = None if "/" in named or Path(named).exists() else next((run for run in runs_here() if run.name == named), None)
    place = here or Path(named)
    if is_run(place):
        require_weights(place)
    return str(here) if here else named
