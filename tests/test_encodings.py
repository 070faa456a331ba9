"""Every text file and every text stream of another process names its encoding: Windows guesses another one than Linux."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FILES = [path for folder in ("mathpal_lightning", "tests") for path in (ROOT / folder).rglob("*.py")]
TEXT_METHODS = {"read_text", "write_text"}
OPENERS = {"open", "fdopen", "NamedTemporaryFile", "TemporaryFile", "SpooledTemporaryFile"}
PROCESSES = {"run", "Popen", "check_output", "check_call", "call"}


def nameless(tree: ast.AST) -> list[str]:
    """The calls that read or write text without an encoding."""
    return [f"line {node.lineno}: {ast.unparse(node)[:80]}" for node in ast.walk(tree) if _is_nameless(node)]


def _is_nameless(node: ast.AST) -> bool:
    if not isinstance(node, ast.Call) or any(keyword.arg in ("encoding", None) for keyword in node.keywords):
        return False
    given = {keyword.arg: keyword.value for keyword in node.keywords}
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    owner = ast.unparse(node.func.value) if isinstance(node.func, ast.Attribute) else ""
    if name in TEXT_METHODS:
        return len(node.args) < (1 if name == "read_text" else 2)
    if name in PROCESSES and owner in ("subprocess", ""):
        return any(_is_true(given.get(flag)) for flag in ("text", "universal_newlines"))
    if name in OPENERS and owner not in ("os", "wave", "tarfile", "zipfile", "Image"):
        mode = _mode(node, given, name, owner)
        return mode is not None and "b" not in mode
    return False


def _is_true(value: ast.expr | None) -> bool:
    return isinstance(value, ast.Constant) and value.value is True


def _mode(node: ast.Call, given: dict[str | None, ast.expr], name: str, owner: str) -> str | None:
    """The mode of an opened file; None where it is no file of text, or computed."""
    place = {"open": 1 if owner in ("", "builtins", "io") else 0, "fdopen": 1}.get(name, 0)
    default = "r" if name in ("open", "fdopen") else "w+b"
    value = given.get("mode", node.args[place] if len(node.args) > place else ast.Constant(default))
    if not (isinstance(value, ast.Constant) and isinstance(value.value, str)):
        return None
    return value.value if set(value.value) <= set("rwxabt+") else None


def test_the_files_are_found():
    assert len(FILES) > 250


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_text_names_its_encoding(path: Path):
    assert nameless(ast.parse(path.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize(
    "code",
    [
        "path.read_text()",
        "path.write_text('x')",
        "open('file')",
        "open('file', 'w')",
        "path.open()",
        "path.open('a')",
        "path.open(mode='r')",
        "io.open('file')",
        "tempfile.NamedTemporaryFile('w')",
        "subprocess.run(command, text=True)",
        "subprocess.Popen(command, universal_newlines=True)",
    ],
)
def test_a_missing_encoding_is_seen(code: str):
    assert nameless(ast.parse(code))


@pytest.mark.parametrize(
    "code",
    [
        "path.read_text('utf-8')",
        "path.write_text('x', 'utf-8')",
        "open('file', 'rb')",
        "path.open('wb')",
        "opener.open(request, timeout=3)",
        "tempfile.TemporaryFile()",
        "subprocess.run(command)",
        "subprocess.run(command, text=True, encoding='utf-8')",
        "open(**options)",
    ],
)
def test_what_needs_none_is_left_alone(code: str):
    assert not nameless(ast.parse(code))
