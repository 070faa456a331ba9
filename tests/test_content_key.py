"""The key of a cache changes with whatever decides its content, and with nothing else."""

import ast
import json
import math
import os
import subprocess
import sys
from pathlib import Path

import pytest

from mathpal_lightning import content_key
from mathpal_lightning.content_key import code_digest, code_files, imported_modules, installed_version
from tests.tiny import tiny_tokenizer

PACKAGE = Path(content_key.__file__).parent
NAME = "mathpal_lightning"
DECIDERS = {
    "data": [f"{NAME}.data.cache"],
    "checks": [f"{NAME}.checks.run", f"{NAME}.model.module"],
    "reference": [f"{NAME}.model.reference", f"{NAME}.model.scoring"],
    "generated": [f"{NAME}.curriculum.generate"],
    "gemma": [f"{NAME}.model.from_gguf"],
    "memory": [f"{NAME}.estimate.step_memory"],
    "vocabulary": [f"{NAME}.vocabulary.base"],
}
"""What each cache names."""


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the package elsewhere, which the key then reads; it may be changed."""
    copy = tmp_path / "elsewhere" / NAME
    for file in PACKAGE.rglob("*"):
        if file.is_file() and "__pycache__" not in file.parts:
            target = copy / file.relative_to(PACKAGE)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(file.read_bytes())
    monkeypatch.setattr(content_key, "_FOLDER", copy)
    monkeypatch.setattr(content_key, "_STARTED", math.inf)  # the copy is as if it had been there before
    forget()
    yield copy
    forget()


def forget() -> None:
    """What is kept for a process."""
    for cached in (content_key.code_digest, content_key._all_modules, content_key._given_on_demand):
        cached.cache_clear()


def keys() -> dict[str, str]:
    forget()
    return {name: content_key.content_key(*modules) for name, modules in DECIDERS.items()}


@pytest.mark.parametrize(
    ("file", "changes"),
    [
        ("model/lean/attention.py", {"checks", "reference", "memory"}),
        ("evaluation/equivalence.py", {"data", "checks"}),
        ("evaluation/values/reading.py", {"data", "checks"}),
        ("text/normalize.py", {"data", "checks"}),
        ("chat.py", {"data", "checks"}),
        ("curriculum/mathematics/strands.yaml", {"generated"}),
        ("curriculum/physics/measuring.py", {"generated"}),
        ("losses/dpo.py", {"reference"}),
        ("model/from_gguf.py", {"gemma"}),
        ("vocabulary/tokenizer_files.py", {"vocabulary"}),
        ("vocabulary/lists.yaml", {"vocabulary"}),
        ("cli/main.py", set()),
    ],
)
def test_a_change_of_the_code_changes_the_keys_that_it_decides(file: str, changes: set[str], package: Path):
    before = keys()
    with (package / file).open("ab") as end:
        end.write(b"\n# changed\n")
    after = keys()
    changed = {name for name in DECIDERS if before[name] != after[name]}
    assert changed >= changes
    assert changes or not changed


def test_a_module_or_file_that_is_added_counts_from_its_first_day(package: Path):
    before = keys()
    (package / "curriculum" / "mathematics" / "sets.py").write_text('"""New."""\n', encoding="utf-8")
    assert keys()["generated"] != before["generated"]
    (package / "model" / "lean" / "tiles.json").write_text("{}", encoding="utf-8")
    assert keys()["checks"] != before["checks"]


def test_neither_the_place_nor_line_endings_nor_the_order_of_a_mapping_change_it(
    package: Path, monkeypatch: pytest.MonkeyPatch
):
    moved = keys()
    for file in package.rglob("*.py"):
        file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n"))
    assert keys() == moved
    monkeypatch.undo()
    assert keys() == moved
    (module,) = DECIDERS["gemma"]
    first, second = {"a": 1, "b": {"x": 1, "y": 2}}, {"b": {"y": 2, "x": 1}, "a": 1}
    assert content_key.content_key(module, facts=first) == content_key.content_key(module, facts=second)
    assert content_key.content_key(module, facts=first) != content_key.content_key(module, facts={"a": 2})


def test_versions_count(monkeypatch: pytest.MonkeyPatch):
    (module,) = DECIDERS["gemma"]
    key, with_library = content_key.content_key(module), content_key.content_key(module, libraries=["torch"])
    assert key != with_library
    monkeypatch.setattr(content_key, "__version__", "9.9")
    assert content_key.content_key(module) != key
    monkeypatch.setattr(content_key, "installed_version", lambda library: "1")
    assert content_key.content_key(module, libraries=["torch"]) != with_library


def test_every_import_of_ours_is_found_as_python_itself_reads_it():
    """Against `ast`, which takes ten times as long."""
    seen = 0
    for file in PACKAGE.rglob("*.py"):
        source = file.read_text(encoding="utf-8")
        expected = set()
        for node in _executed(ast.parse(source)):
            if isinstance(node, ast.Import):
                expected |= {alias.name for alias in node.names if alias.name.startswith(f"{NAME}.")}
            elif isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == NAME:
                for alias in node.names:
                    inside = f"{node.module}.{alias.name}"
                    expected.add(inside if inside in content_key._all_modules() else str(node.module))
        found = imported_modules(source)
        assert found >= expected, file
        seen += len(expected)
    assert seen > 300


def _executed(node: ast.AST):
    """All nodes, without what stands under `if TYPE_CHECKING`."""
    for child in ast.iter_child_nodes(node):
        if not (isinstance(child, ast.If) and getattr(child.test, "id", "") == "TYPE_CHECKING"):
            yield child
            yield from _executed(child)


def test_what_a_process_really_imported_is_in_the_graph():
    """`sys.modules` after an import, packages apart: they only stand on the way."""
    program = "import sys, json, mathpal_lightning.checks.leak; print(json.dumps(sorted(sys.modules)))"
    run = [sys.executable, "-c", program]
    done = subprocess.run(run, capture_output=True, text=True, check=True, encoding="utf-8", env=dict(os.environ))
    graph = {name.removesuffix(".py").replace("/", ".") for name in code_files(f"{NAME}.checks.leak")}
    on_the_way = {"data", "model", "checks"}  # their __init__ files import more than the leak check asks for
    for module in json.loads(done.stdout):
        room, _, rest = module.removeprefix(f"{NAME}.").partition(".")
        if module.startswith(f"{NAME}.model.lean") or (module.startswith(f"{NAME}.losses") and rest):
            assert module.removeprefix(f"{NAME}.") in graph or f"{module.removeprefix(f'{NAME}.')}.__init__" in graph
    assert {"model.scoring", "data.collate", "model.lean.attention"} <= graph
    assert on_the_way.isdisjoint(graph)


def test_a_name_that_a_package_gives_on_demand_leads_to_its_module():
    assert imported_modules("from mathpal_lightning.model import MathPalModule") == {f"{NAME}.model", f"{NAME}.model.module"}
    assert f"{NAME}.evaluation.scores.metrics" in imported_modules("from mathpal_lightning.evaluation import AnswerAccuracy")


def test_a_package_on_the_way_changes_nothing_outside_of_itself():
    """Why an `__init__` counts only where a name is taken from it: it defines and imports, it patches and calls nothing."""
    allowed = (ast.Import, ast.ImportFrom, ast.Assign, ast.AnnAssign, ast.AugAssign, ast.FunctionDef, ast.ClassDef)
    for file in PACKAGE.rglob("__init__.py"):
        for node in ast.parse(file.read_text(encoding="utf-8")).body:
            typed = isinstance(node, ast.If) and getattr(node.test, "id", "") == "TYPE_CHECKING"
            assert typed or isinstance(node, allowed) or _is_docstring(node), f"{file}:{getattr(node, 'lineno', 0)}"
            targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AugAssign) else []
            assert all(isinstance(target, ast.Name) for target in targets), f"{file}:{node.lineno}"


def _is_docstring(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def test_files_are_read_once_a_process(monkeypatch: pytest.MonkeyPatch):
    forget()
    first = code_digest(*DECIDERS["data"])
    monkeypatch.setattr(content_key, "_unix", lambda path: pytest.fail(f"{path} is read again"))
    assert code_digest(*DECIDERS["data"]) == first


def test_a_module_that_is_not_there_is_refused():
    with pytest.raises(ValueError, match="Expected a module of mathpal_lightning"):
        content_key.content_key("mathpal_lightning.data.cahce")
    assert installed_version("no-such-distribution") == ""


def test_two_vocabularies_of_one_size_have_two_digests(tmp_path: Path):
    first, second = (tiny_tokenizer(tmp_path / name, "gemma3") for name in "ab")
    first.add_tokens(["một"])
    second.add_tokens(["hai"])
    assert len(first) == len(second)
    assert content_key.tokenizer_digest(first) != content_key.tokenizer_digest(second)


def test_code_that_changes_under_a_process_gives_a_key_that_no_other_process_has(
    package: Path, monkeypatch: pytest.MonkeyPatch
):
    def key(process: int = 1) -> str:
        monkeypatch.setattr(os, "getpid", lambda: process)
        content_key.code_digest.cache_clear()  # the list of modules stays, as in a process that computes a second key
        return content_key.content_key(f"{NAME}.sealed")

    file, before = package / "sealed.py", key()
    monkeypatch.setattr(content_key, "_STARTED", file.stat().st_ctime)
    assert key() == before == key(2)
    monkeypatch.setattr(content_key, "_STARTED", file.stat().st_ctime - 1)
    assert len({before, key(), key(2)}) == 3, "a file is newer than the process"
    monkeypatch.setattr(content_key, "_STARTED", math.inf)
    file.write_text(f"from {NAME}.brand_new import x", encoding="utf-8")
    assert len({before, key(), key(2)}) == 3, "it imports a module that was not there"
    file.unlink()
    assert len({before, key(), key(2)}) == 3, "it is gone"
