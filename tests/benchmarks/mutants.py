"""How many small faults the tests notice: each is put into a copy of a module in memory, and the module's tests run.

    python -m tests.benchmarks.mutants mathpal_lightning/data/split.py tests/data/test_split.py [--most 60] [--seconds 8]
        [--minutes 3]

The faults: another comparison or arithmetic operator, a number one larger, a boolean turned round, a condition negated, a
statement left out. A fault is noticed when a test fails, or when the tests need more than `--seconds`; the last line says how
many only needed too long. The faults that no test notices are printed. Some of them change nothing that anyone could see. Each
fault runs in a fork of a process that has loaded the heavy libraries, so this needs Linux or macOS.
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import copy
import importlib.abc
import importlib.util
import os
import random
import signal
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

ROOT = Path(__file__).parents[2]
OTHER: dict[type, type] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.FloorDiv, ast.Div: ast.Mult, ast.FloorDiv: ast.Mult, ast.Mod: ast.Mult,
    ast.Pow: ast.Mult, ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd, ast.BitXor: ast.BitOr, ast.LShift: ast.RShift,
    ast.RShift: ast.LShift, ast.And: ast.Or, ast.Or: ast.And, ast.USub: ast.UAdd,
}  # fmt: skip


def places(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """The number of a node in the walk, and a kind of fault that can be put there."""
    outside = {id(below) for node in ast.walk(tree) for kept in _kept(node) for below in ast.walk(kept)}
    for number, node in enumerate(ast.walk(tree)):
        if id(node) in outside:
            continue
        if isinstance(node, ast.Compare | ast.BoolOp | ast.BinOp | ast.AugAssign | ast.UnaryOp):
            operator = node.ops[0] if isinstance(node, ast.Compare) else node.op
            if type(operator) in OTHER:
                yield number, "operator"
        if isinstance(node, ast.Constant) and isinstance(node.value, bool | int | float):
            yield number, "constant"
        if isinstance(node, ast.If | ast.IfExp | ast.While):
            yield number, "condition"
        if isinstance(node, ast.Assign | ast.AugAssign | ast.Expr) and not isinstance(
            getattr(node, "value", None), ast.Constant
        ):
            yield number, "statement"


def _kept(node: ast.AST) -> list[ast.AST]:
    """What is no behaviour: annotations, raised messages, and guards for type checkers."""
    if isinstance(node, ast.arg | ast.AnnAssign):
        return [node.annotation] if node.annotation else []
    if isinstance(node, ast.FunctionDef):
        return [node.returns] if node.returns else []
    if isinstance(node, ast.Raise):
        return [node]
    if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
        return [node]
    return []


def mutated(tree: ast.Module, number: int, kind: str) -> tuple[ast.Module, str]:
    """The tree with one fault, and what it is."""
    tree = copy.deepcopy(tree)
    node = list(ast.walk(tree))[number]
    before, line = ast.unparse(node).splitlines()[0], getattr(node, "lineno", 0)
    if kind == "operator":
        if isinstance(node, ast.Compare):
            node.ops[0] = OTHER[type(node.ops[0])]()
        else:
            node.op = OTHER[type(node.op)]()  # type: ignore[attr-defined]
    elif kind == "constant":
        assert isinstance(node, ast.Constant)
        node.value = not node.value if isinstance(node.value, bool) else node.value + 1  # type: ignore[operator]
    elif kind == "condition":
        assert isinstance(node, ast.If | ast.IfExp | ast.While)
        node.test = ast.UnaryOp(ast.Not(), node.test)
    else:
        parent = next(one for one in ast.walk(tree) if node in _statements(one, "body") + _statements(one, "orelse"))
        body = _statements(parent, "body" if node in _statements(parent, "body") else "orelse")
        body[body.index(node)] = ast.Pass()
    after = "pass" if kind == "statement" else ast.unparse(node).splitlines()[0]
    return ast.fix_missing_locations(tree), f"line {line}: {before[:70]}  ->  {after[:70]}"


def _statements(node: ast.AST, branch: Literal["body", "orelse"]) -> list[ast.AST]:
    """The statements of a branch; none where the branch is an expression, as in a lambda."""
    found = getattr(node, branch, [])
    return found if isinstance(found, list) else []


class _Faulty(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Loads one module from a tree."""

    def __init__(self, name: str, file: Path, tree: ast.Module):
        self.name, self.file, self.tree = name, file, tree

    def find_spec(self, fullname, path=None, target=None):
        if fullname != self.name:
            return None
        package = [str(self.file.parent)] if self.file.name == "__init__.py" else None
        return importlib.util.spec_from_file_location(fullname, self.file, loader=self, submodule_search_locations=package)

    def exec_module(self, module) -> None:
        exec(compile(self.tree, str(self.file), "exec"), module.__dict__)


def outcome(name: str, file: Path, tree: ast.Module, tests: list[str], seconds: int) -> Literal["passed", "failed", "too long"]:
    """What the tests say with this tree as the module."""
    child = os.fork()
    if child == 0:
        os.setsid()
        with open(os.devnull, "w", encoding="utf-8") as nowhere:
            os.dup2(nowhere.fileno(), 1)
            os.dup2(nowhere.fileno(), 2)
        signal.alarm(seconds)
        sys.meta_path.insert(0, _Faulty(name, file, tree))
        import pytest

        os._exit(int(pytest.main(["-x", "-q", "-p", "no:cacheprovider", "-m", "not slow", *tests]) != 0))
    _, status = os.waitpid(child, 0)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child, signal.SIGKILL)  # workers that it started
    if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGALRM:
        return "too long"
    return "passed" if status == 0 else "failed"


def main() -> None:
    """Print the faults that are not noticed, and the share of those that are."""
    parser = argparse.ArgumentParser()
    parser.add_argument("module", type=Path)
    parser.add_argument("tests", nargs="+")
    parser.add_argument("--most", type=int, default=10_000, help="a sample of so many faults")
    parser.add_argument("--seconds", type=int, default=8, help="how long the tests may take with one fault")
    parser.add_argument("--minutes", type=float, default=600, help="stop after this time and report on the faults tried so far")
    given = parser.parse_args()
    for library in ("torch", "numpy", "hypothesis", "transformers", "pytest", "lightning.pytorch", "peft", "pyarrow"):
        importlib.import_module(library)
    file = (ROOT / given.module).resolve()
    name = ".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
    tree = ast.parse(file.read_text(encoding="utf-8"))
    assert outcome(name, file, tree, given.tests, 60) == "passed", "the tests fail without a fault"
    chosen = list(places(tree))
    chosen = random.Random(0).sample(chosen, min(given.most, len(chosen)))
    found: Counter[str] = Counter()
    end = time.monotonic() + 60 * given.minutes
    for number, kind in chosen:
        if time.monotonic() > end:
            break
        faulty, what = mutated(tree, number, kind)
        result = outcome(name, file, faulty, given.tests, given.seconds)
        found[result] += 1
        if result == "passed":
            print(f"not noticed, {what}", flush=True)
    noticed, tried = found["failed"] + found["too long"], sum(found.values())
    share = f"{noticed} of {tried} faults are noticed ({noticed / max(1, tried):.0%})"
    print(f"{given.module}: {share}, {found['too long']} of them because the tests needed too long", flush=True)


if __name__ == "__main__":
    main()
