"""Only compat/ uses names that other libraries do not promise, and only compat/ changes what belongs to them."""

import ast
import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from pathlib import Path

import pytest

import mathpal_lightning

PACKAGE = Path(mathpal_lightning.__file__).parent
FILES = [path for path in PACKAGE.rglob("*.py") if "compat" not in path.relative_to(PACKAGE).parts]
PROMISED = {"_replace", "_asdict", "_fields", "_make", "_exit", "_typeshed"}
"""Documented in spite of their underscore: methods of a NamedTuple, os._exit, and the types that type checkers bring."""


def is_private(name: str) -> bool:
    return name.startswith("_") and not name.endswith("__")


def own_names(tree: ast.AST) -> set[str]:
    """The private names that a file defines: functions, classes, fields, and attributes set on self."""
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store) and ast.unparse(node.value) == "self":
            names.add(node.attr)
    return {name for name in names if is_private(name)}


def foreign_imports(tree: ast.AST) -> Iterator[tuple[str, str]]:
    """Each name that a file binds by importing from elsewhere, with the full name of what it is."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.asname or alias.name.partition(".")[0], alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module != "__future__":
            yield from ((alias.asname or alias.name, f"{node.module}.{alias.name}") for alias in node.names)


def private_uses(tree: ast.AST, own: set[str]) -> list[str]:
    """What a file takes of other libraries although it is private, or changes in them."""
    imported = {name: full for name, full in foreign_imports(tree) if not full.startswith("mathpal_lightning")}
    found = [full for full in imported.values() if any(is_private(part) for part in set(full.split(".")) - PROMISED)]
    for node in ast.walk(tree):
        if not isinstance(node, ast.Attribute):
            continue
        if is_private(node.attr) and node.attr not in own | PROMISED:
            found.append(ast.unparse(node))
        changed = isinstance(node.ctx, ast.Store | ast.Del)
        if changed and (node.attr == "forward" or (isinstance(node.value, ast.Name) and node.value.id in imported)):
            found.append(f"{ast.unparse(node)} = ...")
    return found


def parsed(path: Path) -> ast.AST:
    return ast.parse(path.read_text(encoding="utf-8"))


OWN = set().union(*(own_names(parsed(path)) for path in FILES))


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_no_private_name_of_another_library_outside_of_compat(path: Path):
    assert private_uses(parsed(path), OWN) == []


@pytest.mark.parametrize(
    "code",
    [
        "trainer.fit_loop._data_fetcher",
        "from torch._subclasses.fake_tensor import FakeTensorMode",
        "from lightning.pytorch.loops import _Loop",
        "import torch._dynamo",
        "from huggingface_hub import constants\nconstants.HF_HUB_DISABLE_XET = True",
        "module.forward = lean",
        "super()._run_subcommand('fit')",
    ],
)
def test_the_walk_sees_private_names(code: str):
    assert private_uses(ast.parse(code), {"_own"})


@pytest.mark.parametrize("code", ["self._own", "pairs._replace(value=1)", "x.__class__", "from mathpal_lightning import _own"])
def test_the_walk_leaves_our_own_names_alone(code: str):
    assert not private_uses(ast.parse(code), {"_own"})


def our_classes() -> list[type]:
    modules = [
        importlib.import_module(module.name)
        for module in pkgutil.walk_packages(mathpal_lightning.__path__, "mathpal_lightning.")
        if not module.name.endswith("__main__") and ".lm_eval" not in module.name
    ]
    classes = {
        kind
        for module in modules
        for kind in vars(module).values()
        if inspect.isclass(kind) and kind.__module__.startswith("mathpal_lightning.") and ".compat." not in kind.__module__
    }
    assert len(classes) > 30
    return sorted(classes, key=lambda kind: kind.__qualname__)


def test_no_class_overrides_a_private_method_of_another_library():
    """Such a method may lose its caller in any version, and the override then does nothing without a word."""
    overridden = [
        f"{kind.__module__}.{kind.__qualname__}.{name} overrides {base.__module__}.{base.__qualname__}"
        for kind in our_classes()
        for base in kind.__mro__[1:]
        if not base.__module__.startswith("mathpal_lightning.")
        for name in vars(kind).keys() & vars(base).keys()
        if is_private(name) and inspect.isroutine(inspect.unwrap(vars(kind)[name])) and name not in PROMISED
    ]
    assert overridden == []
