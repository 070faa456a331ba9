"""How to use an artefact: commands and code for its card, each for what is there."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

from mathpal_lightning.export.publish.artefacts import ARTEFACTS
from mathpal_lightning.export.publish.facts import Artefact, BaseModel, artefact_folder, gguf_files
from mathpal_lightning.formats import serving_rank
from mathpal_lightning.run import RunFolder

QUESTION = "Tìm x biết: 3 × x - 7 = 20."

_TRANSFORMERS = """\
from transformers import AutoModelForCausalLM, AutoTokenizer{imports}

tokenizer = AutoTokenizer.from_pretrained("{place}")
model = {load}
chat = [{{"role": "user", "content": "{question}"}}]
inputs = tokenizer.apply_chat_template(chat, add_generation_prompt=True, return_dict=True, return_tensors="pt")
end_of_turn = tokenizer.convert_tokens_to_ids("{end_of_turn}")
answer = model.generate(**inputs.to(model.device), max_new_tokens=512, do_sample=False, eos_token_id=end_of_turn)
print(tokenizer.decode(answer[0, inputs["input_ids"].shape[1] :], skip_special_tokens=True))"""
_QUANTIZED = {
    4: 'BitsAndBytesConfig(load_in_4bit=True, bnb_4bit_quant_type="nf4", bnb_4bit_use_double_quant=True, '
    "bnb_4bit_compute_dtype=torch.bfloat16)",
    8: "BitsAndBytesConfig(load_in_8bit=True)",
}
"""How model/load.py quantises the base, by its bits."""
CAPPED = ("gemma2",)
"""Families with a cap on the scores of attention, which transformers applies in `eager` only: its default leaves it out."""
_WEB = "python3 -m http.server --directory web       # then open http://localhost:8000"
SERVERS = (
    "Of servers, the tests of mathpal-lightning run llama.cpp, and wllama in Chromium. They render the Ollama template with "
    "Go's text/template, the engine of Ollama; Ollama itself was not run. vLLM 0.32 for CPUs wrote with a "
    "merged folder what the run itself wrote, 50 solutions of 50; vLLM with a 4-bit base was not run."
)
"""What was tried, for a reader who wants to serve a model of this project."""
_UNSLOTH = (
    "from unsloth import {loader}\n\n"
    'model, tokenizer = {loader}.from_pretrained("{place}", max_seq_length=2048, load_in_4bit={in_4bit})'
)


def usage(run: Path, base: BaseModel, repo: str | None, artefact: Artefact | None, bits: int | None = None) -> str:
    """Blocks for transformers, Unsloth, llama.cpp, Ollama and browsers, of the artefacts that are there.

    Args:
        run: the run folder, or a bare adapter folder.
        base: what the adapter goes on top of.
        repo: where the artefact is loaded from; None: from its folder inside `run`.
        artefact: the one in the repo; None: all that are there.
        bits: of the base in training.
    """
    blocks = []
    for name in (artefact,) if artefact else get_args(Artefact):
        folder = artefact_folder(run, name)
        if not folder.is_dir():
            continue
        place = repo or ("." if folder == run else name)
        blocks += _gguf(folder, repo) if name == "gguf" else _python(name, place, base, bits)
    if repo is None and RunFolder(run).web.is_dir():
        blocks.append(("Any browser, a phone's too, without a server of your own (docs/phone.md: publish it)", "sh", _WEB))
    return "\n\n".join(f"{title}:\n\n```{language}\n{code}\n```" for title, language, code in blocks)


def _python(artefact: str, place: str, base: BaseModel, bits: int | None) -> list[tuple[str, str, str]]:
    capped = base.family is not None and base.family.name in CAPPED
    eager = ', attn_implementation="eager"' if capped else ""
    load, imports = f'AutoModelForCausalLM.from_pretrained("{place}", dtype="auto"{eager})', ""
    if artefact == "adapter":
        bottom = base.hub_id or f"path/to/{base.name or 'the-base-model'}"
        pinned = f', revision="{base.revision}"' if base.revision else ""
        load, imports = load.replace(f'"{place}"', f'"{bottom}"{pinned}'), "\nfrom peft import PeftModel"
        if quantized := _QUANTIZED.get(bits or 16):  # the base as it was trained on
            load = load.replace('dtype="auto"', 'dtype="auto", quantization_config=quantization')
            imports += f"\nimport torch\nfrom transformers import BitsAndBytesConfig\n\nquantization = {quantized}"
        load = f'PeftModel.from_pretrained({load}, "{place}")'
    code = _TRANSFORMERS.format(
        imports=imports, place=place, load=load, question=QUESTION, end_of_turn=base.chat_format.end_of_turn
    )
    loader = "FastModel" if "ConditionalGeneration" in base.model_class else "FastLanguageModel"
    unsloth = _UNSLOTH.format(loader=loader, place=place, in_4bit=artefact == "adapter" and bits == 4)
    unsloth_too = artefact == "merged" or (artefact == "adapter" and base.hub_id)
    return [(ARTEFACTS[artefact].loads_with, "python", code)] + ([("Unsloth", "python", unsloth)] if unsloth_too else [])


def _gguf(folder: Path, repo: str | None) -> list[tuple[str, str, str]]:
    blocks = []
    if files := gguf_files(folder):
        lines = [f"llama-cli {f'-hf {repo} -hff {file}' if repo else f'-m gguf/{file}'} --temp 0" for file in files]
        blocks.append(("llama.cpp", "sh", "\n".join(lines)))
    if kinds := [file.name.removeprefix("Modelfile-") for file in folder.glob("Modelfile-*")]:
        get = [f"hf download {repo} --local-dir gguf"] if repo else []
        name = (repo or "mathpal").split("/")[-1].lower()
        lines = [
            *get,
            f"ollama create {name} -f gguf/Modelfile-{min(kinds, key=serving_rank)}",
            f'ollama run {name} "{QUESTION}"',
        ]
        blocks.append(("Ollama", "sh", "\n".join(lines)))
    return blocks
