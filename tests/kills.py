"""SIGKILL at random moments of real `mathpal fit` processes, resumed each time: does it end where it would have ended?

    python -m tests.kills --kills 20                                the offline Gemma 3 270M, SFT, packed rows
    python -m tests.kills --kills 20 --objective dpo --padded
    python -m tests.kills --kills 5 --model FOLDER --max_length 2048          a tiny base with a coarse tokenizer

One run goes through undisturbed. Then others are killed, at moments drawn evenly between their loaded weights and their
end: in a step, a validation, the write of a checkpoint, the evaluation, the export. Each goes on with `--ckpt_path last`
until it ends; the SHA-256 of its adapter and merged weights must be the undisturbed run's. Leaves with 1 where one is not.
"""

import csv
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from argparse import ArgumentParser, Namespace
from pathlib import Path

import yaml

from mathpal_lightning.files import sha256_of
from mathpal_lightning.model.resolve import OFFLINE_GEMMA, resolve_model

ROOT = Path(__file__).parents[1]
ARTEFACTS = ("adapter/adapter_model.safetensors", "merged/model.safetensors")
VALIDATE_EVERY = 3
CONFIG = f"""
model: {{backend: transformers, bits: 4, keep_dequantized: true, lora_r: 8, lora_dropout: 0.1, learning_rate: 1.0e-3,
        max_new_tokens: 16}}
data:
  train: generated
  generator: {{count: 60, validation_count: 4, test_count: 2, levels: [1], topics: [sum_and_difference, price_of_several]}}
  num_workers: 1
evaluation: {{problems: 2, sample: 0}}
checkpoint: {{every_n_steps: 2}}
export: {{formats: [adapter, merged_16bit], verify: false}}
trainer: {{accelerator: cpu, precision: bf16-mixed, max_epochs: 100, val_check_interval: {VALIDATE_EVERY}, limit_val_batches: 2,
          check_val_every_n_epoch: null, num_sanity_val_steps: 0, log_every_n_steps: 1, enable_progress_bar: false}}
"""


def write_config(asked: Namespace, folder: Path) -> None:
    config = yaml.safe_load(CONFIG)
    config["model"] |= {"model_name": str(resolve_model(asked.model)), "objective": asked.objective}
    length = asked.max_length or (512 if asked.objective == "dpo" else 256)
    config["data"] |= {"max_length": length, "packing": not asked.padded, "batch_size": 3 if asked.padded else 1}
    config["trainer"]["max_steps"] = asked.steps
    (folder / "config.yaml").write_text(yaml.safe_dump(config), encoding="utf-8")


def fit(folder: Path, name: str, seconds: float | None = None) -> float | None:
    """Start a run, or go on with it; kill it where it lasts longer than `seconds` after its weights are loaded.

    Returns:
        How many seconds it took from there to its end; None where it was killed.
    """
    started = time.time()
    begun = any((folder / "outputs" / name / "checkpoints").glob("*.ckpt"))
    command = [sys.executable, "-m", "mathpal_lightning", "fit", "--config", "config.yaml", "--name", name, "--no_comet"]
    command += ["--ckpt_path", "last"] if begun else ["--overwrite"]
    # A cache of its own: it shall know nothing of what the undisturbed run found out (reference, encoded rows, preflight).
    environment = os.environ | {"PYTHONPATH": str(ROOT), "MATHPAL_CACHE": str(folder / f"cache of {name}")}
    log, loaded = folder / f"{name}.log", folder / "outputs" / name / "hparams.yaml"
    with log.open("w", encoding="utf-8") as handle:
        process = subprocess.Popen(command, cwd=folder, env=environment, stdout=handle, stderr=handle)
    try:
        while process.poll() is None and not (loaded.exists() and loaded.stat().st_mtime > started):
            time.sleep(0.02)  # hparams.yaml is written anew between the loaded weights and the first step
        training = time.monotonic()
        status = process.wait(seconds)
    except subprocess.TimeoutExpired:
        return None
    finally:
        process.kill()
        process.wait()
    if status:
        sys.exit(f"{log.read_text(encoding='utf-8')}\nThe run {name} left with {status}.")
    return time.monotonic() - training


def came_to(run: Path, since: float) -> str:
    """Where a process that began at `since` was killed, by what it left."""
    if unfinished := sorted(path for path in run.rglob(".*") if path.suffix in (".tmp", ".old")):
        return f"writing {unfinished[0].name[1:].rsplit('.', 2)[0]}"
    if exported := [name for name in ("merged", "adapter") if (run / name).exists() and (run / name).stat().st_mtime > since]:
        return f"after the export of {exported[0]}"
    metrics = run / "metrics.csv"  # an earlier process's has another name
    steps = [row for row in csv.DictReader(metrics.open(encoding="utf-8")) if row["step"]] if metrics.exists() else []
    if not steps:
        return "before its first step"
    last = steps[-1]
    if last.get("evaluation/after"):
        return "after the evaluation"
    return f"after step {int(last['step']) + 1}{' and its validation' if last.get('val/loss') else ''}"


def digests(run: Path) -> dict[str, str]:
    return {artefact: sha256_of(run / artefact) for artefact in ARTEFACTS}


def main() -> None:
    asked = arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that no process stays behind
    drawn = random.Random(f"{asked.seed} {asked.objective} {asked.padded}")
    kills = runs = differing = 0
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        write_config(asked, folder)
        duration = fit(folder, "whole") or 0.0
        expected = digests(folder / "outputs/whole")
        print(f"undisturbed: {duration:.1f} s after its weights were loaded; {shown(expected)}", flush=True)
        while kills < asked.kills:
            runs += 1
            while True:
                seconds, since = drawn.uniform(0, duration) if kills < asked.kills else None, time.time()
                if fit(folder, "killed", seconds) is not None:
                    break
                kills += 1
                print(f"kill {kills}, run {runs}: {seconds:.1f} s, {came_to(folder / 'outputs/killed', since)}", flush=True)
            found = digests(folder / "outputs/killed")
            differing += found != expected
            print(f"run {runs} ended; {'equal' if found == expected else 'DIFFERENT: ' + shown(found)}", flush=True)
            shutil.rmtree(folder / "outputs/killed")
    print(f"{kills} kills, {runs} runs, {differing} of them not the undisturbed one")
    sys.exit(bool(differing))


def shown(digests: dict[str, str]) -> str:
    return ", ".join(f"{Path(artefact).parent} {digest[:16]}" for artefact, digest in digests.items())


def arguments() -> Namespace:
    parser = ArgumentParser(prog="python -m tests.kills", description=str(__doc__).splitlines()[0])
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--model", default=OFFLINE_GEMMA, help="or a base model's folder")
    parser.add_argument("--objective", choices=("sft", "dpo"), default="sft")
    parser.add_argument("--padded", action="store_true", help="three documents, or pairs, a batch, one a row")
    parser.add_argument("--steps", type=int, default=8)
    parser.add_argument("--max_length", type=int, help="256 tokens for SFT and 512 for DPO where not given")
    parser.add_argument("--seed", type=int, default=0)
    return parser.parse_args()


if __name__ == "__main__":
    main()
