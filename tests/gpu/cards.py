"""A GPU that is not there: torch.cuda answers as a T4 or an H100 would, and tensors for it lie on the CPU.

Unsloth has a switch for its own CI, UNSLOTH_ALLOW_CPU, under which it takes its CUDA branches on CPU tensors; its kernels run
in Triton's interpreter. Triton stands in a folder of its own (`make rehearsal`), because beside a CPU build of torch it
disturbs other libraries:

    pip install --no-deps --target .rehearsal triton==3.7.1

What such a run proves: the code that is chosen for a card, semantics and dtypes. What it does not: compiled kernels, speed,
bitsandbytes' CUDA kernels, flash-attn, NCCL.
"""

import os
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NamedTuple

import torch

SITE = Path(__file__).parents[2] / ".rehearsal"


class Card(NamedTuple):
    """What torch.cuda says of a card."""

    name: str
    capability: tuple[int, int]
    shared_memory: int
    """Bytes a block may take at most: it decides the tiles of kernels."""


CARDS = {"t4": Card("Tesla T4", (7, 5), 65_536), "h100": Card("NVIDIA H100 80GB HBM3", (9, 0), 232_448)}


def set_environment(generated: Path) -> None:
    """Before anything imports Unsloth.

    Args:
        generated: where it may write the code that it generates.
    """
    os.environ |= {
        "UNSLOTH_ALLOW_CPU": "1",
        "TRITON_INTERPRET": "1",
        "TORCHDYNAMO_DISABLE": "1",
        "UNSLOTH_DISABLE_STATISTICS": "1",
        "UNSLOTH_COMPILE_LOCATION": str(generated),
    }
    sys.path.insert(0, str(SITE))


def pretend(card: Card) -> None:
    """Let torch.cuda answer as the card would, in this process."""
    properties = SimpleNamespace(
        name=card.name,
        total_memory=16 << 30,
        major=card.capability[0],
        minor=card.capability[1],
        multi_processor_count=40,
        shared_memory_per_block_optin=card.shared_memory,
        gcnArchName="",
    )
    answers: dict[str, Any] = {
        "is_available": False,  # nothing may be moved there
        "get_device_properties": properties,
        "get_device_capability": card.capability,
        "get_device_name": card.name,
        "current_device": 0,
        "synchronize": None,
        "empty_cache": None,
        "mem_get_info": (12 << 30, 16 << 30),
    }
    answers |= dict.fromkeys(("memory_allocated", "memory_reserved", "max_memory_allocated", "max_memory_reserved"), 0)
    for name, answer in answers.items():
        setattr(torch.cuda, name, lambda *arguments, answer=answer: answer)
    real_empty, real_autocast = torch.empty, torch.is_autocast_enabled

    def empty(*sizes: Any, **options: Any) -> torch.Tensor:
        options.pop("pin_memory", None)
        if isinstance(options.get("device"), int) or str(options.get("device", "")).startswith("cuda"):
            options["device"] = "cpu"
        return real_empty(*sizes, **options)

    torch.empty = empty  # type: ignore[assignment]
    torch.is_autocast_enabled = lambda *kind: real_autocast(*(kind or ("cpu",)))  # type: ignore[assignment]


def import_unsloth(card: Card) -> None:
    """Import Unsloth as on the card, whose bfloat16 it cannot ask without a driver."""
    import unsloth  # noqa: F401
    import unsloth.models._utils as chosen

    chosen.SUPPORTS_BFLOAT16 = card.capability >= (8, 0)
    if card.capability < (8, 0):
        chosen._flex_attention_gpu_is_supported = lambda: False
