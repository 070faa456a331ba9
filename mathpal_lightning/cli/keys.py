"""Every key of a config, known without importing torch, and the nearest one to a key that is mistyped.

`tests/cli/test_keys.py` holds it against the keys of the real parser.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from functools import cache

from mathpal_lightning.cli.signature import Argument, Signature, read_signature, trainer_signature

SECTIONS = {
    "model": ("model.module", "MathPalModule"),
    "data": ("data.settings", "DataSettings"),
    "evaluation": ("callbacks.evaluate_solutions", "EvaluateSolutions"),
    "checkpoint": ("callbacks.checkpoint", "AdapterCheckpoint"),
    "export": ("callbacks.export_model", "ExportModel"),
    "push": ("callbacks.push_to_hub", "PushToHub"),
}
EXAMPLE_KEYS = {
    "model": "model_name",
    "data": "train",
    "trainer": "max_steps",
    "evaluation": "problems",
    "checkpoint": "monitor",
    "export": "formats",
    "push": "repo",
}
"""A key of each section, for errors."""
OWN = {
    "name": "The run; its folder is output_dir/name.",
    "output_dir": "Where run folders are made.",
    "overwrite": "Replace an earlier run of this name.",
    "comet": "Comet, for fits: auto logs when COMET_API_KEY is set, offline writes an archive into the run folder.",
    "lang": "Language of log lines, verdict, last table and report: en or vi.",
    "seed_everything": "The seed of everything random; false sets none.",
}
"""Keys outside of the sections that belong into a config, and what they mean."""
OF_VERBS = ("config", "print_config", "help", "ckpt_path", "verbose", "weights_only", "return_predictions", "json", "steps")
"""Keys of single verbs."""
OF_TRAINER = ("optimizer", "lr_scheduler")
"""Lightning's sections for classes of an optimizer and a schedule; what they hold is not known here."""


OTHER_WORDS = {
    "lr": "learning_rate",
    "epochs": "max_epochs",
    "num_train_epochs": "max_epochs",
    "steps": "max_steps",
    "rank": "model.lora_r",
    "alpha": "model.lora_alpha",
    "dropout": "model.lora_dropout",
    "dataset": "data.train",
    "model": "model_name",
    "resume": "ckpt_path",
    "resume_from_checkpoint": "ckpt_path",
    "gpus": "trainer.devices",
    "n_gpu": "trainer.devices",
    "num_gpus": "trainer.devices",
    "train": "data.train",
    "bs": "data.batch_size",
    "output": "output_dir",
    "model_name_or_path": "model_name",
    "base_model": "model_name",
    "num_workers": "data.num_workers",
}
"""What else people call a key, besides the names that `commands/other_trainers.py` has for `mathpal migrate`."""


@cache
def known_keys() -> Mapping[str, Argument | None]:
    """Every key with its argument; None for a section, and for a key of a verb."""
    keys: dict[str, Argument | None] = dict.fromkeys((*OWN, *OF_VERBS, *OF_TRAINER))
    for section, signature in signatures():
        keys[section] = None
        keys |= {f"{section}.{argument.name}": None if argument.section else argument for argument in signature.arguments}
    return keys


def signatures() -> Iterator[tuple[str, Signature]]:
    """Every section of a config, nested ones too, with the arguments that it takes."""
    yield "trainer", trainer_signature()
    for section, place in SECTIONS.items():
        yield from _with_nested(section, read_signature(*place))


def _with_nested(section: str, signature: Signature) -> Iterator[tuple[str, Signature]]:
    yield section, signature
    for argument in signature.arguments:
        if argument.section:
            yield from _with_nested(f"{section}.{argument.name}", read_signature(*argument.section))


def is_known(key: str) -> bool:
    """Whether a key is one of ours, or lies inside one: `trainer.logger.init_args.name`."""
    keys, parts = known_keys(), key.rstrip("+").split(".")
    if ".".join(parts) in keys:
        return True
    inside = (".".join(parts[:end]) for end in range(1, len(parts)))
    return any(part in keys and (keys[part] is not None or part in OF_TRAINER) for part in inside)


def nearest(key: str, more: tuple[str, ...] = ()) -> str:
    """The known key that a mistyped one resembles most; empty where none does.

    Args:
        key: what was typed.
        more: short flags that are no keys, such as `max_steps`.
    """
    from mathpal_lightning.commands.other_trainers import KEYS  # only an error needs it

    word = key.rpartition(".")[2]
    if other := OTHER_WORDS.get(word) or (KEYS[word].key if word in KEYS else ""):
        return other
    known = [*more, *known_keys()]
    if near := difflib.get_close_matches(key, known, n=1, cutoff=0.6):
        return near[0]
    by_leaf = {name.rpartition(".")[2]: name for name in reversed(known)}
    leaf = difflib.get_close_matches(key.rpartition(".")[2], by_leaf, n=1, cutoff=0.75)
    if leaf:
        return by_leaf[leaf[0]]
    return next(iter(difflib.get_close_matches(key, known, n=1, cutoff=0.5)), "")
