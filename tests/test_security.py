"""Nothing from outside is executed, nothing leaves its folder, and no secret is written down. Canaries tell."""

import ast
import json
import os
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
import yaml

from mathpal_lightning.callbacks import EvaluateSolutions
from mathpal_lightning.cli.secrets import without_secrets
from mathpal_lightning.errors import ConfigError, ExportError, ModelError
from mathpal_lightning.export import export_adapter
from mathpal_lightning.files import outside_links
from mathpal_lightning.model.resolve import resolve_model
from mathpal_lightning.run.seal import seal
from tests.cli.test_lightning_cli import tiny_config
from tests.runs import Run, Runs

PACKAGE = Path(__file__).parents[1] / "mathpal_lightning"
SECRETS = {
    "HF_TOKEN": "hf_canaryCanaryCanaryCanary1",
    "COMET_API_KEY": "canaryCometKey0123456789canaryCometKey01",
    "OPENAI_API_KEY": "sk-canary-openai-0123456789",
}


class Program:
    """Touches a file when it is unpickled."""

    def __init__(self, canary: Path):
        self.canary = canary

    def __reduce__(self) -> Any:
        return os.system, (f"touch {self.canary}",)


@pytest.fixture
def canary(tmp_path: Path) -> Iterator[Path]:
    """A file that only a planted program would make."""
    yield tmp_path / "canary"
    assert not (tmp_path / "canary").exists()


def fit(runs: Runs, folder: Path, base: Path, *flags: str, env: dict[str, str] | None = None, **sections: Any) -> Run:
    sections = {"evaluation": {"problems": 2, "sample": 2}, "data": {"max_length": 512}} | sections
    (folder / "config.yaml").write_text(yaml.safe_dump(tiny_config(base, **sections)), encoding="utf-8")
    return runs.mathpal("fit", "--config", "config.yaml", *flags, cwd=folder, env=env or {})


def calls() -> Iterator[tuple[Path, str, dict[str, Any]]]:
    """Every call in the package: its file, its dotted name, its literal keywords."""
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                keywords = {word.arg: getattr(word.value, "value", ...) for word in node.keywords if word.arg}
                yield path, ast.unparse(node.func), keywords


def test_the_package_reads_nothing_that_could_be_a_program():
    seen = set()
    for path, name, keywords in calls():
        seen.add(name)
        where = f"{path}: {name}"
        assert keywords.get("trust_remote_code", False) is False, where
        assert name not in ("eval", "exec", "pickle.load", "pickle.loads", "yaml.load", "yaml.unsafe_load", "os.system"), where
        if name == "torch.load":
            assert keywords["weights_only"] is True, where
        if name in ("np.load", "numpy.load"):
            assert keywords["allow_pickle"] is False, where
        if name.startswith("subprocess."):
            assert keywords.get("shell", False) is False, where
    assert {"torch.load", "np.load"} <= seen


def test_a_program_in_a_checkpoint_does_not_run(runs: Runs, gemma3_folder: Path, tmp_path: Path, canary: Path):
    folder = tmp_path / "outputs/tiny/checkpoints"
    folder.mkdir(parents=True)
    torch.save({"state_dict": Program(canary)}, folder / "last.ckpt")
    assert fit(runs, tmp_path, gemma3_folder, "--ckpt_path", "last").status == 5, "not ours"
    seal(folder / "last.ckpt", 1, None)
    done = fit(runs, tmp_path, gemma3_folder, "--ckpt_path", "last")
    assert done.status == 5
    assert "it may hold a program" in done.stderr


def test_a_program_in_an_adapter_does_not_run(runs: Runs, gemma3_folder: Path, tmp_path: Path, canary: Path):
    (tmp_path / "evil").mkdir()
    (tmp_path / "evil/adapter_config.json").write_text(
        json.dumps({"peft_type": "LORA", "r": 4, "target_modules": ["q_proj"]}), encoding="utf-8"
    )
    torch.save(Program(canary), tmp_path / "evil/adapter_model.bin")
    done = fit(runs, tmp_path, gemma3_folder, "--model.adapter", "evil")
    assert done.status == 4
    assert "never loaded" in done.stderr


@pytest.mark.parametrize("plant", ["pickled weights", "remote code"])
def test_a_program_in_a_base_model_does_not_run(plant: str, gemma3_folder: Path, tmp_path: Path, canary: Path):
    base = shutil.copytree(gemma3_folder, tmp_path / "base")
    config = json.loads((base / "config.json").read_text(encoding="utf-8"))
    if plant == "remote code":
        (base / "modeling.py").write_text(f"open({str(canary)!r}, 'w')", encoding="utf-8")
        (base / "config.json").write_text(
            json.dumps(config | {"auto_map": {"AutoModelForCausalLM": "modeling.Evil"}}), encoding="utf-8"
        )
    else:
        torch.save(Program(canary), base / "pytorch_model.bin")
        (base / "model.safetensors").unlink()
    with pytest.raises(ModelError, match="program"):
        resolve_model(str(base))


def test_a_script_in_a_data_set_does_not_run(runs: Runs, gemma3_folder: Path, tmp_path: Path, canary: Path):
    from datasets import load_dataset

    (tmp_path / "evil").mkdir()
    (tmp_path / "evil/evil.py").write_text(f"open({str(canary)!r}, 'w')", encoding="utf-8")
    done = fit(runs, tmp_path, gemma3_folder, "--data.train", "evil")
    assert done.status == 3
    assert "Traceback" not in done.stderr
    with pytest.raises(RuntimeError, match="scripts are no longer supported"):
        load_dataset(str(tmp_path / "evil"))


@pytest.mark.parametrize("tag", ["!!python/object/apply:os.system ['touch {}']", "!!python/object/new:os.system ['touch {}']"])
def test_a_program_in_a_config_does_not_run(tag: str, runs: Runs, tmp_path: Path, canary: Path):
    (tmp_path / "evil.yaml").write_text(f"name: {tag.format(canary)}\n", encoding="utf-8")
    done = runs.mathpal("fit", "--config", "evil.yaml", cwd=tmp_path)
    assert done.status == 2
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("name", ["../x.jsonl", "/tmp/x.jsonl", "a/b", "..", ""])
def test_the_samples_cannot_leave_the_run_folder(name: str):
    with pytest.raises(ConfigError, match="evaluation.file"):
        EvaluateSolutions(file=name)


def test_an_adapter_that_links_out_of_its_folder_is_not_exported(tmp_path: Path):
    (tmp_path / "secret.txt").write_text("mine", encoding="utf-8")
    adapter = tmp_path / "adapter"
    adapter.mkdir()
    (adapter / "adapter_config.json").write_text("{}", encoding="utf-8")
    (adapter / "notes.txt").symlink_to("../secret.txt")
    with pytest.raises(ExportError, match=r"a link out of it, notes.txt -> ../secret.txt"):
        export_adapter(adapter, tmp_path / "out", ["adapter"])
    assert not (tmp_path / "out/adapter").exists()


def test_links_inside_a_folder_and_those_of_the_hub_cache_are_no_escape(tmp_path: Path):
    blobs, snapshot = tmp_path / "models--a--b/blobs", tmp_path / "models--a--b/snapshots/1f"
    for folder in (blobs, snapshot):
        folder.mkdir(parents=True)
    (blobs / "5e").write_text("weights", encoding="utf-8")
    (snapshot / "model.safetensors").symlink_to("../../blobs/5e")
    (snapshot / "copy.safetensors").symlink_to("model.safetensors")
    assert outside_links(snapshot) == []
    (snapshot / "escape").symlink_to("/etc/passwd")
    assert outside_links(snapshot) == [snapshot / "escape"]


def everything_written(folder: Path) -> Iterator[tuple[str, bytes]]:
    for path in folder.rglob("*"):
        if path.is_file():
            yield str(path), path.read_bytes()
            if zipfile.is_zipfile(path):
                with zipfile.ZipFile(path) as archive:
                    yield from ((f"{path}!{name}", archive.read(name)) for name in archive.namelist())


def test_no_secret_of_the_environment_is_written_anywhere(runs: Runs, gemma3_folder: Path, tmp_path: Path):
    export = {"formats": ["adapter", "merged_16bit"], "verify": True}
    done = fit(runs, tmp_path, gemma3_folder, "--comet", "offline", env=SECRETS, export=export)
    assert done.status == 0, done.stderr
    written = dict(everything_written(tmp_path))
    assert any("comet" in name and "!" in name for name in written), "the archive was looked into"
    assert any(name.endswith("config.yaml") for name in written)
    assert any(name.endswith("stderr.txt") for name in written)
    for name, content in written.items():
        for secret in SECRETS.values():
            assert secret.encode() not in content, name


@pytest.mark.parametrize(
    "flags",
    [
        ["--data.train", f"https://user:{SECRETS['HF_TOKEN']}@example.org/rows.jsonl"],
        ["--trainer.logger", "CometLogger", "--trainer.logger.api_key", "not-in-the-environment-1"],
    ],
)
def test_a_config_that_holds_a_secret_is_refused_and_the_secret_is_not_shown(
    flags: list[str], runs: Runs, gemma3_folder: Path, tmp_path: Path
):
    done = fit(runs, tmp_path, gemma3_folder, *flags, env=SECRETS)
    assert done.status == 2
    assert "a config without secrets" in done.stderr
    assert "canary" not in done.stderr.lower()
    assert "not-in-the-environment-1" not in done.stderr
    assert not (tmp_path / "outputs").exists()


def test_an_error_shows_no_secret(monkeypatch: pytest.MonkeyPatch, runs: Runs, tmp_path: Path):
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)
    text = without_secrets(f"Key 'x={SECRETS['OPENAI_API_KEY']}' in https://h.co?token=abcdefgh123 by hf_{'a' * 30}")
    assert text == "Key 'x=***' in https://h.co?token=*** by ***"
    done = runs.mathpal("fit", f"--hf_token={SECRETS['HF_TOKEN']}", cwd=tmp_path, env=SECRETS)
    assert done.status == 2
    assert "canary" not in done.stderr.lower()
