"""Safetensors shards read and written tensor by tensor, so that a model of any size passes through little memory.

Format: https://huggingface.co/docs/safetensors (8 bytes of header length, a JSON header, then the raw tensors).
"""

from __future__ import annotations

import json
import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

_CODES = {torch.float32: "F32", torch.float16: "F16", torch.bfloat16: "BF16", torch.int64: "I64", torch.int32: "I32",
          torch.uint8: "U8", torch.int8: "I8", torch.bool: "BOOL", torch.float64: "F64"}  # fmt: skip
_DTYPES = {code: dtype for dtype, code in _CODES.items()}
_QUANT_STATE = ".quant_state.bitsandbytes__"
_QUANT_PARTS = (".absmax", ".quant_map", ".nested_absmax", ".nested_quant_map")


@dataclass(frozen=True, slots=True)
class StoredTensor:
    """One weight of a shard: its name, and the shape and dtype that it will be written with."""

    name: str
    shape: tuple[int, ...]
    dtype: torch.dtype
    quant_parts: tuple[str, ...] = ()
    """The tensors that hold its bitsandbytes 4-bit statistics, where the base is stored in 4 bits already."""

    @property
    def prequantized(self) -> bool:
        """Whether the base holds this weight in 4 bits already."""
        return bool(self.quant_parts)

    def read(self, file: Any) -> Tensor:
        """The weight from an open safetensors file, de-quantised if it is stored in 4 bits."""
        stored = file.get_tensor(self.name)
        if not self.quant_parts:
            return stored
        from bitsandbytes.functional import QuantState, dequantize_4bit

        parts = {part: file.get_tensor(part) for part in self.quant_parts}
        return dequantize_4bit(stored, QuantState.from_dict(parts, device=torch.device("cpu")))


def read_stored(file: Any, dtype: torch.dtype | None) -> list[StoredTensor]:
    """The weights of an open shard; floating ones get `dtype` where one is given. 4-bit statistics are no weights."""
    keys = set(file.keys())
    packed = {key.split(_QUANT_STATE)[0]: key for key in keys if _QUANT_STATE in key}
    statistics = {f"{name}{part}" for name in packed for part in _QUANT_PARTS} | set(packed.values())
    tensors = []
    for key in sorted(keys - statistics):
        if key in packed:
            parts = tuple(sorted(part for part in statistics & keys if part.startswith(f"{key}.")))
            state = json.loads(bytes(file.get_tensor(packed[key]).tolist()))
            shape, held = tuple(state["shape"]), getattr(torch, state["dtype"])
        else:
            view = file.get_slice(key)
            parts, shape, held = (), tuple(view.get_shape()), _DTYPES[view.get_dtype()]
        tensors.append(StoredTensor(key, shape, dtype if dtype and held.is_floating_point else held, parts))
    return tensors


def write_shard(path: Path, tensors: Sequence[StoredTensor], compute: Callable[[StoredTensor], Tensor]) -> None:
    """Write a shard, computing one tensor after another; each result is rounded once to the dtype it is stored in."""
    header: dict[str, Any] = {"__metadata__": {"format": "pt"}}
    start = 0
    for tensor in tensors:
        stop = start + prod(tensor.shape) * tensor.dtype.itemsize
        header[tensor.name] = {"dtype": _CODES[tensor.dtype], "shape": list(tensor.shape), "data_offsets": [start, stop]}
        start = stop
    encoded = json.dumps(header).encode()
    encoded += b" " * (-len(encoded) % 8)
    with path.open("wb") as file:
        file.write(struct.pack("<Q", len(encoded)) + encoded)
        for tensor in tensors:
            result = compute(tensor)
            assert result.shape == tensor.shape, f"{tensor.name}: {result.shape} is not {tensor.shape}"
            file.write(result.to(tensor.dtype).contiguous().view(torch.uint8).numpy().tobytes())
