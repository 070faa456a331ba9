"""The keys of other trainers' configs and what each has become here: of the Trainer, TRL, PEFT, Axolotl and LLaMA-Factory.

Such files are flat: `learning_rate: 2e-4`, not `training: {learning_rate: 2e-4}`. `mathpal migrate` reads this table.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from mathpal_lightning.commands.old_values import LAYERS, layers, path, real, switch, whole
from mathpal_lightning.commands.older_keys import EVALUATION, LOGGING, LORA, MODEL, OUTPUT, SYSTEM, TRAINING, Became
from mathpal_lightning.commands.trainer_methods import (
    KEYS_OF,
    NAMED_BY,
    POLICY,
    PREFERENCE,
    joined,
    method_of,
    objective_named,
)

_HUB_ID = re.compile(r"[\w-][\w.-]*/[\w.-]+(?<!\.json)(?<!\.jsonl)(?<!\.csv)(?<!\.parquet)")
_SAME_SOLVER = "solutions are written greedily, so that a score can be repeated"


def _names(value: object) -> list[str] | None:
    """Layers as a list or with commas between; None for `all`, which is what we train anyway."""
    names = layers(value)
    return None if names == LAYERS else names


def _datasets(value: object) -> object:
    """Axolotl's list of {path: ..., name: configuration, split: ...}, or a name."""
    listed = value if isinstance(value, list) else [value]
    paths = [_data_set(*map(one.get, ("path", "name", "split"))) if isinstance(one, Mapping) else str(one) for one in listed]
    return None if not paths or not all(paths) else paths if len(paths) > 1 else paths[0]


def _data_set(name: object, config: object = None, split: object = None) -> str:
    """A data set of the Hub with its configuration and split; a file or a folder has neither.

    >>> _data_set("openai/gsm8k", "main"), _data_set("me/rows", None, "hard"), _data_set("rows.jsonl", None, "train")
    ('openai/gsm8k:main', 'me/rows:hard', 'rows.jsonl')
    """
    parts = [str(part) for part in (name, config, "" if split == "train" else split) if part]
    return ":".join(parts) if parts and _HUB_ID.fullmatch(parts[0]) else str(name or "")


def _steps(value: object) -> int | None:
    return int(real(value)) if real(value) >= 1 else None  # below 1: a share of all steps


def _share(value: object) -> float | None:
    return real(value) if 0 < real(value) < 1 else None


def _if(on: object) -> Callable[[object], object]:
    return lambda value: on if switch(value) else None


_TARGETS = Became("model.lora_targets", _names, "all linear layers unless the file names some")
_TOKENIZER = Became(why="the tokenizer is the base's own, and so is its chat template")
_COLUMNS = Became(why="rows are read from columns that data.columns names, and from chats")
_KERNELS = Became(why="kernels are chosen by the GPU and the loader; only model.compile is a setting")
_STRATEGY = Became(why="several GPUs: trainer.strategy (configs/ddp.yaml, configs/fsdp.yaml)")
_WHEN = Became(why="trainer.val_check_interval says when; checkpoints are written after each validation and at the end")
_BEST = Became("checkpoint.monitor", _if("val/loss"), "the best by metric_for_best_model is exported, else by the loss")
_LOGGER = Became(why="Lightning's loggers: trainer.logger")
_SECRET = Became(why="secrets stay in the environment: HF_TOKEN, or `hf auth login`")
_DATA_KEYS = ("datasets", "dataset_name", "dataset_path", "data_path", "train_file", "train_data")
_BASES = (
    "model_name_or_path",
    "base_model",
    "model_name",
    "model_id",
    "base_model_name_or_path",
    "pretrained_model_name_or_path",
)
_ALIASES: dict[tuple[str, ...], Became] = {
    _BASES: Became("model.model_name"),
    ("max_seq_length", "max_length", "sequence_len", "cutoff_len", "model_max_length", "max_seq_len"): MODEL["max_seq_length"],
    ("learning_rate", "lr"): TRAINING["learning_rate"],
    ("num_train_epochs", "num_epochs", "epochs"): TRAINING["num_train_epochs"],
    ("max_steps",): TRAINING["max_steps"],
    ("per_device_train_batch_size", "micro_batch_size", "train_batch_size"): TRAINING["per_device_train_batch_size"],
    ("per_device_eval_batch_size", "eval_batch_size"): TRAINING["per_device_eval_batch_size"],
    ("gradient_accumulation_steps",): TRAINING["gradient_accumulation_steps"],
    ("warmup_ratio",): TRAINING["warmup_ratio"],
    ("warmup_steps",): Became("model.warmup_share", _share, "model.warmup_share is a share, as a number below 1 is"),
    ("weight_decay",): TRAINING["weight_decay"],
    ("optim", "optimizer"): Became("model.optimizer", TRAINING["optim"].convert, "AdamW, in 8 bits where the name says so"),
    ("lr_scheduler_type", "lr_scheduler"): TRAINING["lr_scheduler_type"],
    ("max_grad_norm", "gradient_clipping"): TRAINING["max_grad_norm"],
    ("bf16", "fp16"): Became("trainer.precision", lambda on: "bf16-mixed" if on == "auto" or switch(on) else None),
    ("packing", "sample_packing"): Became("data.packing", switch, "rows are packed unless the file says false"),
    ("train_on_inputs",): Became("data.supervise", lambda on: "all" if switch(on) else "solution"),
    ("completion_only_loss", "assistant_only_loss", "train_on_responses_only"): TRAINING["train_on_responses_only"],
    ("lora_r", "lora_rank", "r"): LORA["r"],
    ("lora_alpha",): LORA["alpha"],
    ("lora_dropout",): LORA["dropout"],
    ("lora_target_modules", "lora_target", "target_modules"): _TARGETS,
    ("lora_target_linear",): Became(why="all linear layers are trained unless model.lora_targets names some"),
    ("use_rslora", "peft_use_rslora"): Became("model.lora_rslora", switch),
    ("use_dora", "peft_use_dora"): Became("model.lora_dora", switch),
    ("lora_bias", "bias"): LORA["bias"],
    ("loftq_config", "init_lora_weights"): LORA["loftq_config"],
    ("lora_modules_to_save", "modules_to_save"): Became(why="only LoRA matrices are trained: they can be merged exactly"),
    ("load_in_4bit",): Became("model.bits", _if(4)),
    ("load_in_8bit",): Became("model.bits", _if(8)),
    ("quantization_bit",): Became("model.bits", whole),
    ("adapter",): Became("model.finetune", lambda kind: "lora" if kind in ("lora", "qlora") else "full"),
    ("finetuning_type",): Became("model.finetune", lambda kind: "full" if kind == "full" else "lora"),
    ("use_peft", "use_lora"): Became("model.finetune", lambda on: "lora" if switch(on) else "full"),
    ("full_finetuning",): MODEL["full_finetuning"],
    ("gradient_checkpointing", "use_gradient_checkpointing"): SYSTEM["use_gradient_checkpointing"],
    ("torch_compile",): Became("model.compile", switch),
    ("seed",): SYSTEM["seed"],
    ("data_seed",): Became("data.seed", whole),
    ("dataloader_num_workers",): SYSTEM["dataloader_num_workers"],
    ("output_dir",): Became("output_dir", path, "a run's folder is output_dir/name"),
    ("run_name",): OUTPUT["experiment_name"],
    ("logging_steps",): LOGGING["logging_steps"],
    ("report_to",): Became("comet", LOGGING["report_to"].convert, "others than Comet are Lightning's loggers: trainer.logger"),
    ("save_steps",): Became("checkpoint.every_n_steps", _steps),
    ("save_total_limit",): OUTPUT["save_total_limit"],
    ("eval_steps",): Became("trainer.val_check_interval", _steps, EVALUATION["eval_steps"].why),
    ("metric_for_best_model",): EVALUATION["metric_for_best_model"],
    ("greater_is_better",): EVALUATION["greater_is_better"],
    ("load_best_model_at_end",): _BEST,
    ("hub_model_id",): Became("push.repo"),
    ("hub_private_repo",): Became("push.private", switch),
    ("push_to_hub",): Became(why="push.repo pushes where it is set"),
    ("hub_token", "push_to_hub_token", "token"): _SECRET,
    _DATA_KEYS: Became("data.train", _datasets),
    ("test_datasets", "validation_file", "eval_dataset"): Became("data.validation", _datasets),
    ("val_set_size", "val_size"): Became("data.validation_share", lambda share: real(share) if 0 < real(share) < 1 else None),
    NAMED_BY: Became("model.objective", objective_named),
    ("max_new_tokens",): Became("model.max_new_tokens", whole),
    ("adam_beta1", "adam_beta2"): Became("model.betas", lambda _: None, "joined to model.betas"),
    ("adam_epsilon",): Became(why="AdamW's own, 1e-8"),
    ("dataset_config", "dataset_train_split"): Became(why="joined to data.train, where that is a data set of the Hub"),
    ("dataset_test_split",): Became(why="a split that is called test is found by its name; another one is data.validation"),
    ("dataset_text_field", "dataset_split", "dataset_num_proc", "preprocessing_num_workers"): _COLUMNS,
    ("remove_unused_columns", "dataset_prepared_path", "overwrite_cache", "template", "prompt_template"): _COLUMNS,
    ("dataset",): Became(why="the name of an entry in LLaMA-Factory's dataset_info.json: give the file itself as data.train"),
    ("chat_template", "special_tokens", "tokenizer_type", "tokenizer_name_or_path", "eos_token", "pad_token"): _TOKENIZER,
    ("flash_attention", "attn_implementation", "flash_attn", "xformers_attention", "sdp_attention", "tf32"): _KERNELS,
    ("use_liger_kernel", "use_unsloth", "group_by_length", "pad_to_sequence_len", "torch_dtype", "dtype"): _KERNELS,
    ("deepspeed", "fsdp", "fsdp_config", "ddp_timeout", "ddp_find_unused_parameters"): _STRATEGY,
    ("eval_strategy", "evaluation_strategy", "save_strategy", "logging_strategy", "evals_per_epoch", "saves_per_epoch"): _WHEN,
    ("do_train", "do_eval", "do_predict"): Became(why="mathpal fit trains, mathpal test scores, mathpal predict solves"),
    ("wandb_project", "wandb_entity", "wandb_name", "wandb_run_id", "mlflow_tracking_uri", "logging_dir"): _LOGGER,
    ("temperature", "top_p", "top_k", "min_p", "repetition_penalty", "do_sample", "num_beams"): Became(why=_SAME_SOLVER),
    ("trust_remote_code",): Became(why="no code that comes with a model is ever run"),
    ("model_type",): Became(why="the base says its own type; Gemmas are trained"),
    ("task_type", "peft_type"): Became(why="an adapter here is always LoRA on a causal language model"),
    ("overwrite_output_dir",): Became(why="a flag of one call: mathpal fit --overwrite"),
    ("resume_from_checkpoint", "auto_resume_from_checkpoints"): Became(why="a flag of one call: mathpal fit --ckpt_path last"),
    ("neftune_noise_alpha",): Became(why="no noise is added: preflight compares packed rows with single ones"),
}  # fmt: skip
_COMMON = {name: became for names, became in _ALIASES.items() for name in names}
KEYS = _COMMON | POLICY | PREFERENCE
"""The key of another trainer -> what it has become here, whatever the method."""
_UNKNOWN = Became(why="not a key that is known here")
_OFF = Became(why="off or empty in the file: there is nothing to convert")
_RANKS = {"lora_r", "lora_rank", "r"}
_LORA_KEYS = _RANKS | {"lora_alpha", "adapter", "use_peft", "use_lora", "finetuning_type", "full_finetuning"}


def plain(content: Mapping[str, object]) -> dict[str, object]:
    """A flat config with the keys of Axolotl's section `trl` beside the others."""
    inner = content.get("trl")
    outer = {str(key): value for key, value in content.items() if not (key == "trl" and isinstance(inner, Mapping))}
    return outer | dict(inner) if isinstance(inner, Mapping) else outer


def other_values(content: Mapping[str, object]) -> Iterator[tuple[str, object, Became]]:
    """Every key of a flat config with its value and what it has become by the method of the file.

    Raises:
        ConfigError: see `method_of`.
    """
    keys = _COMMON | KEYS_OF[method_of(content).objective]
    for key, value in content.items():
        became = keys.get(str(key), _UNKNOWN)
        if key == "adapter" and value is None:
            continue  # see `completed`
        is_off = value is None or value is False and not became.key
        yield str(key), True if is_off else value, _OFF if is_off else became


def completed(settings: Mapping[str, object], content: Mapping[str, object]) -> tuple[dict[str, object], dict[str, str]]:
    """The settings with those that several keys make together, and remarks on what no key says.

    Raises:
        ConfigError: see `method_of`; or a loss that is not here.
    """
    whole, remarks = joined(method_of(content), settings, content)
    whole |= _data(whole, content)
    if content.get("adam_beta1") is not None or content.get("adam_beta2") is not None:
        whole["model.betas"] = [real(content.get("adam_beta1") or 0.9), real(content.get("adam_beta2") or 0.999)]
    if content.get("adapter") == "qlora":
        whole.setdefault("model.bits", 4)
    if "model.bits" not in whole:
        whole["model.bits"] = 16
        remarks["model.bits: 16"] = "the file loads the base without quantisation; 4 takes a quarter of the memory"
    given = {key for key, value in content.items() if value is not None}
    if "adapter" in content and "adapter" not in given:  # Axolotl's way to train all weights
        if _RANKS & given:
            remarks["adapter"] = "empty beside a rank of LoRA, so LoRA is trained; for all weights set model.finetune: full"
        else:
            whole["model.finetune"] = "full"
            remarks["adapter"] = "empty, so all weights are trained"
    elif not _LORA_KEYS & given:
        remarks["model.finetune: lora"] = "the file has no key of LoRA; where all weights were trained, set it to full"
    return whole, remarks


def _data(settings: Mapping[str, object], content: Mapping[str, object]) -> dict[str, object]:
    """TRL's data set with its configuration and splits."""
    name, config = settings.get("data.train"), content.get("dataset_config")
    if not isinstance(name, str):
        return {}
    train, test = (content.get(f"dataset_{split}_split") for split in ("train", "test"))
    found: dict[str, object] = {"data.train": _data_set(name, config, train)}
    if test and (train or "train", test) != ("train", "test") and _HUB_ID.fullmatch(name):
        found["data.validation"] = _data_set(name, config, test)
    return found
