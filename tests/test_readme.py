"""The two READMEs: short, the same in both languages, and their library lines run. Their commands: tests/test_documents.py."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from mathpal_lightning.run import folder as run_folder
from tests.documents import ROOT, blocks, outline, text_of

ENGLISH, VIETNAMESE = ROOT / "README.md", ROOT / "README.vi.md"
PICTURE = ROOT / "docs" / "report.png"


def test_the_readme_opens_with_the_two_commands():
    first = blocks(ENGLISH, "sh")[0].splitlines()
    assert [line.split("#")[0].strip() for line in first] == ["make train-quick", "make test"]
    makefile = text_of(ROOT / "Makefile")
    assert re.search(r"^train-quick:", makefile, re.MULTILINE)
    assert re.search(r"^test:", makefile, re.MULTILINE)


@pytest.mark.parametrize("page", [ENGLISH, VIETNAMESE], ids=lambda page: page.name)
def test_it_is_short(page: Path):
    assert len(text_of(page).splitlines()) <= 150


def test_both_languages_say_the_same():
    """Section by section: headings of the same level, the same commands, Python, rows of tables, pictures, links, numbers."""
    assert outline(VIETNAMESE) == outline(ENGLISH)
    assert len(outline(ENGLISH)) > 7
    assert blocks(VIETNAMESE, "python") == blocks(ENGLISH, "python")
    english, vietnamese = (set(re.findall(r"\]\(([^)]+)\)", text_of(page))) for page in (ENGLISH, VIETNAMESE))
    assert english - {"README.vi.md"} == vietnamese - {"README.md"}


def test_the_score_stands_in_one_place_and_is_the_same():
    english = re.findall(r"\b\d+\.\d %", text_of(ENGLISH))
    vietnamese = [number.replace(",", ".") for number in re.findall(r"\b\d+,\d %", text_of(VIETNAMESE))]
    assert len(english) == len(set(english)) > 0
    assert vietnamese == english


def test_the_tree_of_a_run_names_its_files():
    names = {
        run_folder.CARD,
        "summary.json",
        "samples.jsonl",
        "adapter",
        "merged",
        "gguf",
        "checkpoints",
        "metrics.csv",
        "config.yaml",
    }
    for page in (ENGLISH, VIETNAMESE):
        tree = text_of(page).split("    outputs/quickstart/\n")[1].split("\n\n")[0]
        assert {line.split()[0].split("/")[0] for line in tree.splitlines()} == names | {"report.html"}


def test_the_picture_is_small():
    assert PICTURE.read_bytes().startswith(b"\x89PNG")
    assert PICTURE.stat().st_size < 250_000


def test_the_library_lines_run_as_they_stand(
    gemma3_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.chdir(tmp_path)
    rows = [{"question": f"Tính: {number} + 1", "solution": f"Đáp số: {number + 1}"} for number in range(60)]
    (tmp_path / "problems.jsonl").write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), encoding="utf-8")
    written = blocks(ENGLISH, "python")[0]
    assert written in blocks(ROOT / "docs" / "library.md", "python")
    lines = written.replace('"offline-gemma"', f'"{gemma3_folder}", backend="transformers", max_new_tokens=8')
    assert lines != written
    names: dict[str, Any] = {}
    exec(lines.replace("max_steps=50", 'max_steps=3, accelerator="cpu"'), names)
    assert names["module"].trainer.global_step == 3
    assert capsys.readouterr().out


def test_the_script_with_scores_and_an_export_runs(gemma3_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    rows = [{"question": f"Tính: {number} + 1", "solution": f"Đáp số: {number + 1}"} for number in range(40)]
    (tmp_path / "problems.jsonl").write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), encoding="utf-8")
    (written,) = [block for block in blocks(ROOT / "docs" / "library.md", "python") if "callbacks = [" in block]
    tiny = f'"{gemma3_folder}", backend="transformers", bits=16, max_new_tokens=4'
    lines = written.replace('"offline-gemma", vocabulary="small"', tiny).replace(
        "problems=100, sample=20", "problems=2, sample=1"
    )
    names: dict[str, Any] = {}
    exec(lines.replace("max_epochs=1,", 'max_epochs=1, accelerator="cpu", enable_progress_bar=False,'), names)
    assert "val/exact_match" in names["trainer"].callback_metrics
    assert (tmp_path / "outputs" / "mine" / "adapter" / "adapter_model.safetensors").is_file()
