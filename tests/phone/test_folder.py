"""The folder is complete, whole or absent, and its Python reaches nothing that a browser has not."""

import ast
import hashlib
import json
import re
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from mathpal_lightning.errors import ExportError
from mathpal_lightning.phone import folder as folders
from mathpal_lightning.phone.folder import modules_of, write_page
from mathpal_lightning.serving import PAGE
from tests.phone.test_packages import with_small_packages

TURNS = ("<start_of_turn>user\n", "<end_of_turn>\n<start_of_turn>model\n")


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A page with a model of 25 bytes, written once; read only."""
    folder = tmp_path_factory.mktemp("page")
    gguf = folder / "model-q8_0.gguf"
    gguf.write_bytes(bytes(range(25)))
    with pytest.MonkeyPatch.context() as monkeypatch:
        with_small_packages(folder, monkeypatch)
        monkeypatch.setattr(folders, "PIECE", 10)
        yield write_page(gguf, folder / "web", TURNS, ["2 + 3 = ?"], "Gemma is provided under terms.")


def exports(script: str) -> set[str]:
    """The names that a module of JavaScript offers."""
    return set(re.findall(r"^export (?:async function|function|const) (\w+)", script, re.MULTILINE))


def test_the_pieces_of_the_model_give_the_model(page: Path):
    site = json.loads((page / "site.json").read_text(encoding="utf-8"))
    assert [piece["bytes"] for piece in site["pieces"]] == [10, 10, 5]
    pieces = [(page / piece["file"]).read_bytes() for piece in site["pieces"]]
    digests = [hashlib.sha256(piece).hexdigest()[:16] for piece in pieces]
    assert [piece["file"] for piece in site["pieces"]] == [f"model/{n:02}-{digest}.bin" for n, digest in enumerate(digests)]
    assert b"".join(pieces) == bytes(range(25))
    assert site["bytes"] == 25
    assert site["examples"] == ["2 + 3 = ?"]


def test_the_page_is_that_of_the_server_but_for_where_answers_come_from(page: Path):
    for file in PAGE.iterdir():
        if file.name in (*folders._NOT_COPIED, "index.html"):
            continue
        assert (page / file.name).read_bytes() == file.read_bytes(), file.name
    index = (page / "index.html").read_text(encoding="utf-8")
    assert 'rel="manifest"' in index
    assert not any((page / name).exists() for name in ("login.html", "teacher.html")), "pages of the server"
    theirs, ours = (exports((place / "ask.js").read_text(encoding="utf-8")) for place in (PAGE, page))
    assert theirs - {"isWatched"} == ours, "what page.js calls; nobody watches a page without a server"


def test_every_file_that_a_script_or_the_page_names_is_there(page: Path):
    scripts = [file for file in page.glob("*.*") if file.suffix in (".js", ".css", ".html")]
    named = re.findall(
        r"""["'](?:\./)?([\w/.-]+\.(?:js|mjs|css|svg|ttf|json|zip|wasm|webmanifest))["']""",
        "".join(file.read_text(encoding="utf-8") for file in scripts),
    )
    named += re.findall(r"""fetch\(["']([\w/.-]+)["']""", "".join(file.read_text(encoding="utf-8") for file in scripts))
    assert len(named) > 8
    assert [name for name in named if not (page / name).is_file()] == []


def test_the_service_worker_fetches_the_small_files_first(page: Path):
    first = json.loads(re.search(r"const FIRST = (\[.*\]);", (page / "sw.js").read_text(encoding="utf-8"))[1])
    assert {"./", "index.html", "ask.js", "site.json", "mathpal.zip", "wllama/index.js"} <= set(first)
    assert not any(name.startswith(("model/", "pyodide/")) or name.endswith(".wasm") for name in first)


def test_the_terms_of_the_weights_go_with_the_page(page: Path):
    text = (page / "LICENCES.txt").read_text(encoding="utf-8")
    assert "Gemma is provided under terms." in text
    assert "pyodide 314" in text


def test_a_gguf_that_no_browser_can_hold_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(folders, "LARGEST", 10)
    (tmp_path / "model.gguf").write_bytes(bytes(11))
    with pytest.raises(ExportError, match="q4_k_m"):
        write_page(tmp_path / "model.gguf", tmp_path / "web", TURNS)
    assert not (tmp_path / "web").exists()


def test_the_python_of_the_browser_needs_three_libraries_and_no_other():
    modules = modules_of("mathpal_lightning.phone.brain")
    names = {file.relative_to(folders._ROOT).as_posix() for file in modules}
    assert {"typeset/__init__.py", "serving/honest.py", "evaluation/steps/check.py", "text/normalize.py"} <= names
    roots = set()
    for file in modules:
        if f"mathpal_lightning/{file.relative_to(folders._ROOT).as_posix()}" not in folders._BARE:
            roots |= {name.split(".")[0] for name in folders._imported(ast.parse(file.read_text(encoding="utf-8")).body)}
    assert roots - set(sys.stdlib_module_names) - {"mathpal_lightning"} == {"latex2mathml", "markdown_it", "mpmath"}


def test_the_archive_runs_by_itself(page: Path):
    """In a Python that sees only the archive and the standard library, as in the browser."""
    import subprocess

    script = (
        "import sys; sys.path[:] = [sys.argv[1], *(each for each in sys.path if 'site-packages' not in each)];"
        "from mathpal_lightning.phone import brain; print(brain.solve('2 + 3 = ?'))"
    )
    extracted = page.parent / "python"
    zipfile.ZipFile(page / "mathpal.zip").extractall(extracted)
    command = [sys.executable, "-S", "-P", "-c", script, str(extracted)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=page, env={}, encoding="utf-8")
    assert json.loads(done.stdout)["ask"]["prompt"] == f"{TURNS[0]}2 + 3 = ?{TURNS[1]}"
