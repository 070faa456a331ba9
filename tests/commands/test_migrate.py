"""Configs and arguments of the older pipeline become ours; what has no place here is said, with the reason."""

import json
from pathlib import Path
from typing import get_args

import pytest
import yaml

from mathpal_lightning.cli.keys import is_known
from mathpal_lightning.commands.migrate import migrate, migrated, read_older
from mathpal_lightning.commands.older_keys import DEFAULTS, FLAGS, SECTIONS
from mathpal_lightning.commands.other_trainers import KEYS
from mathpal_lightning.commands.trainer_methods import KEYS_OF, POLICY_LOSSES, PREFERENCE_LOSSES, SMOOTHED, method_of
from mathpal_lightning.errors import ConfigError
from mathpal_lightning.losses import dpo
from mathpal_lightning.losses.policy import PolicyLoss

ROOT = Path(__file__).parents[2]
OLD = """
model: {name: unsloth/gemma-3n-E2B-it, max_seq_length: 1024, load_in_4bit: true}
dataset: {name: me/rows, train_split: train, test_split: hard, text_field: text, instruction_column: "Đề bài"}
training: {max_steps: 60, num_train_epochs: 3, learning_rate: 1e-4, optim: adamw_torch, fp16: false, warmup_ratio: 0.1}
lora: {r: 32, alpha: 64, bias: none, target_modules: [q_proj, v_proj]}
output: {experiment_name: lop6, save_total_limit: 3, save_formats: [lora, merged_4bit, gguf]}
hub: {push_to_hub: true, username: lan, repo_name: toan, token: hf_x}
inference: {generation: {temperature: 0.1, max_new_tokens: 256}, num_test_examples: 7}
comet: !!python/object:mathpal.training.config.CometConfig
  workspace: w
  tags: !!python/tuple [a, b]
  mode: !!python/object/apply:mathpal.Mode [online]
system: {seed: 7, use_gradient_checkpointing: unsloth}
"""


@pytest.fixture
def old(tmp_path: Path) -> Path:
    file = tmp_path / "old.yaml"
    file.write_text(OLD, encoding="utf-8")
    return file


def test_values_come_to_their_keys(old: Path):
    found = migrated(read_older(old))
    expected = {
        "model.model_name": "unsloth/gemma-3n-E2B-it",
        "model.bits": 4,
        "data.max_length": 1024,
        "data.train": "me/rows",
        "data.test": "me/rows:hard",
        "data.columns.question": "Đề bài",
        "data.columns.solution": "solution",  # the older default
        "trainer.max_steps": 60,
        "trainer.max_epochs": -1,  # steps win, as in the older trainer
        "trainer.accumulate_grad_batches": 8,  # the older default
        "model.learning_rate": 1e-4,
        "model.warmup_share": 0.1,
        "model.optimizer": "adamw",
        "model.lora_r": 32,
        "model.lora_targets": ["q_proj", "v_proj"],
        "name": "lop6",
        "export.formats": ["adapter", "merged_4bit", "gguf:q8_0"],
        "push.repo": "lan/toan",
        "model.max_new_tokens": 256,
        "evaluation.problems": 7,
        "model.gradient_checkpointing": True,
        "seed_everything": 7,
    }
    assert {key: found.settings.get(key) for key in expected} == expected
    assert "checkpoint.keep" not in found.settings  # Lightning refuses it without a monitor


def test_what_is_dropped_has_a_reason_and_secrets_go(old: Path):
    found = migrated(read_older(old))
    assert {"lora.bias", "hub.token", "inference.temperature", "comet.tags", "dataset.text_field"} <= set(found.dropped)
    assert all(found.dropped.values())
    assert "hf_x" not in json.dumps(found._asdict())
    assert "training.fp16" not in found.dropped  # it was off


def test_arguments_win_over_the_file(old: Path):
    arguments = "--config old.yaml --max-steps 100 --learning-rate=5e-5 --load-in-4bit true --no-comet --quick-test --lora-r 8"
    found = migrated(read_older(old), arguments)
    wanted = {"trainer.max_steps": 100, "model.learning_rate": 5e-5, "comet": "off", "model.lora_r": 8}
    assert {key: found.settings[key] for key in wanted} == wanted
    assert "mathpal fit --quick_test" in found.dropped["--quick-test"]
    with pytest.raises(ConfigError, match="--learning-rat"):
        migrated({}, "--learning-rat 1")


def test_the_page_reads_as_our_config(old: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    migrate(old, tmp_path / "new.yaml")
    said = capsys.readouterr().out
    assert "dropped comet.workspace, comet.tags, comet.mode: " in said
    assert f"next: mathpal preflight --config {tmp_path / 'new.yaml'}" in said
    text = (tmp_path / "new.yaml").read_text(encoding="utf-8")
    assert yaml.safe_load(text)["model"]["lora_r"] == 32
    with pytest.raises(ConfigError, match="which exists"):
        migrate(old, tmp_path / "new.yaml")


def test_a_saved_object_is_never_made(tmp_path: Path):
    file = tmp_path / "bad.yaml"
    file.write_text("training: {max_steps: 5}\nlora: !!python/object/apply:os.system ['touch made']\n", encoding="utf-8")
    found = migrated(read_older(file))
    assert found.settings["trainer.max_steps"] == 5
    assert not (tmp_path / "made").exists()
    assert not Path("made").exists()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a: [1", "but got '<stream end>' in line 1"),
        ("model:\n\tname: x\n", r"cannot start any token in line 2"),
        ("Training: {Max_Steps: 3}\n", "small letters: training"),
        ("- 1\n- 2\n", "found list"),
        ("services: {web: 1}\n", "found services.*sections model, dataset"),
        ("model: {_component_: torchtune.models.gemma}\ndataset: {_component_: x}\n", "found model, dataset"),
        ("model: {model_name: x}\ntrainer: {max_steps: 5}\n", "needs no conversion: mathpal fit"),
        ("", "NoneType"),
    ],
)
def test_a_file_without_a_known_key_is_refused(text: str, found: str, tmp_path: Path):
    (tmp_path / "x.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match=found):
        read_older(tmp_path / "x.yaml")


OTHERS = {
    "trl": (
        "{model_name_or_path: google/gemma-3-1b-it, learning_rate: 2.0e-4, num_train_epochs: 3, per_device_train_batch_size: 2,"
        " gradient_accumulation_steps: 4, max_seq_length: 2048, lora_r: 8, lora_alpha: 16, seed: 3, output_dir: ./out,"
        " warmup_ratio: 0.1, eval_steps: 50, metric_for_best_model: eval_loss, bf16: true, fp16: false, max_steps: -1,"
        " hub_token: hf_secret, new_key: 1, ddp_timeout: null}",
        {
            "model.model_name": "google/gemma-3-1b-it",
            "model.learning_rate": 2e-4,
            "trainer.max_epochs": 3,
            "data.batch_size": 2,
            "trainer.accumulate_grad_batches": 4,
            "data.max_length": 2048,
            "model.lora_r": 8,
            "model.lora_alpha": 16.0,
            "seed_everything": 3,
            "output_dir": "./out",
            "model.warmup_share": 0.1,
            "trainer.val_check_interval": 200,  # every 50 steps of 4 batches
            "trainer.check_val_every_n_epoch": None,  # counted across epochs
            "checkpoint.monitor": "val/loss",
            "checkpoint.mode": "min",
            "trainer.precision": "bf16-mixed",
            "model.bits": 16,  # TRL loads a base as it is unless told otherwise
        },
        {"max_steps", "hub_token", "new_key", "ddp_timeout"},
    ),
    "axolotl": (
        "{base_model: google/gemma-3-270m-it, adapter: qlora, datasets: [{path: rows.jsonl, type: alpaca}], sequence_len: 512,"
        " micro_batch_size: 1, num_epochs: 2, optimizer: adamw_bnb_8bit, lr_scheduler: cosine, sample_packing: true,"
        " lora_target_modules: [q_proj, v_proj], val_set_size: 0.05, wandb_project: toan, learning_rate: auto}",
        {
            "model.model_name": "google/gemma-3-270m-it",
            "model.finetune": "lora",
            "model.bits": 4,
            "data.train": "rows.jsonl",
            "data.max_length": 512,
            "data.batch_size": 1,
            "trainer.max_epochs": 2,
            "model.optimizer": "adamw_8bit",
            "model.schedule": "cosine",
            "data.packing": True,
            "model.lora_targets": ["q_proj", "v_proj"],
            "data.validation_share": 0.05,
        },
        {"wandb_project", "learning_rate"},
    ),
    "llama_factory": (
        "{model_name_or_path: google/gemma-3-4b-it, stage: dpo, finetuning_type: lora, lora_target: all, quantization_bit: 4,"
        " cutoff_len: 1024, dataset: toan_vi, template: gemma, pref_beta: 0.1, do_train: true}",
        {
            "model.model_name": "google/gemma-3-4b-it",
            "model.objective": "dpo",
            "model.finetune": "lora",
            "model.bits": 4,
            "data.max_length": 1024,
            "model.preference.beta": 0.1,
            "model.learning_rate": 5e-5,  # LLaMA-Factory's own
        },
        {"lora_target", "dataset", "template", "do_train"},
    ),
}


@pytest.mark.parametrize(
    ("section", "key", "value", "ours", "expected"),
    [
        ("training", "per_device_train_batch_size", "2", "data.batch_size", 2),
        ("training", "learning_rate", "1e-4", "model.learning_rate", 1e-4),
        ("training", "learning_rate", float("inf"), "model.learning_rate", 2e-4),  # the older default stays
        ("lora", "r", 8.0, "model.lora_r", 8),
        ("lora", "r", 8.5, "model.lora_r", 16),
        ("lora", "use_rslora", "false", "model.lora_rslora", False),
        ("lora", "target_modules", "q_proj,v_proj", "model.lora_targets", ["q_proj", "v_proj"]),
        ("output", "base_dir", ["outputs", "x"], "output_dir", "outputs/x"),  # of a saved pathlib object
        ("system", "seed", "7", "seed_everything", 7),
    ],
)
def test_a_value_gets_the_type_of_its_key(section: str, key: str, value: object, ours: str, expected: object):
    found = migrated({section: {key: value}})
    assert found.settings[ours] == expected
    assert type(found.settings[ours]) is type(expected)
    assert (f"{section}.{key}" in found.dropped) == (value in (8.5, float("inf")))


def test_all_linear_layers_are_all_seven():
    assert len(migrated({"lora": {"target_modules": "all-linear"}}).settings["model.lora_targets"]) == 7  # type: ignore[arg-type]


def test_epochs_count_where_the_file_switches_steps_off_and_are_said_to_lose_otherwise():
    epochs = migrated({"training": {"max_steps": -1, "num_train_epochs": 2.5}})
    assert epochs.settings["trainer.max_epochs"] == 3
    assert "trainer.max_steps" not in epochs.settings
    steps = migrated({"training": {"num_train_epochs": 3}})
    assert steps.settings["trainer.max_steps"] == 100
    assert "max_steps 100 wins over epochs" in steps.dropped["num_train_epochs"]


@pytest.mark.parametrize(
    ("content", "monitor", "mode"),
    [
        ({"evaluation": {"metric_for_best_model": "eval_loss"}}, "val/loss", "min"),
        ({"evaluation": {"metric_for_best_model": "eval_loss", "greater_is_better": True}}, "val/loss", "min"),
        ({"evaluation": {"metric_for_best_model": "eval_f1", "greater_is_better": False}}, "val/exact_match", "max"),
        (
            {"evaluation": {"metric_for_best_model": "eval_loss"}, "output": {"load_best_model_at_end": True}},
            *("val/loss", "min"),
        ),
        (
            {"output": {"load_best_model_at_end": True}, "evaluation": {"metric_for_best_model": "eval_loss"}},
            *("val/loss", "min"),
        ),
        ({"output": {"load_best_model_at_end": True}}, "val/exact_match", "max"),
        ({"output": {"load_best_model_at_end": False}}, None, None),
        ({"metric_for_best_model": "eval_f1", "load_best_model_at_end": True}, "val/exact_match", "max"),
        ({"learning_rate": 1e-4, "load_best_model_at_end": True}, "val/loss", "min"),  # the Trainer's own metric
        ({"learning_rate": 1e-4, "load_best_model_at_end": False}, None, None),
    ],
)
def test_the_best_checkpoint_is_the_best_by_the_metric_that_the_file_names(
    content: dict[str, object], monitor: str | None, mode: str | None
):
    settings = migrated(content).settings
    assert (settings.get("checkpoint.monitor"), settings.get("checkpoint.mode")) == (monitor, mode)


def test_validations_come_after_the_steps_of_the_older_file():
    settings = migrated({"evaluation": {"eval_steps": 50}}).settings
    assert settings["trainer.val_check_interval"] == 400  # with the older default of 8 batches a step
    assert settings["trainer.check_val_every_n_epoch"] is None  # else an epoch of less than 400 batches refuses it
    assert "trainer.check_val_every_n_epoch" not in migrated({"training": {"max_steps": 5}}).settings


def test_a_repo_without_an_owner_is_not_set():
    found = migrated({"hub": {"push_to_hub": True, "repo_name": "toan"}})
    assert "push.repo" not in found.settings
    assert "your-name/toan" in found.dropped["hub.repo_name"]


def test_arguments_are_joined_as_keys_are():
    off = migrated({}, "--hub-username me --hub-repo-name lop5")
    assert "push.repo" not in off.settings
    assert set(off.dropped) == {"--hub-username", "--hub-repo-name"}
    assert all("push_to_hub is not on: set push.repo to me/lop5" in why for why in off.dropped.values())
    on = migrated({"hub": {"push_to_hub": True, "username": "lan"}}, "--hub-username me --hub-repo-name lop5")
    assert on.settings["push.repo"] == "me/lop5"
    rows = migrated({"dataset": {"name": "a/rows", "train_split": "easy"}}, "--dataset-name b/rows --test-split hard")
    assert (rows.settings["data.train"], rows.settings["data.test"]) == ("b/rows:easy", "b/rows:hard")


def test_an_argument_that_no_shell_or_yaml_can_read_is_no_fault_of_ours():
    with pytest.raises(ConfigError, match="arguments of the older command line, but found no closing quotation. Close"):
        migrated({}, "--experiment-name 'x")
    assert migrated({}, "--experiment-name '[v2'").settings["name"] == "[v2"


def test_a_file_that_is_not_there_is_said_in_plain_words(tmp_path: Path):
    with pytest.raises(ConfigError, match=r"a YAML file to convert, but found no file .*x\.yaml\. Check the path"):
        read_older(tmp_path / "x.yaml")


@pytest.mark.parametrize("name", OTHERS)
def test_configs_of_other_trainers_are_converted_key_by_key(name: str, tmp_path: Path):
    text, expected, dropped = OTHERS[name]
    (tmp_path / "x.yaml").write_text(text, encoding="utf-8")
    content = read_older(tmp_path / "x.yaml")
    found = migrated(content)
    assert found.settings == expected
    assert set(found.dropped) == dropped
    assert all(found.dropped.values())
    assert "hf_secret" not in json.dumps(found._asdict())


@pytest.mark.parametrize(
    ("content", "finetune", "said"),
    [
        ({"base_model": "g", "adapter": None}, "full", "adapter"),
        ({"base_model": "g", "adapter": None, "lora_r": None, "lora_alpha": None}, "full", "adapter"),
        ({"base_model": "g", "adapter": None, "lora_r": 8}, None, "adapter"),
        ({"base_model": "g", "adapter": "lora", "lora_r": 8}, "lora", None),
        ({"base_model": "g", "lora_r": None}, None, "model.finetune: lora"),
    ],
)
def test_a_file_that_trains_all_weights_is_not_made_lora_without_a_word(
    content: dict[str, object], finetune: str | None, said: str | None
):
    found = migrated(content)
    assert found.settings.get("model.finetune") == finetune
    assert {"adapter", "model.finetune: lora"} & set(found.remarks) == ({said} if said else set())
    assert "adapter" not in found.dropped


def test_arguments_of_another_trainer_win_too():
    found = migrated({"learning_rate": 1e-4, "lora_r": 8}, "--learning_rate 5e-5 --lora-r=16")
    assert found.settings["model.learning_rate"] == 5e-5
    assert found.settings["model.lora_r"] == 16


def test_the_table_leads_to_keys_that_exist():
    rows = [became for keys in (*SECTIONS.values(), FLAGS, KEYS) for became in keys.values()]
    assert len(rows) > 200
    assert [became.key for became in rows if became.key and not is_known(became.key)] == []
    assert all(became.key or became.why for became in rows)
    assert all(key in SECTIONS[section] for section, keys in DEFAULTS.items() for key in keys)


def test_the_page_of_the_docs_has_every_old_key():
    page = (ROOT / "docs" / "migration.md").read_text(encoding="utf-8")
    keys = [f"{section}.{key}" for section, keys in SECTIONS.items() if section != "inference" for key in keys]
    assert [key for key in keys if f"| `{key}` |" not in page] == []


GRPO = {"learning_rate": 1e-6, "beta": 0.04, "num_generations": 8}
METHODS = {
    "trl_grpo": (
        {**GRPO, "loss_type": "grpo", "num_iterations": 2, "epsilon": 0.2, "epsilon_high": 0.28, "scale_rewards": True}
        | {"temperature": 0.9, "max_completion_length": 256, "per_device_train_batch_size": 16, "label_smoothing": 0.1},
        {
            "model.objective": "grpo",
            "model.policy.kl": 0.04,
            "model.policy.loss": "grpo",
            "model.policy.updates": 2,
            "model.policy.clip": [0.2, 0.28],
            "model.policy.temperature": 0.9,
            "model.policy.group_size": 8,
            "model.max_new_tokens": 256,
            "data.batch_size": 2,  # 16 solutions are 2 problems
            "model.preference.beta": None,
            "model.preference.label_smoothing": None,
        },
    ),
    "one_update_is_never_clipped": ({**GRPO, "epsilon": 0.3}, {"model.objective": "grpo", "model.policy.clip": None}),
    "gspo": ({**GRPO, "importance_sampling_level": "sequence", "loss_type": "grpo"}, {"model.policy.loss": "gspo"}),
    "batches_of_a_step": (
        {**GRPO, "per_device_train_batch_size": 2, "gradient_accumulation_steps": 8, "eval_steps": 10},
        {"data.batch_size": 2, "trainer.accumulate_grad_batches": None, "trainer.val_check_interval": 10},
    ),
    "no_whole_problem": ({**GRPO, "per_device_train_batch_size": 3}, {"data.batch_size": None}),
    "trl_dpo": (
        {"loss_type": ["sigmoid", "sft"], "loss_weights": [1.0, 0.5], "beta": 0.2, "label_smoothing": 0.1}
        | {"max_prompt_length": 512, "max_completion_length": 512, "precompute_ref_log_probs": True},
        {
            "model.objective": "dpo",
            "model.preference.loss": {"sigmoid": 1.0, "sft": 0.5},
            "model.preference.beta": 0.2,
            "model.preference.label_smoothing": 0.1,
            "model.learning_rate": 1e-6,  # TRL's own, a hundredth of SFT's
            "model.max_new_tokens": None,
            "model.policy.kl": None,
        },
    ),
    "ipo": ({"loss_type": "ipo", "beta": 0.5, "label_smoothing": 0.1}, {"model.preference.label_smoothing": None}),
    "rpo": ({"rpo_alpha": 0.3, "beta": 0.1}, {"model.preference.loss": {"sigmoid": 1.0, "sft": 0.3}}),
    "simpo_of_trl": (
        {"loss_type": "simpo", "beta": 2.0, "simpo_gamma": 1.0, "cpo_alpha": 0.0},
        {"model.objective": "dpo", "model.preference.loss": "simpo", "model.preference.simpo_margin": 1.0},
    ),
    "simpo_as_trl_begins": ({"loss_type": "simpo"}, {"model.preference.loss": {"simpo": 1.0, "sft": 1.0}}),
    "axolotl_orpo": (
        {"base_model": "g", "rl": "orpo", "orpo_alpha": 0.2},
        {"model.objective": "dpo", "model.preference.loss": "orpo", "model.preference.beta": 0.2},
    ),
    "axolotl_grpo": (
        {"base_model": "g", "rl": "grpo", "trl": {"beta": 0.01, "num_generations": 4, "max_completion_length": 99}},
        {"model.objective": "grpo", "model.policy.kl": 0.01, "model.policy.group_size": 4, "model.max_new_tokens": 99},
    ),
    "llama_factory_simpo": (
        {"stage": "dpo", "pref_loss": "simpo", "simpo_gamma": 0.7, "pref_ftx": 0.1},
        {"model.preference.loss": {"simpo": 1.0, "sft": 0.1}, "model.preference.simpo_margin": 0.7},
    ),
    "llama_factory_sft": (
        {"stage": "sft", "pref_beta": 0.1, "temperature": 0.95},
        {"model.objective": "sft", "model.preference.beta": None, "model.policy.temperature": None},
    ),
    "betas": ({"adam_beta2": 0.99, "packing": True}, {"model.betas": [0.9, 0.99], "model.objective": None}),
    "constant_after_a_warm_up": ({"lr_scheduler_type": "constant_with_warmup"}, {"model.schedule": "constant"}),
    "constant_without": (
        {"lr_scheduler_type": "constant", "warmup_ratio": 0.1},
        {"model.schedule": "constant", "model.warmup_share": 0.0},
    ),
    "warm_up_share": ({"warmup_steps": 0.1, "learning_rate": 1e-4}, {"model.warmup_share": 0.1}),
    "configuration": (
        {
            "dataset_name": "openai/gsm8k",
            "dataset_config": "main",
            "dataset_train_split": "train",
            "dataset_test_split": "test",
        },
        {"data.train": "openai/gsm8k:main", "data.validation": None},
    ),
    "splits": (
        {"dataset_name": "me/rows", "dataset_train_split": "easy", "dataset_test_split": "hard"},
        {"data.train": "me/rows:easy", "data.validation": "me/rows:hard"},
    ),
    "axolotl_configuration": (
        {"datasets": [{"path": "openai/gsm8k", "name": "main", "split": "train"}, {"path": "a.jsonl", "split": "train"}]},
        {"data.train": ["openai/gsm8k:main", "a.jsonl"]},
    ),
}


@pytest.mark.parametrize("name", METHODS)
def test_a_file_keeps_its_method_and_the_keys_of_it(name: str):
    content, expected = METHODS[name]
    found = migrated(content)
    assert {key: found.settings.get(key) for key in expected} == expected
    assert {key for key, why in found.dropped.items() if "not a key" in why} == set()


@pytest.mark.parametrize(
    ("content", "found"),
    [
        ({"beta": 0.1, "max_prompt_length": 512}, "beta and max_prompt_length, which SFT has not.*`rl: dpo`"),
        ({"rl": "kto", "base_model": "g"}, r"rl: kto \(KTO\)"),
        ({"stage": "rm"}, "a reward model"),
        ({"stage": "pt"}, "stage: pt"),
        ({"loss_type": "kto", "beta": 0.1, "precompute_ref_log_probs": False}, r"loss_type: kto \(KTO\)"),
        ({"desirable_weight": 1.0, "beta": 0.1}, "KTO"),
        ({"center_rewards_coefficient": 0.01}, "a reward model"),
        ({"num_generations": 2, "normalize_advantages": False, "beta": 0.05}, "RLOO"),
        ({"cpo_alpha": 1.0, "loss_type": "sigmoid", "simpo_gamma": 0.5}, "CPO"),
        ({"loss_type": "bco_pair"}, "found bco_pair"),
        ({**GRPO, "loss_type": "bnpo"}, "found bnpo"),
        (
            {**GRPO, "importance_sampling_level": "sequence", "loss_type": "dapo"},
            "dapo with importance_sampling_level sequence",
        ),
    ],
)
def test_a_method_that_is_not_here_or_not_told_is_refused(content: dict[str, object], found: str):
    with pytest.raises(ConfigError, match=found):
        migrated(content)


def test_the_method_may_be_said_as_an_argument(tmp_path: Path):
    (tmp_path / "x.yaml").write_text("beta: 0.3\nlearning_rate: 1.0e-6\n", encoding="utf-8")
    found = migrated(read_older(tmp_path / "x.yaml"), "--rl orpo")
    assert found.settings["model.preference.loss"] == "orpo"
    assert found.settings["model.preference.beta"] == 0.3


def test_a_file_that_says_no_method_is_told_what_was_taken():
    assert "`rl: dpo`" in migrated({"learning_rate": 1e-4}).remarks["model.objective: sft"]
    assert "model.objective: sft" not in migrated({"learning_rate": 1e-4, "packing": True}).remarks


def test_the_older_schedules_are_those_of_its_trainer():
    warm = migrated({"training": {"lr_scheduler_type": "constant_with_warmup"}}).settings
    assert (warm["model.schedule"], warm["model.warmup_share"]) == ("constant", 0.03)
    flat = migrated({"training": {"lr_scheduler_type": "constant"}}).settings
    assert (flat["model.schedule"], flat["model.warmup_share"]) == ("constant", 0.0)


def test_the_losses_are_those_of_the_package():
    assert set(PREFERENCE_LOSSES) == set(get_args(dpo.PreferenceLoss))
    assert set(POLICY_LOSSES) == set(get_args(PolicyLoss))
    assert dpo.SMOOTHED == SMOOTHED
    rows = [became for keys in KEYS_OF.values() for became in keys.values()]
    assert [became.key for became in rows if became.key and not is_known(became.key)] == []
    assert all(became.key or became.why for became in rows)


@pytest.mark.parametrize(
    ("trainer", "method"), [("DPOConfig", ("dpo", "")), ("GRPOConfig", ("grpo", "")), ("SFTConfig", ("sft", ""))]
)
def test_a_config_that_trl_saved_whole_keeps_its_method(trainer: str, method: tuple[str, str]):
    trl = pytest.importorskip("trl")
    content = getattr(trl, trainer)(output_dir="x", report_to="none", bf16=False, use_cpu=True).to_dict()
    assert method_of(content)[:2] == method
    found = migrated(content)
    assert found.settings.get("model.objective", "sft") == method[0]


@pytest.mark.parametrize("trainer", ["KTOConfig", "RLOOConfig", "RewardConfig"])
def test_another_method_that_trl_saved_whole_is_refused(trainer: str):
    trl = pytest.importorskip("trl")
    content = getattr(trl, trainer)(output_dir="x", report_to="none", bf16=False, use_cpu=True).to_dict()
    if trainer == "RewardConfig":  # its own key is empty unless it is set
        content["center_rewards_coefficient"] = 0.01
    with pytest.raises(ConfigError, match="No other method is here"):
        migrated(content)
