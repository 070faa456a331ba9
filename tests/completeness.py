"""What a row of the tables of formats and families needs elsewhere, each thing that is missing as a sentence."""

from collections.abc import Iterator, Sequence

from mathpal_lightning.chat import CHAT_FORMATS
from mathpal_lightning.export.gguf.modelfile import ollama_template
from mathpal_lightning.export.gguf.quantize import BLOCKS, SMALLER_BLOCKS
from mathpal_lightning.export.publish.artefacts import ARTEFACTS
from mathpal_lightning.families import Family, licence_named
from mathpal_lightning.formats import GGUF, WEB, Format


def missing_of_formats(formats: Sequence[Format]) -> list[str]:
    """What the rows lack."""
    names = [form.name for form in formats]
    said = [f"{name} has {names.count(name)} rows" for name in sorted({name for name in names if names.count(name) > 1})]
    ranks = [form.serving_rank for form in formats if form.serving_rank is not None]
    if len(set(ranks)) < len(ranks):
        said.append(f"two formats have the same serving_rank: {sorted(ranks)}")
    return said + [f"{form.name} {lack}" for form in formats for lack in _missing_of_format(form)]


def _missing_of_format(form: Format) -> Iterator[str]:
    known = set(ARTEFACTS)
    if unknown := set(form.artefacts) - known:
        yield f"writes {sorted(unknown)}, which ARTEFACTS has no row for"
    if form.written and form.name not in ("adapter", WEB) and form.bounds is None:
        yield "is written, but has no bounds: its verification could not fail"
    if form.bounds and not (
        0 < form.bounds.max_kl < 1 and 0 < form.bounds.min_agreement <= 1 and 0 <= form.bounds.max_lost <= 4
    ):
        yield f"has bounds that nothing or everything passes: {form.bounds}"
    if form.bounds and form.bounds.grows != (form.bits <= 8):
        yield f"has {form.bits} bits and grows={form.bounds.grows}: bounds grow for rounded weights, and for no others"
    if not form.bytes_a_weight > 0:
        yield "has no size, so that the disk could not be checked before training"
    if form.name.startswith(GGUF):
        if form.serving_rank is None:
            yield "has no serving_rank: a run with it could not be served"
        if form.path != f"gguf/model-{form.kind}.gguf":
            yield f"lies in {form.path}: mathpal serve looks for gguf/model-<type>.gguf"
        if (form.ggml_type is None) != (form.ggml_file_type is None):
            yield "needs both ggml_type and ggml_file_type, or none of them"
        if form.ggml_type is not None and not (form.ggml_type in BLOCKS and form.ggml_type in SMALLER_BLOCKS):
            yield f"has ggml_type {form.ggml_type}, whose blocks export/gguf/quantize.py does not know"
        if form.ggml_type is not None and "xllamacpp" not in form.needs:
            yield "is quantised by ggml, but does not need xllamacpp"


def missing_of_families(families: Sequence[Family]) -> list[str]:
    """What the rows lack."""
    said = []
    for column in ("name", "model_types", "name_hints"):
        values = [value for family in families for value in _texts(getattr(family, column))]
        said += [f"two families have the {column} {value!r}" for value in sorted(set(values)) if values.count(value) > 1]
    for family in families:
        said += [f"{family.name} {lack}" for lack in _missing_of_family(family)]
    return said


def _missing_of_family(family: Family) -> Iterator[str]:
    for column in ("model_types", "name_hints", "control_tokens", "start_of_turn", "end_of_turn", "licence", "title"):
        if not getattr(family, column):
            yield f"has no {column}"
    if licence_named(family.licence) is None:
        yield f"has the licence {family.licence!r}, for which LICENCES has no row: the model card has no text"
    forms = {form.name: form for form in CHAT_FORMATS}
    form = forms.get(family.chat)
    if form is None:
        yield f"has the chat format {family.chat!r}, which chat.py does not build"
    elif (form.start_of_turn, form.end_of_turn, form.has_system_turn) != (
        family.start_of_turn,
        family.end_of_turn,
        family.has_system_turn,
    ):
        yield f"writes other turn tokens than the families with the same chat format {family.chat!r}"
    elif family.end_of_turn not in ollama_template(form):
        yield "has a chat format that the Ollama template does not write"
    if not set(("<bos>", "<eos>", "<pad>", "<unk>")) <= set(family.control_tokens):
        yield "has not <bos>, <eos>, <pad> and <unk> among its control_tokens"


def _texts(value: str | tuple[str, ...]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else value
