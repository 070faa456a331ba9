"""A GGUF of 16 or 32 bits -> a K-quant GGUF. llama.cpp quantises: the user's own llama-quantize, or ggml in xllamacpp.

xllamacpp contains ggml's public `ggml_quantize_chunk`, which turns rows of floats into K-quant blocks, but not the program
llama-quantize. The rule of that program, which tensor gets how many bits, is written here for the tensors of a Gemma
(`llama_tensor_get_type` in https://github.com/ggml-org/llama.cpp/blob/master/src/llama-quant.cpp).
"""

from __future__ import annotations

import ctypes
import mmap
import re
import struct
import subprocess
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from math import prod
from pathlib import Path

from mathpal_lightning.compat.child import command_of_child
from mathpal_lightning.compat.system import usable_cores
from mathpal_lightning.compat.xllamacpp import ggml
from mathpal_lightning.errors import ExportError
from mathpal_lightning.export.gguf.header import GGUFHeader, TensorInfo, aligned, read_header
from mathpal_lightning.formats import gguf_format

_F32, _F16, _Q5_0, _Q5_1, _Q8_0, _Q4_K, _Q5_K, _Q6_K, _BF16 = 0, 1, 6, 7, 8, 12, 13, 14, 30
BLOCKS = {_F32: (1, 4), _F16: (1, 2), _BF16: (1, 2), _Q5_0: (32, 22), _Q5_1: (32, 24), _Q8_0: (32, 34),
           _Q4_K: (256, 144), _Q5_K: (256, 176), _Q6_K: (256, 210)}  # fmt: skip
"""ggml type -> (weights in a block, bytes in a block)."""
SMALLER_BLOCKS = {_Q4_K: _Q5_0, _Q5_K: _Q5_1, _Q6_K: _Q8_0}
_KEPT = ("_norm.weight", "ffn_gate_inp.weight", "altup", "laurel", "per_layer_model_proj")
_EMBEDDINGS = ("token_embd.weight", "per_layer_token_embd.weight")
_CHUNK = 1 << 24
"""Weights that one thread quantises at a time: 64 MB of float32."""


def quantize_gguf(source: Path, file: Path, quant: str, program: Path | None = None) -> str:
    """Quantise a GGUF of 16 or 32 bits. All metadata is copied, with the chat template and the tokens.

    Args:
        source: the file that the converter wrote.
        file: the GGUF to write.
        quant: the K-quant. `q4_k_m` has about 4.9 bits a weight in a large model, and more in a model with narrow rows.
        program: the user's llama-quantize. None uses ggml in xllamacpp.

    Returns:
        The name and version of the tool that quantised.

    Raises:
        ExportError: the program failed.
    """
    if program is not None:
        return _run_program(program, source, file, quant)
    from xllamacpp import __version__

    header = read_header(source)
    layers = int(header.metadata[f"{header.metadata['general.architecture']}.block_count"])
    kinds = target_kinds(header.tensors, layers, quant)
    _write(source, header, kinds, file, gguf_format(quant).ggml_file_type)
    return f"ggml of xllamacpp {__version__}"


def _run_program(program: Path, source: Path, file: Path, quant: str) -> str:
    command = command_of_child([program, source, file, quant.upper()])
    done = subprocess.run(command, capture_output=True, text=True, check=False, encoding="utf-8")
    if done.returncode != 0 or not file.is_file():
        said = [line for line in (done.stdout + done.stderr).splitlines() if line.strip()]
        raise ExportError(
            f"a GGUF from {program} {source.name} {quant.upper()}",
            f"exit status {done.returncode}: {' | '.join(said[-3:])}",
            "Read its message, or unset LLAMA_CPP to use the packaged quantiser. Then run the export again.",
        )
    return str(program)


def target_kinds(tensors: Sequence[TensorInfo], layers: int, quant: str) -> list[int]:
    """The ggml type of each tensor in a K-quant.

    The head (or the embedding that it is tied to) gets 6 bits. In `q4_k_m` and `q5_k_m`, 6 bits also go to the value and down
    projections of the first and the last eighth of the layers, and of every third layer between. A tensor whose rows are not
    a multiple of 256 long gets the next larger type with blocks of 32.
    """
    main_type = gguf_format(quant).ggml_type
    assert main_type is not None, f"{quant} is no K-quant"
    tied = all(tensor.name != "output.weight" for tensor in tensors)
    values = sorted(_layer(tensor.name) for tensor in tensors if "attn_v.weight" in tensor.name)

    def kind(tensor: TensorInfo) -> int:
        name, columns = tensor.name, tensor.shape[0]
        if len(tensor.shape) < 2 or not name.endswith("weight") or any(part in name for part in _KEPT):
            return tensor.kind
        wanted = main_type
        in_values = "attn_v.weight" in name and _gets_more_bits(values.index(_layer(name)), len(values))
        in_down = "ffn_down" in name and _gets_more_bits(_layer(name), layers)
        if name == "output.weight" or (tied and name in _EMBEDDINGS) or in_values or in_down:
            wanted = _Q6_K
        if columns % 256 == 0:
            return wanted
        return SMALLER_BLOCKS[wanted] if columns % 32 == 0 else _F16

    return [kind(tensor) for tensor in tensors]


def _gets_more_bits(place: int, places: int) -> bool:
    return place < places // 8 or place >= 7 * places // 8 or (place - places // 8) % 3 == 2


def _layer(name: str) -> int:
    found = re.match(r"blk\.(\d+)\.", name)
    return int(found[1]) if found else 0


def _write(source: Path, header: GGUFHeader, kinds: Sequence[int], file: Path, file_type: int | None) -> None:
    with source.open("rb") as handle, mmap.mmap(handle.fileno(), 0, access=mmap.ACCESS_READ) as view, file.open("wb") as out:
        metadata = bytearray(view[: header.metadata_end])
        struct.pack_into("<I", metadata, header.places["general.file_type"], file_type)
        out.write(metadata)
        offset = 0
        for tensor, kind in zip(header.tensors, kinds, strict=True):
            out.write(struct.pack("<Q", len(tensor.name.encode())) + tensor.name.encode())
            out.write(struct.pack(f"<I{len(tensor.shape)}QIQ", len(tensor.shape), *tensor.shape, kind, offset))
            offset = aligned(offset + _bytes(tensor, kind), header.alignment)
        for tensor, kind in zip(header.tensors, kinds, strict=True):
            out.write(b"\0" * (aligned(out.tell(), header.alignment) - out.tell()))
            start = header.data_start + tensor.offset
            data = memoryview(view)[start : start + _bytes(tensor, tensor.kind)]
            if kind == tensor.kind:
                out.write(data)
            else:
                out.writelines(_requantized(data, tensor, kind))
            data.release()


def _bytes(tensor: TensorInfo, kind: int) -> int:
    weights, size = BLOCKS[kind]
    return prod(tensor.shape) // weights * size


def _requantized(data: memoryview, tensor: TensorInfo, kind: int) -> Iterator[bytes]:
    """The data of a tensor in another type. Every core takes some rows at a time."""
    columns = tensor.shape[0]
    step = max(1, _CHUNK // columns) * columns
    width = BLOCKS[tensor.kind][1]
    pieces = (data[at * width : (at + step) * width] for at in range(0, prod(tensor.shape), step))
    with ThreadPoolExecutor(usable_cores()) as pool:
        yield from pool.map(lambda piece: _quantized_rows(piece, tensor.kind, kind, columns), pieces)


def _quantized_rows(data: memoryview, held: int, kind: int, columns: int) -> bytes:
    import numpy

    if held == _BF16:
        weights = (numpy.frombuffer(data, numpy.uint16).astype(numpy.uint32) << 16).view(numpy.float32)
    else:
        weights = numpy.frombuffer(data, numpy.float16 if held == _F16 else numpy.float32).astype(numpy.float32)
    if kind == _F16:
        return weights.astype(numpy.float16).tobytes()
    block, size = BLOCKS[kind]
    quantized = ctypes.create_string_buffer(len(weights) // block * size)
    ggml().ggml_quantize_chunk(kind, weights.ctypes.data, quantized, 0, len(weights) // columns, columns, None, None)
    return quantized.raw
