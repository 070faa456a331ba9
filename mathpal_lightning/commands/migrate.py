"""`mathpal migrate`: a config of the older pipeline or of another trainer -> one of ours, and what was dropped and why."""

from __future__ import annotations

import json as jsons
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from mathpal_lightning.commands.older_keys import (
    COMET_WHY,
    DEFAULTS,
    HUB,
    SECTIONS,
    Became,
    became_of_flag,
    given_arguments,
    joined,
    not_pushed,
)
from mathpal_lightning.commands.other_trainers import KEYS, completed, other_values, plain
from mathpal_lightning.compat.system import quoted
from mathpal_lightning.errors import ConfigError
from mathpal_lightning.files import whole_file

_SECTIONS = (*SECTIONS, "comet")
_UNKNOWN = Became(why="not a key of the older pipeline that is known here")
_SHOWN = 200
"""The most characters of a file's keys that an error shows."""


class Migrated(NamedTuple):
    """The result of a migration."""

    settings: dict[str, object]
    """Ours, by their full names: "model.lora_r"."""
    dropped: dict[str, str]
    """Old keys without one of ours, and why."""
    remarks: dict[str, str]
    """Old keys that mean something a little different now."""


Older = Mapping[str, object]
"""A config of the older pipeline, by its sections."""


class _Reader(yaml.SafeLoader):
    """Reads YAML that holds tags of Python objects: their keys become a mapping, nothing is made of them."""


def migrate(old: Path, out: Path | None = None, arguments: str = "", overwrite: bool = False, json: bool = False) -> None:
    """Convert a config of the older pipeline or of another trainer, and say what it dropped and why.

    Others are the arguments of Hugging Face's Trainer, TRL and PEFT, and configs of Axolotl and LLaMA-Factory. No Python object
    is made of a file with object tags.

    Args:
        old: its YAML file.
        out: the file to write; by default the config is printed.
        arguments: arguments of its command line that came with the file: "--max-steps 200 --lora-r 32".
        overwrite: replace an existing file.
        json: print the settings, what was dropped and why as json instead.

    Raises:
        ConfigError: a file that is no YAML, has no key that is known, or a flag that its command line did not have.
    """
    if out is not None and out.exists() and not overwrite:
        raise ConfigError("a new file", f"{out}, which exists", "Give another name, or add --overwrite.")
    found = migrated(read_older(old), arguments)
    if json:
        print(jsons.dumps(found._asdict(), ensure_ascii=False, indent=2))
        return
    text = page(found, old.name, out or Path("new.yaml"))
    if out is None:
        print(text, end="")
    else:
        with whole_file(out) as temporary:
            temporary.write_text(text, encoding="utf-8")
        print(f"{out}: {len(found.settings)} settings")
        print("\n".join(f"  {line}" for line in lines_of(found)))
        print(f"next: mathpal preflight --config {quoted(out)}{'' if 'data.train' in found.settings else ' --data.train ROWS'}")


def read_older(file: Path) -> Older:
    """A config of the older pipeline, or a flat one of another trainer.

    Raises:
        ConfigError: no file, no YAML, or no key that we know.
    """
    if not file.is_file():
        raise ConfigError("a YAML file to convert", f"no file {file}", "Check the path; it is taken from this folder.")
    try:
        content = _Reader(file.read_text(encoding="utf-8")).get_single_data()
    except yaml.MarkedYAMLError as error:
        line = f" in line {error.problem_mark.line + 1}" if error.problem_mark else ""
        raise ConfigError(f"a YAML file {file}", f"{error.problem}{line}", "Correct that line, or the one above it.") from error
    except (OSError, yaml.YAMLError, ValueError) as error:  # ValueError: bytes that are not UTF-8
        raise ConfigError(f"a YAML file {file}", str(error).splitlines()[0], "Check the path and the file.") from error
    if isinstance(content, dict) and _has_known(content):
        return content
    found = ", ".join(map(str, content)) if isinstance(content, dict) else type(content).__name__
    names = {str(key) for key in content} if isinstance(content, dict) else set()
    way_out = f"The older pipeline has the sections {', '.join(SECTIONS)}. Else begin with configs/own_data_laptop.yaml."
    if "trainer" in names:
        way_out = f"If it is a config of this package, it needs no conversion: mathpal fit --config {quoted(file)}."
    elif {name.lower() for name in names - set(SECTIONS)} & set(SECTIONS):
        way_out = f"Write the names of keys in small letters: {', '.join(sorted(names)).lower()}."
    wanted = f"keys of the older pipeline or of another trainer (learning_rate, lora_r, ...) in {file}"
    raise ConfigError(wanted, found[:_SHOWN] or "nothing", way_out)


def _is_flat(content: object) -> bool:
    """Whether a config has keys and no section: those of other trainers have none."""
    return isinstance(content, dict) and bool(content) and not any(isinstance(content.get(name), dict) for name in _SECTIONS)


def migrated(content: Older, arguments: str = "") -> Migrated:
    """Convert the keys of a config, then the arguments, which win.

    Raises:
        ConfigError: an argument that the older command line did not have.
    """
    flat = plain(content) if _is_flat(content) else None
    settings, dropped, remarks, schedule = _usual() if flat is None else {}, dict[str, str](), dict[str, str](), object()
    if flat is not None:
        flat |= {flag[2:].replace("-", "_"): value for flag, value, _ in given_arguments(arguments, _of_other_flag)}
    values = _old_values(content, arguments) if flat is None else other_values(flat)
    for key, value, became in values:
        if value is None or value is False and not became.key:
            continue
        new = _converted(became, value)
        if new is not None:
            names_no_metric = key.endswith(("load_best_model_at_end", "load-best-model-at-end"))
            settings[became.key] = settings.get(became.key, new) if names_no_metric else new
            remarks |= {key: became.why} if became.why else {}
        elif not became.key or value is not False:
            dropped[key] = became.why or f"{value!r} sets nothing here"
        schedule = value if became.key == "model.schedule" else schedule
    if schedule == "constant":  # there without a warm-up; the one with is called constant_with_warmup
        settings["model.warmup_share"] = 0.0
    if flat is not None:
        settings, further = completed(settings, flat)
        return _finished(settings, dropped, remarks | further)
    model, hub = _section(content, "model"), _with_arguments(content, "hub", arguments)
    settings |= joined(_with_arguments(content, "dataset", arguments), hub)
    if settings.get("model.finetune") == "full" or (model.get("load_in_4bit") is False and not model.get("load_in_8bit")):
        settings["model.bits"] = 16
    if "trainer.max_epochs" in settings and "training.max_steps" in dropped:
        del settings["trainer.max_steps"]  # the default of the older code, which the file has switched off
    if "push.repo" not in settings:
        dropped |= {key: not_pushed(hub) for key, why in dropped.items() if why == HUB["repo_name"].why}
    return _finished(settings, dropped, remarks)


def _converted(became: Became, value: object) -> object:
    """Our value; None where the old one sets nothing here."""
    try:
        return became.convert(value) if became.key else None
    except (ValueError, TypeError):  # a text such as `auto` in the place of a number
        return None


def _finished(settings: dict[str, object], dropped: dict[str, str], remarks: dict[str, str]) -> Migrated:
    """Resolve settings that would contradict each other."""
    if "checkpoint.keep" in settings and "checkpoint.monitor" not in settings:
        del settings["checkpoint.keep"]
        remarks["save_total_limit"] = "without checkpoint.monitor only the last checkpoint is kept"
    if "checkpoint.monitor" in settings:
        settings["checkpoint.mode"] = "min" if settings["checkpoint.monitor"] == "val/loss" else "max"
    interval, accumulated = (settings.get(f"trainer.{key}", 1) for key in ("val_check_interval", "accumulate_grad_batches"))
    if "trainer.val_check_interval" in settings and isinstance(interval, int) and isinstance(accumulated, int):
        settings |= {"trainer.val_check_interval": interval * accumulated, "trainer.check_val_every_n_epoch": None}
    if settings.get("trainer.max_steps"):
        if "trainer.max_epochs" in settings:
            reason = f"trainer.max_steps {settings['trainer.max_steps']} wins over epochs, as in the older trainer"
            dropped["num_train_epochs"] = reason
        settings["trainer.max_epochs"] = -1
    return Migrated(settings, dropped, remarks)


def _usual() -> dict[str, object]:
    """What the older code took where a config said nothing."""
    usual = [(SECTIONS[section][key], value) for section, values in DEFAULTS.items() for key, value in values.items()]
    converted = {became.key: became.convert(value) for became, value in usual if became.key}
    return {key: value for key, value in converted.items() if value is not None}


def _has_known(content: Older) -> bool:
    """Whether one of the keys, with a value, is known."""
    if _is_flat(content):
        return any(value is not None and (became := KEYS.get(key)) and became.key for key, value in plain(content).items())
    return any(became.key for _, _, became in _values_of_sections(content))


def _of_other_flag(flag: str) -> Became | None:
    return KEYS.get(flag.replace("-", "_"))


def _old_values(content: Older, arguments: str) -> Iterator[tuple[str, object, Became]]:
    """Every key of the sections, then every argument, with its value and what it has become."""
    yield from _values_of_sections(content)
    yield from given_arguments(arguments, became_of_flag)


def _values_of_sections(content: Older) -> Iterator[tuple[str, object, Became]]:
    for section, values in content.items():
        if section == "comet" and isinstance(values, dict):
            yield from ((f"comet.{key}", value, Became(why=COMET_WHY)) for key, value in values.items() if value is not None)
        elif section in SECTIONS and isinstance(values, dict):
            for key, value in _flat(values):
                yield f"{section}.{key}", value, SECTIONS[section].get(key, _UNKNOWN)
        else:
            yield str(section), values, Became(why="not a section of the older pipeline that is known here")


def _flat(values: Mapping[str, object]) -> Iterator[tuple[str, object]]:
    """The keys of a section; those of `inference.generation` as if they stood in it."""
    for key, value in values.items():
        if key == "generation" and isinstance(value, dict):
            yield from value.items()
        else:
            yield key, value


def _with_arguments(content: Older, name: str, arguments: str) -> Mapping[str, object]:
    """A section with those of its keys that stand among the arguments."""
    values = dict(_section(content, name))
    for flag, value, became in given_arguments(arguments, became_of_flag):
        key = flag[2:].removeprefix(f"{name}-").replace("-", "_")
        values |= {key: value} if SECTIONS[name].get(key) is became else {}
    return values


def _section(content: Older, name: str) -> Mapping[str, object]:
    section = content.get(name)
    return section if isinstance(section, dict) else {}


def lines_of(found: Migrated) -> list[str]:
    """What was dropped and why, and what means something else now; keys of one reason in one line."""
    lines = []
    for what, reasons in (("dropped", found.dropped), ("changed", found.remarks)):
        for reason in dict.fromkeys(reasons.values()):
            lines.append(f"{what} {', '.join(key for key, why in reasons.items() if why == reason)}: {reason}")
    return lines


def page(found: Migrated, source: str, out: Path) -> str:
    """The new config as a page: how to launch it, what was dropped and why, the settings by sections."""
    lines = [f"# Converted from {source}.", "#", f"#   mathpal fit --config {quoted(out)}", "#"]
    lines += [f"# {line}" for line in lines_of(found)]
    nested: dict[str, Any] = {}
    for key, value in found.settings.items():
        *sections, name = key.split(".")
        inner = nested
        for section in sections:
            inner = inner.setdefault(section, {})
        inner[name] = value
    return "\n".join(lines) + "\n\n" + yaml.safe_dump(nested, allow_unicode=True, sort_keys=False)


def _as_plain(loader: _Reader, suffix: str, node: yaml.Node) -> object:
    """The value of a node with a tag of a Python object, as plain data."""
    if isinstance(node, yaml.MappingNode):
        return loader.construct_mapping(node, deep=True)
    if isinstance(node, yaml.SequenceNode):
        parts = loader.construct_sequence(node, deep=True)
        return parts[0] if suffix.startswith("object/apply") and len(parts) == 1 else parts  # an enumeration's value
    return loader.construct_scalar(node)  # type: ignore[arg-type]  # the only kind of node that is left


_Reader.add_multi_constructor("tag:yaml.org,2002:python/", _as_plain)
