"""The keys and arguments of the older pipeline (dino-nlp/mathpal): what each has become here, or why there is no such key.

Its names and defaults are facts of its public repository. `mathpal migrate` reads this table, and docs/migration.md shows it.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

import yaml

from mathpal_lightning.commands.old_values import count, epochs, layers, path, real, switch, whole
from mathpal_lightning.errors import ConfigError

_FORMATS = {"lora": "adapter", "merged_16bit": "merged_16bit", "merged_4bit": "merged_4bit", "gguf": "gguf:q8_0"}


class Became(NamedTuple):
    """What one old key has become."""

    key: str = ""
    """Ours; empty where there is none."""
    convert: Callable[[Any], object] = lambda value: value
    """The old value -> ours; None leaves the key out."""
    why: str = ""
    """Where there is none: why. Where there is one: what is different."""


def _formats(names: str | list[str]) -> list[str]:
    return ["adapter", *(_FORMATS.get(name, name) for name in ([names] if isinstance(names, str) else names) if name != "lora")]


def _metric(name: object) -> str:
    return "val/loss" if str(name).endswith("loss") else "val/exact_match"


def _schedule(name: str) -> str:
    """Ours is constant after a warm-up: `constant_with_warmup` elsewhere."""
    return "constant" if name == "constant_with_warmup" else name if name in ("cosine", "linear", "constant") else "cosine"


MODEL = {
    "name": Became("model.model_name"),
    "max_seq_length": Became("data.max_length", whole, "a longer problem is refused and counted, never cut"),
    "load_in_4bit": Became("model.bits", lambda on: 4 if switch(on) else None),
    "load_in_8bit": Became("model.bits", lambda on: 8 if switch(on) else None),
    "full_finetuning": Became("model.finetune", lambda on: "full" if switch(on) else None, "with model.bits: 16"),
}
DATASET = {
    "name": Became("data.train"),
    "train_split": Became(why="joined to data.train as name:split where it is not `train`"),
    "test_split": Became(why="a split that is called test is found by its name; another one is set as data.test"),
    "text_field": Became(why="rows are read from the columns of question and solution; the chat template is the model's own"),
    "instruction_column": Became("data.columns.question"),
    "answer_column": Became("data.columns.solution"),
    "packing": Became("data.packing", switch, "true is faster: a row then holds several problems that do not see each other"),
    "max_length": Became("data.max_length", whole),
    "num_proc": Became(why="rows are tokenised in one pass and kept in a cache"),
}
TRAINING = {
    "max_steps": Became("trainer.max_steps", count),
    "num_train_epochs": Became("trainer.max_epochs", epochs),
    "per_device_train_batch_size": Became("data.batch_size", count, "with packing, of packed rows"),
    "per_device_eval_batch_size": Became(why="validation has data.batch_size; solving has model.generation_batch_size"),
    "gradient_accumulation_steps": Became("trainer.accumulate_grad_batches", count),
    "learning_rate": Became("model.learning_rate", real),
    "warmup_ratio": Became("model.warmup_share", real),
    "warmup_steps": Became(why="model.warmup_share is a share of all steps"),
    "weight_decay": Became("model.weight_decay", real),
    "optim": Became("model.optimizer", lambda name: "adamw_8bit" if "8bit" in str(name) else "adamw"),
    "lr_scheduler_type": Became(
        "model.schedule", _schedule, "cosine, linear or constant, after a warm-up; others become cosine"
    ),
    "max_grad_norm": Became("trainer.gradient_clip_val", real),
    "fp16": Became("trainer.precision", lambda on: "bf16-mixed" if switch(on) else None, "float16 on a GPU without bfloat16"),
    "bf16": Became("trainer.precision", lambda on: "bf16-mixed" if switch(on) else None),
    "train_on_responses_only": Became("data.supervise", lambda on: "solution" if switch(on) else "all"),
}
LORA = {
    "r": Became("model.lora_r", count),
    "alpha": Became("model.lora_alpha", real),
    "dropout": Became("model.lora_dropout", real),
    "bias": Became(why="biases are not trained: an adapter with biases cannot be merged exactly"),
    "target_modules": Became("model.lora_targets", layers),
    "use_rslora": Became("model.lora_rslora", switch),
    "loftq_config": Became(why="LoftQ changes the base; the verified exports need the base that training saw"),
}
OUTPUT = {
    "base_dir": Became("output_dir", path),
    "experiment_name": Became("name", lambda name: str(name).replace("/", "-")),
    "save_strategy": Became(why="checkpoints are written after each validation, every checkpoint.every_n_steps and at the end"),
    "save_steps": Became("checkpoint.every_n_steps", count),
    "save_total_limit": Became("checkpoint.keep", count, "how many of the best are kept; the last one always is"),
    "load_best_model_at_end": Became(
        "checkpoint.monitor",
        lambda on: "val/exact_match" if switch(on) else None,
        "exports the best by metric_for_best_model",
    ),
    "save_formats": Became("export.formats", _formats, "each artefact is compared with the trained model"),
}
LOGGING = {
    "logging_steps": Became("trainer.log_every_n_steps", count),
    "steps": Became("trainer.log_every_n_steps", count),
    "report_to": Became("comet", lambda to: "auto" if "comet" in str(to) else "off", "auto logs when COMET_API_KEY is set"),
    "level": Became(why="the log has one line a stage; --debug shows the trace of an error"),
    "log_file": Became(why="redirect the command's output; metrics.csv, samples.jsonl and summary.json hold the figures"),
}
HUB = {
    "push_to_hub": Became(why="push.repo pushes where it is set"),
    "username": Became(why="joined to push.repo"),
    "repo_name": Became(why="joined to push.repo"),
    "private": Became("push.private", switch),
    "token": Became(why="secrets stay in the environment: HF_TOKEN, or `hf auth login`"),
}
EVALUATION = {
    "regression_test": Became(why="exact match is always scored, before and after training"),
    "num_tc_examples": Became("evaluation.problems", whole),
    "strategy": Became(why="trainer.val_check_interval says when"),
    "eval_steps": Became("trainer.val_check_interval", count, "counted in batches here: steps times accumulation"),
    "metric_for_best_model": Became("checkpoint.monitor", _metric, "a loss becomes val/loss, all else val/exact_match"),
    "greater_is_better": Became(why="checkpoint.mode follows from the metric: the lowest loss, the most exact matches"),
    "fp16_full_eval": Became(why="evaluation computes as training does"),
    "eval_accumulation_steps": Became(why="no logits are kept, so nothing has to be accumulated"),
}
_GREEDY = Became(why="solutions are written greedily, so that a score can be repeated; `mathpal data pairs` samples")
GENERATION = {
    "max_new_tokens": Became("model.max_new_tokens", count),
    "temperature": _GREEDY,
    "top_p": _GREEDY,
    "top_k": _GREEDY,
    "do_sample": _GREEDY,
    "num_test_examples": Became("evaluation.problems", whole),
    "test_after_training": Became(why="held-out problems are always solved at the end"),
}
SYSTEM = {
    "seed": Became("seed_everything", whole),
    "use_gradient_checkpointing": Became("model.gradient_checkpointing", lambda how: how == "unsloth" or switch(how)),
    "dataloader_drop_last": Became(why="no row is left out, and none counts twice"),
    "dataloader_pin_memory": Became(why="batches are small: packed ids, no pictures"),
    "dataloader_num_workers": Became("data.num_workers", whole),
}
COMET_WHY = "set COMET_WORKSPACE and COMET_PROJECT_NAME; the experiment is named as the run is, and no code is ever sent"
SECTIONS: dict[str, dict[str, Became]] = {
    "model": MODEL,
    "dataset": DATASET,
    "training": TRAINING,
    "lora": LORA,
    "output": OUTPUT,
    "logging": LOGGING,
    "hub": HUB,
    "evaluation": EVALUATION,
    "generation": GENERATION,
    "inference": GENERATION,
    "system": SYSTEM,
}
DEFAULTS: dict[str, dict[str, object]] = {
    "model": {"name": "unsloth/gemma-3n-E4B-it", "max_seq_length": 2048, "load_in_4bit": True},
    "dataset": {
        "name": "ngohongthai/exam-sixth_grade-instruct-dataset",
        "instruction_column": "question",
        "answer_column": "solution",
    },
    "training": {
        "max_steps": 100,
        "per_device_train_batch_size": 2,
        "gradient_accumulation_steps": 8,
        "learning_rate": 2e-4,
        "warmup_ratio": 0.03,
        "weight_decay": 0.01,
        "optim": "adamw_8bit",
        "lr_scheduler_type": "cosine",
        "max_grad_norm": 1.0,
        "bf16": True,
        "train_on_responses_only": True,
    },
    "lora": {"r": 16, "alpha": 32, "dropout": 0.0},
    "output": {
        "base_dir": "outputs",
        "experiment_name": "gemma3n-experiment",
        "save_steps": 100,
        "save_formats": ["lora", "merged_16bit"],
    },
    "logging": {"logging_steps": 5, "report_to": "comet_ml"},
    "generation": {"max_new_tokens": 512},
    "system": {"seed": 42, "use_gradient_checkpointing": "unsloth"},
}
"""What the older code took where a config said nothing, of the keys that mean something here."""
FLAGS: dict[str, Became] = {
    "model-name": MODEL["name"],
    "experiment-name": OUTPUT["experiment_name"],
    "output-dir": OUTPUT["base_dir"],
    "dataset-name": DATASET["name"],
    "lora-r": LORA["r"],
    "lora-alpha": LORA["alpha"],
    "lora-dropout": LORA["dropout"],
    "hub-username": HUB["username"],
    "hub-repo-name": HUB["repo_name"],
    "hub-private": HUB["private"],
    "hub-token": HUB["token"],
    "quick-test": Became(why="a flag of one call: mathpal fit --quick_test"),
    "dry-run": Became(why="a flag of one call: mathpal fit --dry_run, or mathpal preflight"),
    "debug": Became(why="a flag of one call: --debug"),
    "no-comet": Became("comet", lambda _: "off"),
    "no-env": Became(why="only secrets and caches are read from the environment; no setting is"),
}
"""Flags whose names are not those of a key; every other flag is a key with hyphens."""
_SWITCHES = {"quick-test", "dry-run", "debug", "no-comet", "no-env"}
"""Flags that take no value."""


def became_of_flag(flag: str) -> Became | None:
    """What a flag of the older command line has become; None for one that it did not have."""
    if flag in FLAGS:
        return FLAGS[flag]
    name = flag.replace("-", "_")
    return next((keys[name] for keys in SECTIONS.values() if name in keys), None)


def given_arguments(arguments: str, became_of: Callable[[str], Became | None]) -> Iterator[tuple[str, object, Became]]:
    """The arguments of a command line, each with its value and what it has become.

    Raises:
        ConfigError: one that `became_of` does not know, or a quotation without an end.
    """
    words = iter(_words(arguments))
    for word in words:
        flag, equals, value = word.lstrip("-").partition("=")
        became = became_of(flag)
        if flag in ("config", "c"):
            next(words, "") if not equals else None
            continue
        if became is None or not word.startswith("--"):
            raise ConfigError("arguments of the older command line", repr(word), "Take it out, or set our key by hand.")
        text = value if equals else "true" if flag in _SWITCHES else next(words, "")
        yield f"--{flag}", _value(text), became


def _words(arguments: str) -> list[str]:
    try:
        return shlex.split(arguments)
    except ValueError as error:  # a quotation without an end
        way_out = "Close the quotation, or take it out."
        raise ConfigError("arguments of the older command line", str(error).lower(), way_out) from error


def _value(text: str) -> object:
    """A number, true or false as YAML reads them, and `2e-4` as `2.0e-4`; a text that is no YAML (`[v2`) as it is."""
    mantissa, e, exponent = text.partition("e")
    try:
        return yaml.safe_load(f"{mantissa}.0e{exponent}" if e and mantissa.isdigit() else text)
    except yaml.YAMLError:
        return text


def joined(dataset: Mapping[str, object], hub: Mapping[str, object]) -> dict[str, object]:
    """What two old keys make together: the splits of a data set, the repo of a push."""
    settings: dict[str, object] = {}
    name, train, test = (dataset.get(key) for key in ("name", "train_split", "test_split"))
    name = name or DEFAULTS["dataset"]["name"]
    if train not in (None, "train"):
        settings["data.train"] = f"{name}:{train}"
    if test not in (None, "test"):
        settings["data.test"] = f"{name}:{test}"
    if hub.get("push_to_hub") and "/" in (repo := _repo(hub)):
        settings["push.repo"] = repo
    return settings


def _repo(hub: Mapping[str, object]) -> str:
    """The name of the repo with its owner; without a slash where one of the two is unknown."""
    owner, repo = hub.get("username"), str(hub.get("repo_name") or "")
    return f"{owner}/{repo}" if owner and repo and "/" not in repo else repo


def not_pushed(hub: Mapping[str, object]) -> str:
    """Why a section of the hub makes no `push.repo`."""
    repo = _repo({"username": "your-name", "repo_name": "its-name"} | {key: value for key, value in hub.items() if value})
    missing = "hub.push_to_hub is not on" if not hub.get("push_to_hub") else "one of hub.username and hub.repo_name is missing"
    return f"{missing}: set push.repo to {repo} to push"
