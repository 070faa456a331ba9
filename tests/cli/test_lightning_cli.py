"""`mathpal fit` and its kin on a tiny Gemma: the whole road, its files, and what is refused."""

import csv
import json
import math
import shlex
import zipfile
from pathlib import Path
from typing import Any

import pytest
import torch
import yaml
from peft import PeftModel
from safetensors.torch import load_file
from transformers import AutoModelForCausalLM

from mathpal_lightning.cli.lightning_cli import MathPalCLI
from mathpal_lightning.cli.main import main
from mathpal_lightning.cli.run_folder import find_checkpoint, prepare_run_folder
from mathpal_lightning.errors import CheckpointError, ConfigError
from mathpal_lightning.run import RunFolder
from tests.export.hub_server import REPO, TOKEN, Hub

COUNTS = {"count": 40, "validation_count": 10, "test_count": 6}
SHORT_TOPICS = ["price_of_several", "reduce_fraction", "length_conversion", "division_with_remainder", "sum_and_difference"]
"""At level 1 their problems fit 512 positions of the tiny tokenizer, whatever the other topics tell."""
CONFIGS = sorted((Path(__file__).parents[2] / "configs").glob("*.yaml"))


def tiny_config(base: Path, **sections: dict[str, Any]) -> dict[str, Any]:
    config: dict[str, Any] = {
        "name": "tiny",
        "model": {"model_name": str(base), "backend": "transformers", "bits": 4, "lora_r": 4, "max_new_tokens": 8},
        "data": {"train": "generated", "generator": {**COUNTS, "topics": SHORT_TOPICS, "levels": [1]}, "max_length": 1024},
        "evaluation": {"problems": 10, "sample": 4},
        "export": {"formats": ["adapter"], "verify": False},
        "trainer": {
            "max_steps": 3,
            "precision": "32-true",
            "accelerator": "cpu",
            "enable_progress_bar": False,
            "log_every_n_steps": 1,
        },
    }
    for name, values in sections.items():
        config[name] = config.get(name, {}) | values
    return config


def run(verb: str, config: dict[str, Any], folder: Path, *flags: str) -> None:
    file = folder / "given.yaml"
    file.write_text(yaml.safe_dump(config, allow_unicode=True), encoding="utf-8")
    main([verb, "--config", str(file), "--output_dir", str(folder / "outputs"), "--no_comet", *flags])


@pytest.fixture(scope="module")
def fitted(gemma3_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of one finished run."""
    folder = tmp_path_factory.mktemp("fitted")
    run("fit", tiny_config(gemma3_folder, model={"learning_rate": 1e-2}), folder)
    return folder / "outputs" / "tiny"


def test_a_fit_leaves_what_it_promises(fitted: Path, gemma3_folder: Path):
    names = {path.name for path in fitted.iterdir()}
    assert names >= {"config.yaml", "checkpoints", "adapter", "samples.jsonl", "metrics.csv", "summary.json"}
    summary = json.loads((fitted / "summary.json").read_text(encoding="utf-8"))
    assert summary["evaluation"]["before"]["problems"] == 4
    assert summary["evaluation"]["after"]["problems"] == 10
    assert summary["training"]["steps"] == 3
    assert summary["training"]["tokens"] > summary["training"]["supervised_tokens"] > 0
    samples = [json.loads(line) for line in (fitted / "samples.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [sample["moment"] for sample in samples].count("after") == 10
    losses = [
        row["train/loss"] for row in csv.DictReader((fitted / "metrics.csv").open(encoding="utf-8")) if row.get("train/loss")
    ]
    assert losses
    base = AutoModelForCausalLM.from_pretrained(gemma3_folder)
    adapter = PeftModel.from_pretrained(base, fitted / "adapter")
    assert max(float(weight.abs().max()) for name, weight in adapter.named_parameters() if "lora_B" in name) > 0


def test_every_checkpoint_has_its_adapter_beside_it(fitted: Path):
    checkpoints = sorted((fitted / "checkpoints").glob("*.ckpt"))
    assert {checkpoint.name for checkpoint in checkpoints} == {"step=3.ckpt", "last.ckpt"}
    for checkpoint in checkpoints:
        state = torch.load(checkpoint, weights_only=True)
        assert state["global_step"] == 3
        assert (checkpoint.with_suffix(".adapter") / "adapter_model.safetensors").exists()


def test_the_saved_config_runs_again_as_it_is(fitted: Path, tmp_path: Path):
    main(["fit", "--config", str(fitted / "config.yaml"), "--output_dir", str(tmp_path)])
    first, second = (torch.load(folder / "checkpoints/last.ckpt", weights_only=True) for folder in (fitted, tmp_path / "tiny"))
    for name, weight in first["state_dict"].items():
        assert torch.equal(weight, second["state_dict"][name])


def test_test_scores_the_test_rows_and_keeps_every_sample(fitted: Path, capsys: pytest.CaptureFixture[str]):
    before = (fitted / "metrics.csv").read_text(encoding="utf-8")
    main(["test", "--config", str(fitted / "config.yaml"), "--ckpt_path", "best"])
    samples = [json.loads(line) for line in (fitted / "test_samples.jsonl").read_text(encoding="utf-8").splitlines()]
    assert len(samples) == 6
    assert {"question", "gold", "solution", "verdict", "answer", "rule"} <= samples[0].keys()
    assert (fitted / "metrics.csv").read_text(encoding="utf-8") == before


def test_predict_turns_questions_into_solutions(fitted: Path, tmp_path: Path):
    questions = tmp_path / "questions.jsonl"
    questions.write_text("\n".join(json.dumps({"question": f"{number} + 1 = ?"}) for number in range(3)), encoding="utf-8")
    last = str(fitted / "checkpoints/last.ckpt")
    main(["predict", "--config", str(fitted / "config.yaml"), "--data.predict", str(questions), "--ckpt_path", last])
    lines = [json.loads(line) for line in (fitted / "solutions.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [line["question"] for line in lines] == ["0 + 1 = ?", "1 + 1 = ?", "2 + 1 = ?"]
    assert all("solution" in line for line in lines)
    assert (fitted / "solutions.xlsx").is_file(), "the same for Excel"


def test_validate_logs_the_loss(fitted: Path, capsys: pytest.CaptureFixture[str]):
    main(["validate", "--config", str(fitted / "config.yaml"), "--ckpt_path", str(fitted / "checkpoints/last.ckpt")])
    assert "val/loss" in capsys.readouterr().out


def losses_in(metrics: Path) -> dict[str, str]:
    """The training loss of each step."""
    rows = csv.DictReader(metrics.open(encoding="utf-8"))
    return {row["step"]: row["train/loss"] for row in rows if row.get("train/loss")}


@pytest.mark.parametrize("objective", ["sft", "dpo", "grpo"])
def test_a_run_goes_on_from_its_last_checkpoint(
    objective: str, gemma3_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("MATHPAL_CACHE", str(tmp_path / "cache"))
    config = tiny_config(gemma3_folder, evaluation={"problems": 0}, data={"max_length": 512}, export={"formats": []})
    config["trainer"] |= {"max_steps": 4}
    config["model"] |= {"schedule": "constant", "lora_dropout": 0.1, "objective": objective}
    config["data"]["max_length"] = 2048 if objective == "dpo" else 512
    if objective == "grpo":
        policy = {"group_size": 8, "temperature": 20.0, "rewards": {"tests.rewards.odd_length": 1.0}}
        config["model"] |= {"policy": policy, "max_new_tokens": 60}
    run("fit", config, tmp_path, "--name", "whole")
    run("fit", config, tmp_path, "--name", "parts", "--max_steps", "2")
    run("fit", config, tmp_path, "--name", "parts", "--ckpt_path", "last")
    whole, parts = (
        torch.load(tmp_path / f"outputs/{name}/checkpoints/last.ckpt", weights_only=True) for name in ("whole", "parts")
    )
    assert whole["global_step"] == parts["global_step"] == 4
    assert any("lora_B" in name and weight.any() for name, weight in whole["state_dict"].items()), "something was learned"
    # Which step differs first tells a failure in the resume (the third) from one in the arithmetic (any).
    losses = {file.parent.name + "/" + file.name: losses_in(file) for file in sorted(tmp_path.glob("outputs/*/metrics*.csv"))}
    for name, weight in whole["state_dict"].items():
        off = (weight - parts["state_dict"][name]).abs().max()
        assert torch.equal(weight, parts["state_dict"][name]), f"{name} is off by {off}; losses: {losses}"
    assert set(losses) == {"parts/metrics.1.csv", "parts/metrics.csv", "whole/metrics.csv"}


def test_preferences_are_learned_from_an_sft_adapter_and_exported_as_any_run_is(
    fitted: Path, gemma3_folder: Path, tmp_path: Path
):
    config = tiny_config(gemma3_folder, model={"objective": "dpo", "adapter": str(fitted / "adapter"), "learning_rate": 1e-3})
    config["data"]["max_length"] = 2048
    config["export"] = {"formats": ["adapter", "merged_16bit"], "verify": True}
    config["trainer"] |= {"max_steps": 4, "val_check_interval": 2, "limit_val_batches": 2}
    run("fit", config, tmp_path, "--name", "dpo")
    out = tmp_path / "outputs/dpo"
    summary = json.loads((out / "summary.json").read_text(encoding="utf-8"))
    assert summary["evaluation"]["after"]["problems"] == 10
    assert summary["export"]["checks"]
    assert all(check["ok"] for check in summary["export"]["checks"])
    rows = list(csv.DictReader((out / "metrics.csv").open(encoding="utf-8")))
    first = next(row for row in rows if row.get("train/loss"))
    assert float(first["train/loss"]) == pytest.approx(math.log(2), abs=1e-5)  # the reference is base and adapter
    assert {"train/rewards/margin", "train/kl", "val/rewards/accuracy", "val/ranking_accuracy"} <= first.keys()
    before, after = (load_file(folder / "adapter/adapter_model.safetensors") for folder in (fitted, out))
    assert any((after[name] - weight).abs().max() > 0 for name, weight in before.items())


def test_a_policy_learns_from_its_own_solutions_and_is_exported_as_any_run_is(
    fitted: Path, gemma3_folder: Path, tmp_path: Path
):
    # At a high temperature all 512 tokens are nearly alike, so that a fifth of the solutions end.
    policy = {"group_size": 8, "temperature": 20.0, "rewards": {"tests.rewards.odd_length": 1.0}}
    model = {"objective": "grpo", "adapter": str(fitted / "adapter"), "policy": policy, "max_new_tokens": 60}
    config = tiny_config(gemma3_folder, model=model, checkpoint={"monitor": "val/exact_match"})
    config["export"] = {"formats": ["adapter", "merged_16bit"], "verify": True}
    config["trainer"] |= {"max_steps": 4, "val_check_interval": 2, "limit_val_batches": 1}
    run("fit", config, tmp_path, "--name", "grpo")
    out = tmp_path / "outputs/grpo"
    summary = json.loads((out / "summary.json").read_text(encoding="utf-8"))
    assert summary["evaluation"]["after"]["problems"] == 10
    assert all(check["ok"] for check in summary["export"]["checks"])
    rows = list(csv.DictReader((out / "metrics.csv").open(encoding="utf-8")))
    assert {"train/reward", "train/pass_rate", "train/signal", "train/sampler_kl", "val/exact_match"} <= rows[-1].keys()
    lines = [json.loads(line) for line in (out / "rollouts.jsonl").read_text(encoding="utf-8").splitlines()]
    assert {len(line["solutions"]) for line in lines} == {8}
    assert {one["reward"] for line in lines for one in line["solutions"]} == {0.0, 1.0}


def test_a_policy_that_cannot_learn_is_refused_before_the_first_step(
    gemma3_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    policy = {"group_size": 4, "rewards": {"tests.rewards.never": 1.0}}
    config = tiny_config(gemma3_folder, model={"objective": "grpo", "policy": policy, "max_new_tokens": 8})
    with pytest.raises(SystemExit) as leaving:
        run("fit", config, tmp_path, "--name", "grpo")
    assert leaving.value.code == 4
    assert "`objective: sft` first" in capsys.readouterr().err
    assert not list(tmp_path.glob("outputs/grpo/checkpoints/*"))


@pytest.mark.parametrize("named", ["last", "best", "no/such.ckpt"])
def test_a_checkpoint_that_is_not_there_is_refused(named: str, tmp_path: Path):
    with pytest.raises(CheckpointError, match="--name"):
        find_checkpoint(tmp_path, named)


def test_no_checkpoint_named_is_none(tmp_path: Path):
    assert find_checkpoint(tmp_path, None) is None


def test_early_stopping_on_exact_match_and_a_comet_archive(gemma3_folder: Path, tmp_path: Path):
    stopping = {"class_path": "EarlyStopping", "init_args": {"monitor": "val/exact_match", "mode": "max", "patience": 1}}
    config = tiny_config(gemma3_folder, checkpoint={"monitor": "val/exact_match"}, export={"formats": []})
    config["trainer"] |= {"callbacks": [stopping], "max_steps": 30, "max_epochs": 30, "check_val_every_n_epoch": 1}
    file = tmp_path / "given.yaml"
    file.write_text(yaml.safe_dump(config), encoding="utf-8")
    main(["fit", "--config", str(file), "--output_dir", str(tmp_path), "--comet", "offline"])
    run = tmp_path / "tiny"
    assert torch.load(run / "checkpoints/last.ckpt", weights_only=True)["global_step"] < 30
    metrics, assets = read_comet_archive(run / "comet")
    losses = [
        float(row["train/loss"])
        for row in csv.DictReader((run / "metrics.csv").open(encoding="utf-8"))
        if row.get("train/loss")
    ]
    assert metrics["train/loss"] == pytest.approx(losses)
    assert "val/exact_match" in metrics
    summary = json.loads((run / "summary.json").read_text(encoding="utf-8"))
    assert metrics["evaluation/after"] == [summary["evaluation"]["after"]["accuracy"]]
    for name in ("summary.json", "samples.jsonl", "config.yaml", "README.md"):
        assert assets[name] == (run / name).read_bytes(), name
    assert not any(name.endswith((".safetensors", ".ckpt", ".gguf")) for name in assets), "weights stay at home"


def read_comet_archive(folder: Path) -> tuple[dict[str, list[float]], dict[str, bytes]]:
    """The values of each metric, and the assets by name, from the one archive in the folder."""
    (file,) = folder.glob("*.zip")
    metrics: dict[str, list[float]] = {}
    assets = {}
    with zipfile.ZipFile(file) as archive:
        for message in map(json.loads, archive.read("messages.json").splitlines()):
            payload = message["payload"]
            if message["type"] == "metric_msg":
                metrics.setdefault(payload["metric"]["metricName"], []).append(payload["metric"]["metricValue"])
            elif message["type"] == "file_upload" and payload["additional_params"]:
                assets[payload["additional_params"]["fileName"]] = archive.read(Path(payload["file_path"]).name)
    return metrics, assets


def test_a_push_that_is_refused_comes_after_everything_else(
    gemma3_folder: Path, tmp_path: Path, hub: Hub, capsys: pytest.CaptureFixture[str]
):
    config = tiny_config(gemma3_folder, push={"repo": REPO}, evaluation={"problems": 0})
    hub.refuse = {"/commit/": 403}
    with pytest.raises(SystemExit) as exit_status:
        run("fit", config, tmp_path)
    assert exit_status.value.code == 8
    shown = capsys.readouterr()
    assert TOKEN not in shown.out + shown.err
    assert "tokens seen" in shown.out, "the table all the same"
    folder = tmp_path / "outputs" / "tiny"
    summary = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
    assert summary["seconds"] > 0
    assert summary["data"]["train"]["read"] == summary["data"]["train"]["kept"] == 40
    assert summary["data"]["train"]["refused"] == {}
    assert not any(TOKEN in path.read_text(errors="ignore", encoding="utf-8") for path in folder.rglob("*") if path.is_file())
    hub.refuse = {}
    main(shlex.split(shown.err.split("run: mathpal ")[1]))
    (commit,) = hub.repos[REPO].commits
    assert commit["adapter_model.safetensors"] == (folder / "adapter" / "adapter_model.safetensors").read_bytes()
    assert b"| train | 40 | 40 | none |" in commit["README.md"]
    assert not any(str(tmp_path).encode() in content or str(gemma3_folder).encode() in content for content in commit.values())


def test_a_push_that_cannot_work_stops_the_run_before_any_weights_load(
    gemma3_folder: Path, tmp_path: Path, hub: Hub, capsys: pytest.CaptureFixture[str]
):
    hub.whoami = {"name": "lan", "auth": {"accessToken": {"role": "read"}}}
    with pytest.raises(SystemExit) as exit_status:
        run("fit", tiny_config(gemma3_folder, push={"repo": REPO}), tmp_path)
    assert exit_status.value.code == 8
    assert "may only read" in capsys.readouterr().err
    assert not (tmp_path / "outputs" / "tiny" / "summary.json").exists()


def test_another_logger_stands_beside_metrics_csv(gemma3_folder: Path, tmp_path: Path):
    config = tiny_config(gemma3_folder, evaluation={"problems": 0}, export={"formats": []})
    config["trainer"]["logger"] = {"class_path": "TensorBoardLogger", "init_args": {"save_dir": str(tmp_path / "board")}}
    run("fit", config, tmp_path)
    assert (tmp_path / "outputs/tiny/metrics.csv").exists()
    assert list((tmp_path / "board").rglob("events.out.tfevents.*"))


def test_a_second_run_needs_overwrite(fitted: Path, gemma3_folder: Path, capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit) as exit_status:
        main(["fit", "--config", str(fitted / "config.yaml")])
    assert exit_status.value.code == 2
    assert "--overwrite" in capsys.readouterr().err
    assert (fitted / "summary.json").exists()


def test_a_dev_run_replaces_nothing(fitted: Path):
    before = {file: file.read_bytes() for file in fitted.rglob("*") if file.is_file()}
    main(["fit", "--config", str(fitted / "config.yaml"), "--overwrite", "--trainer.fast_dev_run", "true"])
    assert {file: file.read_bytes() for file in fitted.rglob("*") if file.is_file()} == before
    assert not RunFolder(fitted).earlier.exists()


def test_a_folder_without_a_run_is_not_said_to_be_replaceable(tmp_path: Path):
    (tmp_path / "photo.jpg").write_text("mine", encoding="utf-8")
    with pytest.raises(ConfigError, match="remove the folder") as refused:
        prepare_run_folder(RunFolder(tmp_path), overwrite=False, resume=False)
    assert "--overwrite" not in str(refused.value)


def test_overwrite_removes_runs_and_nothing_else(tmp_path: Path):
    (tmp_path / "photo.jpg").write_text("mine", encoding="utf-8")
    with pytest.raises(ConfigError, match="no run folder of mathpal"):
        prepare_run_folder(RunFolder(tmp_path), overwrite=True, resume=False)
    assert (tmp_path / "photo.jpg").exists()
    (tmp_path / "config.yaml").write_text("", encoding="utf-8")
    prepare_run_folder(RunFolder(tmp_path), overwrite=True, resume=False)
    assert not tmp_path.exists()


def test_a_replaced_run_is_kept_until_the_new_one_has_taken_a_step(gemma3_folder: Path, tmp_path: Path):
    config = tiny_config(gemma3_folder)
    run("fit", config, tmp_path)
    folder = tmp_path / "outputs/tiny"
    earlier, summary = RunFolder(folder).earlier, (folder / "summary.json").read_text(encoding="utf-8")
    (tmp_path / "damaged.jsonl").write_text("no row\n", encoding="utf-8")
    for _ in range(2):  # wrong twice
        with pytest.raises(SystemExit):
            run(
                "fit",
                config | {"overwrite": True, "data": config["data"] | {"train": str(tmp_path / "damaged.jsonl")}},
                tmp_path,
            )
        assert (earlier / "summary.json").read_text(encoding="utf-8") == summary
    run("fit", config | {"overwrite": True}, tmp_path)
    assert (folder / "summary.json").exists()
    assert not earlier.exists()


@pytest.mark.parametrize("name", ["../up", "/tmp/x", "a/b", "", ".", "a\0b"])
def test_a_run_name_cannot_leave_the_output_folder(name: str):
    with pytest.raises(ConfigError, match="single folder name"):
        RunFolder.named("outputs", name)


@pytest.mark.parametrize(
    ("flag", "near"),
    [
        ("--model.learning_rat=1", "model.learning_rate"),
        ("--trainer.max_step=1", "trainer.max_steps"),
        ("--evaluation.problem=3", "evaluation.problems"),
    ],
)
def test_an_unknown_key_names_the_nearest(flag: str, near: str, capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit) as exit_status:
        main(["fit", flag])
    assert exit_status.value.code == 2
    assert f"Did you mean `{near}`" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "near"),
    [
        ("model:\n  lora_rnk: 3\n", "model.lora_r"),
        ("modle:\n  lora_r: 3\n", "model.lora_r"),
        ("data:\n  generator:\n    cout: 3\n", "data.generator.count"),
    ],
)
def test_an_unknown_key_in_a_file_names_the_nearest(text: str, near: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    (tmp_path / "bad.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(SystemExit) as exit_status:
        main(["fit", "--config", str(tmp_path / "bad.yaml")])
    assert exit_status.value.code == 2
    assert f"Did you mean `{near}`" in capsys.readouterr().err


def test_later_configs_win(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    (tmp_path / "more.yaml").write_text("model:\n  lora_r: 3\n", encoding="utf-8")
    with pytest.raises(SystemExit):
        main(["fit", "--config", str(CONFIGS[0]), "--config", str(tmp_path / "more.yaml"), "--max-steps=7", "--print_config"])
    shown = yaml.safe_load(capsys.readouterr().out)
    assert shown["model"]["lora_r"] == 3
    assert shown["trainer"]["max_steps"] == 7


@pytest.mark.parametrize("config", CONFIGS, ids=lambda path: path.stem)
def test_every_config_instantiates_without_weights(config: Path, tmp_path: Path):
    made: list[MathPalCLI] = []

    class OnlyInstantiate(MathPalCLI):
        def _run_subcommand(self, subcommand: str) -> None:
            made.append(self)

    OnlyInstantiate(["fit", "--config", str(config), "--output_dir", str(tmp_path), "--trainer.accelerator=cpu", "--comet=off"])
    assert made[0].model.model is None
    assert made[0].config.fit.name == config.stem or made[0].config.fit.name


@pytest.mark.parametrize("config", CONFIGS, ids=lambda path: path.stem)
def test_only_its_own_page_names_a_gemma_3n(config: Path):
    """Nobody should come to Gemma 3n without meaning to: its towers and AltUp need memory and libraries of their own."""
    model_name = str(yaml.safe_load(config.read_text(encoding="utf-8")).get("model", {}).get("model_name", ""))
    assert ("3n" in model_name) == (config.stem == "gemma3n")
