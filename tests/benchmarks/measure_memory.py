"""The peak memory of a few training steps in a fresh process, in bytes: what estimate/step_memory.py is compared with.

python tests/benchmarks/measure_memory.py offline-gemma '{"bits": 4, "lora_r": 16}' 1 512
"""

import json
import sys
import time
from pathlib import Path
from typing import Any


def status(name: str) -> int:
    """VmRSS (now) or VmHWM (the highest so far) of this process in bytes."""
    lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    return int(next(line for line in lines if line.startswith(name)).split()[1]) * 1024


def batches(rows: int, length: int, supervised_share: float = 0.6) -> list[Any]:
    """Two packed batches [rows, length] of documents of 100 tokens."""
    import torch

    from mathpal_lightning.schema import IGNORE_INDEX, PackedBatch

    position_ids = (torch.arange(length) % 100).expand(rows, length).contiguous()
    input_ids = torch.randint(200, 1000, (rows, length))
    supervised = position_ids >= round(100 * (1 - supervised_share))
    return [PackedBatch(input_ids, input_ids.masked_fill(~supervised, IGNORE_INDEX), position_ids)] * 2


def main() -> None:
    """Print the figures of one process as a line of json."""
    model_name, settings, rows, length = sys.argv[1], json.loads(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
    precision = sys.argv[5] if len(sys.argv) > 5 else "bf16-mixed"
    from mathpal_lightning.cli.quiet import quiet

    quiet()
    import lightning.pytorch as pl

    from mathpal_lightning.model import MathPalModule
    from mathpal_lightning.model.load import resolve_backend

    resolve_backend(settings.get("backend", "auto"))
    imports = status("VmRSS")
    module = MathPalModule(model_name, **settings)
    seen: dict[str, Any] = {"imports": imports}

    class Mark(pl.Callback):
        """Note the memory after loading, and the highest until then; then count afresh."""

        def on_train_start(self, trainer: Any, pl_module: Any) -> None:
            seen.update(loaded=status("VmRSS"), load_peak=status("VmHWM"))
            Path("/proc/self/clear_refs").write_text("5", encoding="utf-8")

        def on_train_batch_start(self, *arguments: Any) -> None:
            seen["started"] = time.perf_counter()

    trainer = pl.Trainer(
        max_steps=2, precision=precision, accelerator="cpu", logger=False, enable_checkpointing=False,  # type: ignore[arg-type]
        enable_progress_bar=False, enable_model_summary=False, callbacks=[Mark()],
    )  # fmt: skip
    from torch.utils.data import DataLoader

    trainer.fit(module, DataLoader(batches(rows, length), batch_size=None))
    seen.update(step_peak=status("VmHWM"), after=status("VmRSS"), step_seconds=time.perf_counter() - seen.pop("started"))
    print(json.dumps(seen))


if __name__ == "__main__":
    main()
