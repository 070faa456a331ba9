"""GGUF -> Ollama Modelfile: training's chat template in Ollama's template language, the stop tokens, and how to decode.

Language: https://github.com/ollama/ollama/blob/main/docs/modelfile.mdx and docs/template.mdx (Go's text/template).
Ollama adds BOS itself. Many of its versions penalise tokens that came before (`repeat_penalty` 1.1) unless they are told not
to: a worked solution repeats its numbers, and became nonsense.
"""

from __future__ import annotations

import os
from pathlib import Path

from mathpal_lightning.chat import CHAT_FORMATS, ChatFormat
from mathpal_lightning.errors import ExportError
from mathpal_lightning.export.gguf.header import read_header
from mathpal_lightning.files import whole_file

_SYSTEM_IN_USER = (
    '{{ $system := .System }}{{ range .Messages }}{{ if eq .Role "user" }}SOTuser\n'
    '{{ if $system }}{{ $system }}\n\n{{ $system = "" }}{{ end }}{{ .Content }}EOT\n'
    '{{ else if eq .Role "assistant" }}SOTmodel\n{{ .Content }}EOT\n{{ end }}{{ end }}SOTmodel\n'
)
_SYSTEM_TURN = (
    '{{ range .Messages }}SOT{{ if eq .Role "assistant" }}model{{ else }}{{ .Role }}{{ end }}\n'
    "{{ .Content }}EOT\n{{ end }}SOTmodel\n"
)


def write_modelfile(gguf: str | Path, file: str | Path, temperature: float = 0.0) -> Path:
    """Write the Modelfile for `ollama create NAME -f Modelfile`.

    Args:
        gguf: a file that `write_gguf` wrote. The Modelfile names it by a relative path, so that the two can be moved together.
        file: the Modelfile to write.
        temperature: 0 decodes greedily, which is how the scores of a run are measured.

    Raises:
        ExportError: the chat template in the GGUF is not one of ours; only ours have a translation.
    """
    gguf, file = Path(gguf), Path(file)
    form = chat_format_of(gguf)
    with whole_file(file) as temporary:
        temporary.write_text(
            f"FROM ./{os.path.relpath(gguf, file.parent)}\n"
            f'TEMPLATE """{ollama_template(form)}"""\n'
            f'PARAMETER stop "{form.end_of_turn}"\n'
            f'PARAMETER stop "<eos>"\n'
            f"PARAMETER temperature {temperature:g}\n"
            "PARAMETER repeat_penalty 1\n",
            encoding="utf-8",
        )
    return file


def ollama_template(form: ChatFormat) -> str:
    """The chat format as a Go template over Ollama's .System and .Messages."""
    template = _SYSTEM_TURN if form.has_system_turn else _SYSTEM_IN_USER
    return template.replace("SOT", form.start_of_turn).replace("EOT", form.end_of_turn)


def chat_format_of(gguf: Path) -> ChatFormat:
    """The chat format whose template a GGUF carries.

    Raises:
        ExportError: the template is not one of ours.
    """
    template = read_header(gguf).metadata.get("tokenizer.chat_template")
    for form in CHAT_FORMATS:
        if template in (form.template, form.earlier_template):
            return form
    raise ExportError(
        "the chat template of mathpal_lightning.chat in the GGUF",
        f"{str(template)[:60]!r}... in {gguf}",
        "Write the Modelfile by hand, or train with the template that prepare_tokenizer sets.",
    )
