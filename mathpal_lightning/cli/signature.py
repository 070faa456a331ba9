"""The arguments of our functions and classes, read from their source files: nothing is imported, so it takes milliseconds.

    read_signature("commands.data", "report")   -> summary, arguments with their types, defaults and meanings

Help pages, completion and the early refusal of a mistyped key are made of it. Importing the functions themselves would import
torch and transformers, which takes seconds.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

PACKAGE = "mathpal_lightning"
_ROOT = Path(__file__).parents[1]
_TRAINER = "pytorch/trainer/trainer.py"


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument as its source says it."""

    name: str
    annotation: str
    default: str | None
    """None: it has to be given."""
    meaning: str
    """Its text in the docstring; empty where there is none."""
    section: tuple[str, str] | None = None
    """The module and name of the dataclass of ours that it is: its fields are keys of their own."""
    words: tuple[str, ...] = ()
    """What it may be, where only some words are allowed; empty for every other type."""

    @property
    def is_list(self) -> bool:
        """Whether it takes several values."""
        return self.annotation.startswith(("list[", "Sequence["))

    @property
    def is_switch(self) -> bool:
        """Whether it is true or false."""
        return self.annotation == "bool"


@dataclass(frozen=True, slots=True)
class Signature:
    """What a function or class says of itself."""

    summary: str
    arguments: tuple[Argument, ...]

    def named(self, name: str) -> Argument | None:
        """The argument of a name."""
        return next((argument for argument in self.arguments if argument.name == name), None)

    @property
    def required(self) -> list[str]:
        """The names of the arguments without a default."""
        return [argument.name for argument in self.arguments if argument.default is None]


@cache
def read_signature(module: str, name: str) -> Signature:
    """The arguments of a function, of a class's `__init__`, or of a dataclass's fields.

    Args:
        module: of this package, without the package's name: "commands.data". An import of `name` there is followed.
        name: the function or class.

    Raises:
        LookupError: the module neither defines nor imports it.
    """
    defined_in, node = _locate(module, name) or (module, None)
    if node is None or isinstance(node, ast.Assign | ast.AnnAssign):
        raise LookupError(f"Expected {name} in {PACKAGE}.{module}, but found no definition or import of it.")
    return _signature(node, defined_in)


@cache
def trainer_signature() -> Signature:
    """The arguments of Lightning's Trainer."""
    spec = find_spec("lightning")
    assert spec is not None, "lightning is a dependency of ours"
    assert spec.submodule_search_locations
    tree = _parse(Path(spec.submodule_search_locations[0]) / _TRAINER)
    node = next(each for each in tree.body if isinstance(each, ast.ClassDef) and each.name == "Trainer")
    return _signature(node, "")


@cache
def _parse(file: Path) -> ast.Module:
    return ast.parse(file.read_text(encoding="utf-8"))


def _file_of(module: str) -> Path | None:
    path = _ROOT.joinpath(*module.split("."))
    candidates = (path.with_suffix(".py"), path / "__init__.py")
    return next((file for file in candidates if file.is_file()), None)


def _locate(module: str, name: str) -> tuple[str, ast.FunctionDef | ast.ClassDef | ast.Assign | ast.AnnAssign] | None:
    """Where a name of a module is defined, through the imports of this package."""
    file = _file_of(module)
    for node in _parse(file).body if file else ():
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name == name:
            return module, node
        if isinstance(node, ast.Assign) and [ast.unparse(each) for each in node.targets] == [name]:
            return module, node
        if isinstance(node, ast.AnnAssign) and ast.unparse(node.target) == name:
            return module, node
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(f"{PACKAGE}."):
            for alias in node.names:
                if (alias.asname or alias.name) == name:
                    return _locate((node.module or "").removeprefix(f"{PACKAGE}."), alias.name)
    return None


def _signature(node: ast.FunctionDef | ast.ClassDef, module: str) -> Signature:
    from docstring_parser import DocstringStyle, parse

    init = next((each for each in node.body if isinstance(each, ast.FunctionDef) and each.name == "__init__"), None)
    said = parse(ast.get_docstring(node) or "", style=DocstringStyle.GOOGLE)
    if not said.params and init is not None:
        said = parse(ast.get_docstring(init) or "", style=DocstringStyle.GOOGLE)
    meanings = {each.arg_name: " ".join((each.description or "").split()) for each in said.params}
    arguments = tuple(
        Argument(name, annotation, default, meanings.get(name, ""), _section(module, annotation), _words(module, annotation))
        for name, annotation, default in (_fields(node) if isinstance(node, ast.ClassDef) else _parameters(node))
    )
    return Signature(" ".join((said.short_description or "").split()), arguments)


def _fields(node: ast.ClassDef) -> list[tuple[str, str, str | None]]:
    init = next((each for each in node.body if isinstance(each, ast.FunctionDef) and each.name == "__init__"), None)
    if init is not None:
        return _parameters(init)
    fields = [each for each in node.body if isinstance(each, ast.AnnAssign) and isinstance(each.target, ast.Name)]
    return [
        (ast.unparse(field.target), ast.unparse(field.annotation), ast.unparse(field.value) if field.value else None)
        for field in fields
    ]


def _parameters(node: ast.FunctionDef) -> list[tuple[str, str, str | None]]:
    positional = [*node.args.posonlyargs, *node.args.args]
    defaults = [None] * (len(positional) - len(node.args.defaults)) + [ast.unparse(each) for each in node.args.defaults]
    pairs = list(zip(positional, defaults, strict=True))
    pairs += [
        (arg, ast.unparse(of) if of else None) for arg, of in zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True)
    ]
    return [
        (arg.arg, ast.unparse(arg.annotation) if arg.annotation else "", default)
        for arg, default in pairs
        if arg.arg not in ("self", "cls")
    ]


def _section(module: str, annotation: str) -> tuple[str, str] | None:
    """The dataclass of ours that an annotation names; None for all other types."""
    found = _locate(module, annotation) if module and annotation.isidentifier() else None
    if found is None or isinstance(found[1], ast.Assign | ast.AnnAssign):
        return None
    is_dataclass = any("dataclass" in ast.unparse(each) for each in found[1].decorator_list)
    return (found[0], found[1].name) if is_dataclass else None


def _words(module: str, annotation: str) -> tuple[str, ...]:
    """The words of `Literal["a", "b"]`, of bool, of a name for them, and of each with `| None`; none for another type."""
    words: list[str] = []
    for part in annotation.split(" | "):
        if part == "None":
            continue
        found = _locate(module, part) if module and part.isidentifier() and part != "bool" else None
        if found and isinstance(found[1], ast.Assign | ast.AnnAssign) and found[1].value:
            listed: list[object] = [*_words(found[0], ast.unparse(found[1].value))]
        elif part.startswith("Literal["):
            listed = ast.literal_eval(f"[{part[len('Literal[') : -1]}]")
        else:
            listed = ["true", "false"] if part == "bool" else []
        if not listed or not all(isinstance(each, str) for each in listed):
            return ()
        words += map(str, listed)
    return tuple(words)
