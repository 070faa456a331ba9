"""The table of export formats is whole, and every room finds a new row by its name."""

import ast
import dataclasses
from pathlib import Path
from typing import get_args

import pytest

from mathpal_lightning import formats
from mathpal_lightning.estimate.disk import export_bytes
from mathpal_lightning.export import FORMATS, Artefact, require_formats
from mathpal_lightning.export.publish.artefacts import ARTEFACTS
from mathpal_lightning.export.verify.checks import bounds_of
from mathpal_lightning.formats import (
    DEFAULT,
    MEASURED_EFFECT,
    Bounds,
    Format,
    format_named,
    gguf_format,
    max_kl,
    serving_rank,
    written_formats,
)
from mathpal_lightning.serving.find_gguf import find_gguf
from tests.completeness import missing_of_formats
from tests.test_contributing import blocks

PACKAGE = Path(formats.__file__).parent


def test_every_row_has_what_its_format_needs():
    assert missing_of_formats(formats.FORMATS) == []


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"bounds": None}, "is written, but has no bounds"),
        ({"bounds": Bounds(max_kl=0.03, grows=False, min_agreement=0.7, max_lost=2)}, "bounds grow for rounded weights"),
        ({"bounds": Bounds(max_kl=9.0, grows=True, min_agreement=0.7, max_lost=2)}, "bounds that nothing or everything passes"),
        ({"artefacts": ("litert",)}, "ARTEFACTS has no row for"),
        ({"serving_rank": None}, "could not be served"),
        ({"serving_rank": 2}, "the same serving_rank"),
        ({"bytes_a_weight": 0.0}, "has no size"),
        ({"ggml_type": 12}, "both ggml_type and ggml_file_type"),
        ({"ggml_type": 99, "ggml_file_type": 7}, "whose blocks export/gguf/quantize.py does not know"),
        ({"ggml_type": 12, "ggml_file_type": 15}, "does not need xllamacpp"),
        ({"path": "q8.gguf"}, "mathpal serve looks for"),
        ({"name": "gguf:f16", "path": "gguf/model-f16.gguf"}, "gguf:f16 has 2 rows"),
    ],
)
def test_a_row_without_what_it_needs_is_named(changes: dict, said: str):
    rows = [dataclasses.replace(form, **changes) if form.name == "gguf:q8_0" else form for form in formats.FORMATS]
    assert any(said in line for line in missing_of_formats(rows)), missing_of_formats(rows)


def test_a_row_cannot_be_made_without_its_bounds():
    given = {field.name: getattr(gguf_format("q8_0"), field.name) for field in dataclasses.fields(Format)}
    for name in given:
        with pytest.raises(TypeError, match=name):
            Format(**{key: value for key, value in given.items() if key != name})


def test_the_formats_of_the_first_version_are_all_there():
    assert set(written_formats()) == set(FORMATS) >= {
        "adapter", "merged_16bit", "merged_4bit", "web", "gguf:q8_0", "gguf:f16", "gguf:bf16", "gguf:f32", "gguf:q4_k_m",
        "gguf:q5_k_m", "gguf:q6_k",
    }  # fmt: skip
    assert DEFAULT == ("adapter", "merged_16bit", "gguf:q8_0")
    assert get_args(Artefact) == tuple(ARTEFACTS)


def test_the_most_exact_of_the_quantised_files_is_served_first():
    kinds = ["f32", "q4_k_s", "bf16", "q5_k_m", "iq2_xs", "q8_0", "q6_k", "f16", "q4_k_m", "q5_k_s"]
    assert sorted(kinds, key=serving_rank) == [
        "q8_0", "q6_k", "q5_k_m", "q5_k_s", "q4_k_m", "q4_k_s", "f16", "bf16", "f32", "iq2_xs",
    ]  # fmt: skip


def test_bounds_of_rounded_formats_grow_with_what_training_did():
    """A GGUF converted from other weights lies about as far as training moved the model: always many times the bound."""
    for name in ("gguf:q8_0", "gguf:q4_k_m", "merged_4bit"):
        bounds = format_named(name).bounds
        assert bounds is not None
        assert max_kl(bounds, 0.5) == bounds.max_kl
        assert max_kl(bounds, 4 * MEASURED_EFFECT) == pytest.approx(4 * bounds.max_kl)
        assert max_kl(bounds, 10.0) < 0.3 * 10.0
    for name in ("gguf:f16", "gguf:bf16", "merged_16bit"):
        bounds = format_named(name).bounds
        assert bounds is not None
        assert max_kl(bounds, 10.0) == bounds.max_kl


def test_no_other_file_lists_the_formats():
    """A format is named in code where one is meant; a list of several belongs into the table."""
    kinds = {form.kind for form in formats.FORMATS}
    for path in PACKAGE.rglob("*.py"):
        if path.name == "formats.py":
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            held = [*getattr(node, "keys", ()), *getattr(node, "elts", ())]
            named = {
                of.value.removeprefix("gguf:") for of in held if isinstance(of, ast.Constant) and isinstance(of.value, str)
            }
            assert len(named & kinds - {"adapter", "merged_4bit"}) < 2, f"{path}:{node.lineno} lists {sorted(named & kinds)}"


def test_the_row_of_the_recipe_is_found_by_every_room(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    """The recipe "a format" of CONTRIBUTING.md: one row, and nothing else, for a type that the converter can write."""
    (block,) = blocks("A format")
    new = eval(block, vars(formats).copy())
    others = [form for form in formats.FORMATS if form.name != new.name]
    new = dataclasses.replace(new, serving_rank=1 + max(form.serving_rank or 0 for form in others))
    monkeypatch.setattr(formats, "FORMATS", (*others, new))
    assert missing_of_formats(formats.FORMATS) == []
    assert format_named("gguf:tq2_0") is new
    require_formats(["gguf:tq2_0"])
    sizes = export_bytes(["gguf:tq2_0"], parameters=8_000_000_000, trained=0)
    assert sizes["gguf:tq2_0"] == pytest.approx(2.5e9, rel=0.03)
    assert "merged_16bit" in sizes, "the folder on the way"
    assert bounds_of("gguf:tq2_0").max_kl == 0.9
    (tmp_path / "gguf").mkdir()
    for kind in ("tq2_0", "unknown"):
        (tmp_path / "gguf" / f"model-{kind}.gguf").touch()
    assert find_gguf(tmp_path).name == "model-tq2_0.gguf"
