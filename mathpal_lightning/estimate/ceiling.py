"""The arithmetic that a machine can do at best: the datasheet of a known card, else timed products of the model's shapes."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping

import torch

from mathpal_lightning.model.precision import base_dtype

__all__ = ["DENSE_TFLOPS", "base_dtype", "card_flops", "ceiling", "now", "product_rate"]

DENSE_TFLOPS = {
    "B200": 2250,
    "H200 NVL": 835,
    "H200": 989,
    "H100 PCIe": 756,
    "H100 NVL": 835,
    "H100": 989,
    "A100": 312,
    "A40": 150,
    "A10G": 70,
    "A10": 125,
    "L40S": 362,
    "L4": 121,
    "RTX 6000 Ada": 364,
    "RTX A6000": 155,
    "RTX 5090": 210,
    "RTX 4090": 165,
    "RTX 3090": 71,
}
"""In bfloat16, and as much in float16. From the makers' datasheets: tensor cores without sparsity, accumulating in float32. The
first name found counts."""
_ANOTHER = re.compile(r"\b(Laptop|Max-Q|MIG|GRID|Ti|SUPER|D)\b", re.IGNORECASE)
"""In names of cards that have a part of what the namesake on a desktop or in a server has, or more."""
_WITHOUT_BF16 = {"V100": 125, "T4": 65}
"""Cards that multiply in float16 only."""
_LARGEST_OUT = 16_384
"""Only a slice of the head is multiplied: at the same rate, in less time."""
_ROUNDS = 5


def ceiling(shapes: Mapping[tuple[int, int], int], rows: int, dtype: torch.dtype, device: torch.device) -> tuple[float, str]:
    """Floating-point operations a second that the machine can do at best, and the source of the figure.

    Args:
        shapes: (in, out) of the model's linear layers, with their numbers.
        rows: tokens of a product.
        dtype: of the arithmetic.
        device: where the model is.
    """
    if device.type == "cuda" and dtype != torch.float32 and (known := card_flops(torch.cuda.get_device_name(device), dtype)):
        return known, "the GPU's datasheet"
    return product_rate(shapes, rows, dtype, device), "matrix products of the same shapes, measured"


def card_flops(name: str, dtype: torch.dtype = torch.bfloat16) -> float | None:
    """Dense 16-bit operations a second of a card by its name ("NVIDIA A100-SXM4-80GB"); None for any other."""
    if _ANOTHER.search(name):
        return None
    cards = DENSE_TFLOPS | (_WITHOUT_BF16 if dtype == torch.float16 else {})
    known = (card for card in cards if re.search(rf"\b{card}\b", name))
    return next((1e12 * cards[card] for card in known), None)


def product_rate(shapes: Mapping[tuple[int, int], int], rows: int, dtype: torch.dtype, device: torch.device) -> float:
    """Operations a second of x [rows, in] @ w [in, out] and of its gradient for x, each shape's best of a few rounds.

    Half a second for a 270M on two cores; no random number is drawn.
    """
    operations = seconds = 0.0
    for (inputs, outputs), number in shapes.items():
        weight = torch.ones(min(outputs, _LARGEST_OUT), inputs, dtype=dtype, device=device)
        times = []
        for _ in range(_ROUNDS + 1):  # the first warms up
            given = torch.ones(rows, inputs, dtype=dtype, device=device)
            started = now(device)
            given = given @ weight.T
            given @ weight  # noqa: B018
            times.append(now(device) - started)
        operations += number * 4.0 * rows * weight.numel()
        seconds += number * min(times[1:])
    return operations / seconds


def now(device: torch.device) -> float:
    """The time in seconds, after the device has finished its work."""
    if device.type == "cuda":
        torch.cuda.synchronize(device)
    return time.perf_counter()
