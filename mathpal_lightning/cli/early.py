"""What can be refused before torch is imported: a mistyped key, a config, file or checkpoint that is not there.

The full parser comes later and knows more. Whatever cannot be told here is left to it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import yaml

from mathpal_lightning.cli.config_text import composed, composed_file
from mathpal_lightning.cli.flags import ALIASES, SWITCHES, is_flag
from mathpal_lightning.cli.keys import EXAMPLE_KEYS, is_known, known_keys, nearest
from mathpal_lightning.cli.named import find_config
from mathpal_lightning.cli.processes import is_first_process
from mathpal_lightning.cli.rows_named import NO_VARIABLES, WHERE, refuse_idle_generator, require_rows
from mathpal_lightning.cli.run_errors import no_such_checkpoint, occupied
from mathpal_lightning.cli.values import refuse_repo, refuse_text_for_section, refuse_value, refuse_word
from mathpal_lightning.cli.verbs import OF_A_RUN
from mathpal_lightning.cli.writable import require_writable_cache, require_writable_run
from mathpal_lightning.compat.system import quoted
from mathpal_lightning.errors import CheckpointError, ConfigError, ModelError
from mathpal_lightning.files import OUTPUTS, in_home
from mathpal_lightning.formats import require_written
from mathpal_lightning.run import RunFolder, untrained
from mathpal_lightning.run.checkpoint import no_checkpoint

SOURCES = ("data.train", "data.validation", "data.test", "data.predict")
_OTHERS = {"model_name_or_path", "base_model", "per_device_train_batch_size", "micro_batch_size", "num_train_epochs"}
"""Keys at the top of other trainers' configs."""
_READS = {"test": "data.test", "validate": "data.validation", "predict": "data.predict"}
_SHORT = {long[0]: short for short, long in ALIASES.items() if long[0].startswith("--data.")}
_FLAGS_OF_PARSER = ("--print_config", "--print_shtab", "--dry_run")


def with_config_files(flags: Sequence[str]) -> list[str]:
    """The flags, with the file in the place of each config's name.

    Raises:
        ConfigError: a config that is not there.
    """
    found: list[str] = []
    words = iter(flags)
    for word in words:
        flag, equals, value = word.partition("=")
        if flag != "--config":
            found.append(word)
            continue
        value = value if equals else next(words, "")
        if not value or is_flag(value):
            raise ConfigError("a config after --config", value or "nothing", "For example: --config quickstart")
        is_text = "\n" in value or value.startswith("{")  # the config itself
        found.append(f"--config={value if is_text else find_config(value)}")
    return found


def refuse_early(verb: str, flags: Sequence[str]) -> None:
    """Refuse keys that do not exist, and files that are not there.

    Args:
        verb: one of Lightning's verbs.
        flags: its flags, long ones, with the files of its configs.

    Raises:
        ConfigError: an unknown key, with the nearest one.
        DataError: a file of rows that is not there; ModelError: of weights; CheckpointError: of a checkpoint.
    """
    settings = dict[str, list[str]]()
    generator = ""
    for key, node, place in _settings(flags):
        refuse_unknown(key, place, verb)
        _refuse_impossible(key, node, place)
        settings[key] = _texts(node)
        generator = key if not place and f"{key}.".startswith("data.generator.") else generator
    _require_something(verb, flags)
    if not any(flag.startswith("--print_config") for flag in flags):
        read = settings.get(_READS.get(verb, "")) or [name for source in SOURCES for name in settings.get(source, ())]
        if generator and read:
            trained_on = () if verb in _READS else settings.get("data.train", ())
            refuse_idle_generator(_SHORT.get(f"--{generator}", f"--{generator}"), read, trained_on)
        require_writable_cache(verb, *(Path(folder) for folder in settings.get("data.cache_dir", ()) if folder))
    if verb == "preflight" or any(flag.startswith("--print_config") for flag in flags):
        return  # what follows are lines of preflight's table, and no matter where a config is only shown
    if formats := settings.get("export.formats"):  # a fit with an empty list exports nothing
        require_written(formats)
    for repo in settings.get("push.repo", ()):
        refuse_repo(repo)
    for source in SOURCES:
        for name in settings.get(source, ()):
            require_rows(name)
    if verb == "predict" and not settings.get("data.predict"):
        raise ConfigError("questions to predict", "none", "Name the file after the run: mathpal predict RUN questions.xlsx")
    for key in ("model.adapter", "model.model_name"):
        for name in settings.get(key, ()):
            _require_weights(key, name)
    replaces = settings.get("overwrite", ["false"]) == ["true"]
    if verb == "fit" and is_first_process() and not replaces and not settings.get("ckpt_path"):
        _require_free(_run_of(settings))
    require_writable_run(verb, _run_of(settings))
    for named in settings.get("ckpt_path", ()):
        _require_checkpoint(verb, named, settings)


def refuse_unknown(key: str, place: str, verb: str) -> None:
    """Refuse a key that the config does not have.

    Args:
        key: its name with dots.
        place: where it stands, with a space before; empty for a flag.
        verb: whose help lists the keys.

    Raises:
        ConfigError: with the nearest key.
    """
    if not is_known(key):
        raise _unknown(key, place, verb)


def _run_of(settings: Mapping[str, Sequence[str]]) -> Path:
    return Path(*settings.get("output_dir", [OUTPUTS]), *settings.get("name", ["run"]))


def _require_checkpoint(verb: str, named: str, settings: Mapping[str, Sequence[str]]) -> None:
    """Refuse a checkpoint file that is not there, and `best` and `last` of a run that has none."""
    if named.endswith(".ckpt") and not Path(named).is_file():
        raise no_such_checkpoint(named, "none")
    run = RunFolder(_run_of(settings))
    elsewhere = settings.get("checkpoint.dirpath")
    folder = Path(elsewhere[0]) if elsewhere else run.own_checkpoints
    if named in ("best", "last") and not any(folder.glob("*.ckpt")):
        is_run = verb in OF_A_RUN and run.config.is_file()
        raise CheckpointError(*untrained(run)) if is_run else no_checkpoint(folder, {})


def _require_free(run: Path) -> None:
    """Refuse a folder that holds a run, so that a finished run is never lost."""
    if run.is_dir() and any(run.iterdir()):
        raise occupied(run)


def _require_something(verb: str, flags: Sequence[str]) -> None:
    """Refuse a call that names neither a config nor rows, nor a run."""
    given = {flag.partition("=")[0] for flag in flags}
    if given & {"--config", "--print_config"}:
        return
    if verb in ("fit", "bench") and "--data.train" not in given:
        way_out = f"Begin with: mathpal {verb} --config quickstart"
        raise ConfigError("rows to train on", "neither --config nor --data.train", way_out)
    if verb in OF_A_RUN and not given:
        rows = " questions.xlsx" if verb == "predict" else ""
        raise ConfigError("the run", "nothing", f"Name it: mathpal {verb} {OUTPUTS}/NAME{rows}")


def _unknown(key: str, place: str, verb: str) -> ConfigError:
    short = tuple(name.lstrip("-") for name in (*ALIASES, *SWITCHES) if name.startswith("--"))
    near = nearest(key, short)
    near = ALIASES.get(f"--{near}", [near])[0].lstrip("-") if place else near  # a file takes no short names
    way_out = f"Did you mean `{near}`?" if near else f"`mathpal {verb} --help_all` lists every key."
    return ConfigError("keys of the config", f"`{key}`{place}, which is none", way_out)


def _settings(flags: Sequence[str]) -> Iterator[tuple[str, yaml.Node | None, str]]:
    """Every key of the config files and the flags with its value, and where it stands; later ones win."""
    words = iter(flags)
    for word in words:
        flag, equals, value = word.partition("=")
        if not flag.startswith("--") or flag in _FLAGS_OF_PARSER:
            continue
        if not equals and flag != "--help":
            value = next(words, "")
            if not value or is_flag(value):
                raise _no_value(flag[2:], value)
        if flag != "--config":
            yield flag[2:], composed(value) or yaml.ScalarNode("tag:yaml.org,2002:str", value), ""
        elif "\n" not in value and not value.startswith("{"):
            top = composed_file(Path(value))
            _refuse_older(top, value)
            yield from ((key, node, f" in {value}") for key, node in _leaves(top, ""))


def _no_value(key: str, next_word: str) -> ConfigError:
    if not is_known(key):
        return _unknown(key, "", "fit")
    return ConfigError(f"a value after --{key}", next_word or "nothing", f"Write --{key} VALUE.")


def _refuse_impossible(key: str, node: yaml.Node | None, place: str) -> None:
    """Refuse a text for a section, for a number, or for one of a few words."""
    argument = known_keys().get(key)
    if argument is not None and isinstance(node, yaml.ScalarNode) and not node.tag.endswith(":null"):
        refuse_value(key, node.value, argument.annotation, place, argument.default)
        refuse_word(key, node.value, argument.words, place)
    elif argument is not None and isinstance(node, yaml.SequenceNode):
        refuse_value(key, json.dumps(_texts(node)), argument.annotation, place)
    elif (example := EXAMPLE_KEYS.get(key)) and not (isinstance(node, yaml.ScalarNode) and Path(node.value).is_file()):
        refuse_text_for_section(key, node, example, place)


def _leaves(node: yaml.Node | None, above: str) -> Iterator[tuple[str, yaml.Node]]:
    if not isinstance(node, yaml.MappingNode):
        return
    for name, value in node.value:
        key = f"{above}.{name.value}".lstrip(".")
        is_section = isinstance(value, yaml.MappingNode) and known_keys().get(key) is None
        if is_section and (key in known_keys() or not is_known(key)) and value.value:
            yield from _leaves(value, key)
        else:
            yield key, value


def _texts(node: yaml.Node | None) -> list[str]:
    """The texts of a scalar, of a list's elements, or of a mapping's keys."""
    if isinstance(node, yaml.ScalarNode):
        return [] if node.tag.endswith(":null") else [node.value]
    if isinstance(node, yaml.SequenceNode):
        return [each.value for each in node.value if isinstance(each, yaml.ScalarNode)]
    if isinstance(node, yaml.MappingNode):
        return [name.value for name, _ in node.value if isinstance(name, yaml.ScalarNode)]
    return []


def _refuse_older(top: yaml.Node | None, file: str) -> None:
    """Refuse a config of the older pipeline or of another trainer, and say how it is converted."""
    sections = set(_texts(top))
    if theirs := [name for name in _texts(top) if name in _OTHERS]:
        raise ConfigError(
            f"a config of mathpal_lightning in {file}",
            f"keys of another trainer: {', '.join(theirs)}",
            f"Convert it: mathpal migrate {quoted(file)} --out new.yaml",
        )
    if sections & {"training", "dataset", "lora", "output", "hub"} and not sections & {"trainer", "data"}:
        raise ConfigError(
            f"a config of mathpal_lightning in {file}",
            f"the sections of the older pipeline: {', '.join(sorted(sections))}",
            f"Convert it: mathpal migrate {quoted(file)} --out new.yaml",
        )


def _require_weights(key: str, name: str) -> None:
    path = in_home(name)
    repository, _, _ = name.partition("@")  # a revision may be refs/pr/1
    is_path = name.endswith(".gguf") or repository.count("/") > 1 or name.startswith(("/", "./", "../", "~"))
    if is_path and not path.exists():
        what = "a folder with an adapter" if key == "model.adapter" else "a folder, a .gguf file, a Hub id or offline-gemma"
        raise ModelError(f"{what} for `{key}`", f"nothing at {name!r}", NO_VARIABLES if "$" in name else WHERE)
