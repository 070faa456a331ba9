"""docs/architecture.md tells the truth: the laws have tests, the ways are ways, every room is on the map."""

import ast
import re
from pathlib import Path

import pytest
from lightning.pytorch import Callback, LightningModule

from mathpal_lightning.content_key import _all_modules, imported_modules
from tests.test_doors import EVERY_ROOM

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "mathpal_lightning"
PAGE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
SECTION = PAGE.split("## The laws of a batch")[1].split("\n## ")[0]
LAWS = re.findall(r"^(\d+)\. (.*?)(?=^\d+\. |\Z)", SECTION, re.MULTILINE | re.DOTALL)
WAYS = re.split(r"^### ", PAGE.split("## Ways through the files")[1].split("\n## ")[0], flags=re.MULTILINE)[1:]
MAP = ast.get_docstring(ast.parse((PACKAGE / "__init__.py").read_text(encoding="utf-8"))) or ""
OF_A_RUN = {"adapter/", "merged/", "gguf/"}
"""Folders of a run, which the way of an export names."""
MOST_VISITS = {"A row to its loss": 15}


def steps(way: str) -> list[tuple[str, str]]:
    return re.findall(r"^\d+\. `([\w/.]+)` (.*)$", way, re.MULTILINE)


def test_the_laws_are_numbered_from_one_without_a_gap():
    assert [int(number) for number, _ in LAWS] == list(range(1, 10))


@pytest.mark.parametrize(("number", "law"), LAWS, ids=[number for number, _ in LAWS])
def test_each_law_has_a_test(number: str, law: str):
    tests = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", law)
    assert tests
    for file, name in tests:
        tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
        assert name in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}, f"{file}::{name}"


def test_who_cites_a_law_says_where_it_stands():
    citing = [
        path
        for path in PACKAGE.rglob("*.py")
        if re.search(r"\blaws? \d", path.read_text(encoding="utf-8"), re.IGNORECASE)
    ]  # fmt: skip
    assert len(citing) > 4
    for path in citing:
        assert "docs/architecture.md" in path.read_text(encoding="utf-8"), path


def test_every_room_is_on_the_map():
    table = PAGE.split("## The rooms")[1].split("## The doors")[0]
    named = {name.strip("/") for name in re.findall(r"`([\w/]+)`", table)}
    assert named - {"mathpal_lightning"} >= EVERY_ROOM - {"__init__", "__main__", "collector", "py"}


def test_the_way_of_an_export_is_counted_elsewhere():
    """Its arrows are held by `tests/export/visits.py`; every other way is a numbered list of files."""
    without_numbers = [way.splitlines()[0] for way in WAYS if not steps(way)]
    assert without_numbers == ["An export"]
    assert len(WAYS) == 6


@pytest.mark.parametrize("way", [way for way in WAYS if steps(way)], ids=lambda way: way.splitlines()[0])
def test_each_step_of_a_way_follows_from_a_file_that_is_open(way: str):
    title, open_to = way.splitlines()[0], set()
    files = steps(way)
    assert len(files) > 5
    assert len({file for file, _ in files}) == len(files), "a file that was left is not opened again"
    assert len(files) <= MOST_VISITS.get(title, 20)
    for number, (file, what) in enumerate(files):
        assert (PACKAGE / file).is_file(), file
        module = f"mathpal_lightning.{file.removesuffix('.py').replace('/', '.')}"
        assert number == 0 or module in open_to or "Lightning" in what, f"{title}: {file} is imported by none before it"
        open_to |= imports_of(module)


def imports_of(module: str) -> set[str]:
    """What a module imports, and what the packages hand on that it takes a name from."""
    direct = imported_modules(_all_modules()[module].read_text(encoding="utf-8"))
    packages = [_all_modules()[each] for each in direct if _all_modules()[each].name == "__init__.py"]
    return direct.union(*(imported_modules(file.read_text(encoding="utf-8")) for file in packages))


def test_files_named_for_detail_are_there():
    for file in re.findall(r"\(`([\w/.]+)`(?:, `([\w/.]+)`)?\)", "\n".join(WAYS)):
        for name in filter(None, file):
            assert (PACKAGE / name).exists(), name


@pytest.mark.parametrize(("page", "least"), [(PAGE, 60), (MAP, 50)], ids=["architecture.md", "the map"])
def test_every_file_and_folder_that_is_named_is_there(page: str, least: int):
    """A name without a folder, such as `header.py`, is that of some file of the package."""
    names = set(re.findall(r"(?<![\w.<])(?:\w+/)+(?:\w+\.py|\w+\.md)?|\b\w+\.py\b", page)) - OF_A_RUN
    missing = [
        name
        for name in names
        if not any((root / name).exists() for root in (PACKAGE, ROOT)) and ("/" in name or not list(PACKAGE.rglob(name)))
    ]
    assert len(names) > least
    assert missing == []


def test_every_class_that_is_named_is_there():
    named = set(re.findall(r"`([A-Z][a-z]\w+)`", PAGE)) | set(re.findall(r"\b(?:[A-Z][a-z]+){2,}\b", PAGE))
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in PACKAGE.rglob("*.py")]
    ours = {node.name for tree in trees for node in ast.walk(tree) if isinstance(node, ast.ClassDef)}
    assert {"StopOnDivergence", "Throughput", "PackedBatch"} <= named
    assert named - ours - {"LightningModule"} == set()


def test_files_are_short_and_each_type_that_is_not_checked_has_its_reason():
    files = {path: path.read_text(encoding="utf-8").splitlines() for path in PACKAGE.rglob("*.py")}
    assert [path.name for path, lines in files.items() if len(lines) > 300] == []
    ignored = [line for lines in files.values() for line in lines if "# type: ignore" in line]
    assert len(ignored) > 10
    assert [line.strip() for line in ignored if not re.search(r"# type: ignore\[[\w, -]+\]  # \w", line)] == []


def test_no_hook_of_lightning_is_called_as_a_function():
    """A subclass that extends a hook must not be run at other moments; `super().on_...` is the hook itself."""
    hooks = {name for kind in (Callback, LightningModule) for name in dir(kind) if name.startswith("on_")}
    called = [
        f"{path.relative_to(PACKAGE)}:{node.lineno}: {node.func.attr}"
        for path in PACKAGE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and (node.func.attr in hooks or (node.func.attr in ("setup", "teardown") and ast.unparse(node.func.value) == "self"))
        and ast.unparse(node.func.value) != "super()"
    ]
    assert len(hooks) > 30
    assert called == []
