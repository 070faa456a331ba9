"""A model folder read and written: its shards tensor by tensor, so that a model of any size passes through little memory.

Format: https://huggingface.co/docs/safetensors (8 bytes of header length, a JSON header, then the raw tensors).
"""

from __future__ import annotations

import json
import shutil
import struct
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Protocol

import torch
from safetensors import safe_open
from torch import Tensor

from mathpal_lightning.records import RECORD, WEIGHTS_INDEX

_CODES = {torch.float32: "F32", torch.float16: "F16", torch.bfloat16: "BF16", torch.int64: "I64", torch.int32: "I32",
          torch.uint8: "U8", torch.int8: "I8", torch.bool: "BOOL", torch.float64: "F64"}  # fmt: skip
_DTYPES = {code: dtype for dtype, code in _CODES.items()}
_QUANT_STATE = ".quant_state.bitsandbytes__"
_QUANT_PARTS = (".absmax", ".quant_map", ".nested_absmax", ".nested_quant_map")
_WEIGHT_FILES = (".safetensors", ".safetensors.index.json", ".bin", ".pth", ".gguf", ".lock")
_NOT_COPIED = ("README.md", "chat_template.json", ".gitattributes", RECORD)


class OpenShard(Protocol):
    """A safetensors file that `safe_open` has opened."""

    def keys(self) -> list[str]:
        """The names of its tensors."""

    def get_tensor(self, name: str) -> Tensor:
        """A tensor."""

    def get_slice(self, name: str) -> TensorView:
        """A tensor whose data is not read."""


class TensorView(Protocol):
    """What the header says of a tensor."""

    def get_shape(self) -> list[int]:
        """Its shape."""

    def get_dtype(self) -> str:
        """The code of its dtype: F32, BF16."""


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

    def read(self, file: OpenShard) -> Tensor:
        """The weight from an open safetensors file, de-quantised if it is stored in 4 bits."""
        stored = file.get_tensor(self.name)
        if not self.quant_parts:
            return stored
        from bitsandbytes.functional import QuantState, dequantize_4bit

        parts = {part: file.get_tensor(part) for part in self.quant_parts}
        return dequantize_4bit(stored, QuantState.from_dict(parts, device=torch.device("cpu")))


def read_stored(file: OpenShard, dtype: torch.dtype | None) -> list[StoredTensor]:
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


def rewrite_model(base: Path, out: Path, dtype: str | None, change: Callable[[StoredTensor, Tensor], Tensor]) -> None:
    """Copy a model folder with each weight changed, one in memory at a time.

    Args:
        base: the folder to read.
        out: the folder to write.
        dtype: what floating weights are stored in; None: as they are.
        change: the new value of a weight.
    """
    shards: dict[str, list[StoredTensor]] = {}
    for shard in sorted(base.glob("*.safetensors")):
        with safe_open(shard, framework="pt") as file:
            shards[shard.name] = read_stored(file, getattr(torch, dtype) if dtype else None)
    write_config(base, out, dtype)
    write_index(out, {weight.name: name for name, stored in shards.items() for weight in stored})
    for name, stored in shards.items():
        with safe_open(base / name, framework="pt") as file:
            write_shard(out / name, stored, (change(weight, weight.read(file)) for weight in stored))


def write_shard(path: Path, tensors: Sequence[StoredTensor], values: Iterable[Tensor]) -> None:
    """Write a shard from its values, one after another; each is rounded once to the dtype it is stored in."""
    header: dict[str, object] = {"__metadata__": {"format": "pt"}}
    start = 0
    for tensor in tensors:
        stop = start + prod(tensor.shape) * tensor.dtype.itemsize
        header[tensor.name] = {"dtype": _CODES[tensor.dtype], "shape": list(tensor.shape), "data_offsets": [start, stop]}
        start = stop
    encoded = json.dumps(header).encode()
    encoded += b" " * (-len(encoded) % 8)
    with path.open("wb") as file:
        file.write(struct.pack("<Q", len(encoded)) + encoded)
        for tensor, value in zip(tensors, values, strict=True):
            assert value.shape == tensor.shape, f"{tensor.name}: {value.shape} is not {tensor.shape}"
            file.write(value.to(tensor.dtype).contiguous().view(torch.uint8).numpy().tobytes())


def write_index(out: Path, weight_map: dict[str, str]) -> None:
    """Write the file that says which shard holds which tensor, if there is more than one shard."""
    if len(set(weight_map.values())) > 1:
        (out / WEIGHTS_INDEX).write_text(json.dumps({"metadata": {}, "weight_map": weight_map}, indent=2), encoding="utf-8")


def write_config(base: Path, out: Path, dtype: str | None) -> None:
    """Copy what a base holds beside its weights (tokenizer.model, processor, licence), and its config with `dtype`."""
    for path in base.iterdir():
        if path.is_file() and not path.name.endswith(_WEIGHT_FILES) and path.name not in _NOT_COPIED:
            shutil.copyfile(path, out / path.name)
    config = json.loads((base / "config.json").read_text(encoding="utf-8"))
    config.pop("quantization_config", None)
    for section in (config, config.get("text_config", {})):
        if dtype and ("dtype" in section or "torch_dtype" in section):
            section.pop("torch_dtype", None)
            section["dtype"] = dtype
    (out / "config.json").write_text(json.dumps(config, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
