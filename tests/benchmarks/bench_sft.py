"""Supervised fine-tuning: ours against TRL's and Unsloth's trainers, on the same rows, base, adapter, dtype and steps.

    python tests/benchmarks/bench_sft.py ROWS.json --model offline-gemma --length 512 --documents 6 --steps 6 --rounds 3

ROWS.json is a list of {"question", "solution"}, tokenised once for all. A step is `--documents` rows: padded by TRL and by
Unsloth, laid end to end in one row by ours (packs of a whole data set are 99 % full), so that every side sees the same tokens
in the same order and the losses of each step stand beside the times. `trl-packed` packs rows of its own, about as many
positions a step; it lets documents see each other where its attention is not FlashAttention's, so its losses are no reference.
Tokens are those that a side's own batches hold, padding apart. Each side runs alone in a fresh process; sides take turns for
`--rounds`. The first two steps, which allocate and compile, are not counted. TRL 1.15's SFTTrainer needs Triton, which needs a
GPU: on a CPU name a folder with TRL 1.16 (pip install --no-deps --target FOLDER trl==1.16.0) as `--trl`; Unsloth goes on with
the TRL that is installed. Sides:

    trl-padded, trl-packed
    unsloth                  Unsloth's model under TRL's trainer; on a CPU it switches packing off
    ours                     as the configs have it
    ours-compiled            with model.compile
    ours-lean                with model.gradient_checkpointing
"""

import argparse
import json
import random
import statistics
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from sides import DTYPE, LEARNING_RATE, TARGETS, Result, adapted_model, alone, fit_ours, now, print_result, write_adapter

NOT_COUNTED = 2
HANDED_ON = ["model", "length", "documents", "steps", "device", "dtype", "bits", "backend"]
Document = dict[str, list[int]]
Counts = list[tuple[int, int]]
"""Tokens, and supervised ones, of each step."""


def write_documents(rows: Path, model: Path, length: int, number: int, out: Path) -> None:
    """Real rows as token ids, and which of them are supervised."""
    from mathpal_lightning.chat import load_tokenizer
    from mathpal_lightning.data.encode import encode_rows
    from mathpal_lightning.schema import IGNORE_INDEX, Row, Turn
    from mathpal_lightning.text import normalize_text

    drawn = json.loads(rows.read_text(encoding="utf-8"))
    random.Random(0).shuffle(drawn)
    texts = [[normalize_text(row[name]) for name in ("question", "solution")] for row in drawn]
    turns = [Row((Turn("user", question), Turn("assistant", solution))) for question, solution in texts]
    encoded = [document for document in encode_rows(load_tokenizer(model), turns) if len(document.input_ids) <= length]
    with out.open("w", encoding="utf-8") as lines:
        for document in encoded[:number]:
            mask = [int(label != IGNORE_INDEX) for label in document.labels]
            lines.write(json.dumps({"input_ids": list(document.input_ids), "completion_mask": mask}) + "\n")


def train_ours(documents: list[Document], arguments: argparse.Namespace, folder: Path) -> tuple[Result, Counts]:
    """The same module and collation as `mathpal fit`, each step's documents in one row."""
    from mathpal_lightning import MathPalModule
    from mathpal_lightning.data.collate import collate
    from mathpal_lightning.schema import IGNORE_INDEX, Encoded

    module = MathPalModule(
        str(arguments.model),
        adapter=str(folder / "adapter"),
        backend=arguments.backend,
        bits=arguments.bits,
        keep_dequantized=arguments.bits == 4 and arguments.device == "cpu" and arguments.side != "ours-lean",
        compile=arguments.side == "ours-compiled",
        gradient_checkpointing=arguments.side == "ours-lean",
        learning_rate=LEARNING_RATE,
        schedule="constant",
        warmup_share=0.0,
    )

    def batch(step: list[Document]) -> Any:
        encoded = [
            Encoded(ids, [token if kept else IGNORE_INDEX for token, kept in zip(ids, mask, strict=True)])
            for ids, mask in (document.values() for document in step)
        ]
        return collate([encoded], 0)

    steps = _steps(documents, arguments)
    counts = [(sum(map(_tokens, step)), sum(map(_supervised, step))) for step in steps]
    return fit_ours(module, [batch(step) for step in steps], arguments.device, arguments.dtype, folder), counts


def train_with_trl(documents: list[Document], arguments: argparse.Namespace, folder: Path) -> tuple[Result, Counts]:
    """TRL's SFTTrainer, on transformers' model or on Unsloth's."""
    unsloth = arguments.side == "unsloth"
    if unsloth:
        import unsloth as _  # noqa: F401  before the classes it patches
    from datasets import Dataset
    from torch.utils.data import SequentialSampler
    from transformers import TrainerCallback
    from trl import SFTConfig, SFTTrainer

    from mathpal_lightning.chat import load_tokenizer

    packed = arguments.side == "trl-packed"
    seconds, losses, counts = [], [], []

    class Clock(TrainerCallback):
        def on_step_begin(self, *_: Any, **__: Any) -> None:
            self.started = now(arguments.device)

        def on_step_end(self, *_: Any, **__: Any) -> None:
            seconds.append(now(arguments.device) - self.started)

        def on_log(self, args: Any, state: Any, control: Any, logs: dict[str, float], **_: Any) -> None:
            if "loss" in logs:
                losses.append(logs["loss"])

    class InOrder(SFTTrainer):
        def _get_train_sampler(self, dataset: Any = None) -> Any:
            return SequentialSampler(self.train_dataset)

        def training_step(self, model: Any, inputs: Any, *rest: Any) -> Any:
            # Documents end with a token that is not the padding's.
            padding = self.processing_class.pad_token_id
            counts.append((int((inputs["input_ids"] != padding).sum()), int((inputs["labels"] >= 0).sum())))
            return super().training_step(model, inputs, *rest)

    tokens = sum(len(document["input_ids"]) for document in documents) / arguments.steps
    settings = SFTConfig(
        output_dir=str(folder / "trl"),
        per_device_train_batch_size=max(1, round(tokens / arguments.length)) if packed else arguments.documents,
        gradient_accumulation_steps=1,  # on a GPU Unsloth's own default is 2
        max_steps=arguments.steps,
        learning_rate=LEARNING_RATE,
        lr_scheduler_type="constant",
        max_grad_norm=1.0,
        adam_beta2=0.95,
        bf16=arguments.dtype == "bfloat16",
        gradient_checkpointing=False,
        packing=packed,
        completion_only_loss=True,
        max_length=arguments.length,
        use_cpu=arguments.device == "cpu",
        logging_steps=1,
        save_strategy="no",
        report_to=[],
        disable_tqdm=True,
    )
    trainer = InOrder(
        model=(_unsloth_model if unsloth else adapted_model)(arguments, folder),
        args=settings,
        train_dataset=Dataset.from_list(documents),
        processing_class=load_tokenizer(arguments.model),
        callbacks=[Clock()],
    )
    trainer.train()
    return (seconds, losses), counts


def _unsloth_model(arguments: argparse.Namespace, folder: Path) -> Any:
    from safetensors.torch import load_file
    from unsloth import FastLanguageModel

    model, _ = FastLanguageModel.from_pretrained(
        str(arguments.model),
        max_seq_length=arguments.length,
        dtype=DTYPE[arguments.dtype],
        load_in_4bit=arguments.bits == 4,
        device_map={"": arguments.device},
    )
    model = FastLanguageModel.get_peft_model(
        model, r=16, lora_alpha=32, target_modules=TARGETS, lora_dropout=0, use_gradient_checkpointing=False
    )
    given = load_file(folder / "adapter/adapter_model.safetensors")
    own = dict(model.named_parameters())
    with torch.no_grad():
        for name, weight in given.items():
            own[name.replace(".weight", ".default.weight")].copy_(weight)
    return model


SIDES: dict[str, Callable[..., tuple[Result, Counts]]] = {
    "trl-packed": train_with_trl,
    "trl-padded": train_with_trl,
    "unsloth": train_with_trl,
    "ours": train_ours,
    "ours-compiled": train_ours,
    "ours-lean": train_ours,
}


def _steps(documents: list[Document], arguments: argparse.Namespace) -> list[list[Document]]:
    return [documents[start : start + arguments.documents] for start in range(0, len(documents), arguments.documents)]


def main() -> None:
    """Print one line a side and round, and the ratios of the medians."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source", type=Path)
    parser.add_argument("--model", default="offline-gemma", help="a folder, or offline-gemma")
    parser.add_argument("--length", type=int, default=512, help="the longest document, and TRL's packs")
    parser.add_argument("--documents", type=int, default=6, help="of a step")
    parser.add_argument("--steps", type=int, default=6)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--bits", type=int, choices=[4, 16], default=16)
    parser.add_argument("--backend", default="transformers", help="of our sides")
    parser.add_argument("--device", choices=["cpu", "cuda"], default="cpu")
    parser.add_argument("--dtype", choices=list(DTYPE), default="bfloat16")
    parser.add_argument("--trl", help="a folder with the TRL of the trl sides")
    parser.add_argument("--sides", nargs="+", choices=list(SIDES), default=list(SIDES))
    parser.add_argument("--side", choices=list(SIDES), help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.side:
        documents = [json.loads(line) for line in (arguments.folder / "documents.jsonl").open(encoding="utf-8")]
        (seconds, losses), counts = SIDES[arguments.side](documents, arguments, arguments.folder)
        print_result(seconds, losses, counts=counts)
        return
    from mathpal_lightning.model.resolve import resolve_model

    arguments.model = resolve_model(arguments.model)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        number = arguments.documents * arguments.steps
        write_documents(arguments.source, arguments.model, arguments.length, number, folder / "documents.jsonl")
        write_adapter(arguments.model, folder / "adapter")
        rates: dict[str, list[tuple[float, float]]] = {side: [] for side in arguments.sides}
        peaks: dict[str, list[float]] = {side: [] for side in arguments.sides}
        for _ in range(arguments.rounds):
            for side in arguments.sides:
                result = alone(__file__, side, folder, arguments, HANDED_ON, arguments.trl if side.startswith("trl") else None)
                seconds = sum(result["seconds"][NOT_COUNTED:])
                tokens, supervised = map(sum, zip(*result["counts"][NOT_COUNTED:], strict=True))
                rates[side].append((tokens / seconds, supervised / seconds))
                peaks[side].append(result["peak_gb"])
                losses = " ".join(f"{loss:.4f}" for loss in result["losses"])
                print(
                    f"{side}: {tokens} tokens, {tokens / seconds:.0f} tokens/s, {peaks[side][-1]:.2f} GB, losses {losses}",
                    flush=True,
                )
        medians = {side: [statistics.median(each) for each in zip(*rates[side], strict=True)] for side in rates}
        for side, (rate, supervised_rate) in medians.items():
            others = ", ".join(f"{rate / medians[other][0]:.2f} of {other}" for other in medians if other != side)
            spread = f"{min(rates[side])[0]:.0f} to {max(rates[side])[0]:.0f}"
            peak = statistics.median(peaks[side])
            print(f"{side}: {rate:.0f} tokens/s ({spread}), {supervised_rate:.0f} supervised, {peak:.2f} GB; {others}")


def _tokens(document: Document) -> int:
    return len(document["input_ids"])


def _supervised(document: Document) -> int:
    return sum(document["completion_mask"])


if __name__ == "__main__":
    main()
