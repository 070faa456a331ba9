"""Nothing of the package is made for nobody: each constant, function, class and property is named where it is used."""

import ast
import re
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "mathpal_lightning"
USERS = [
    *(path for path in PACKAGE.rglob("*") if path.suffix in (".py", ".yaml", ".html", ".js")),
    *(path for path in (ROOT / "tests").rglob("*.py") if not path.name.startswith("test_")),
    *(ROOT / "docs").glob("*.md"),
]
"""Where a name may be used. A test of something is no use of it; what many tests share is."""
ASKED_FOR_BY_SPLIT = {"test_rows"}
"""`callbacks/problems.py` puts the name together: the split, and `_rows`."""


def _made(tree: ast.Module) -> set[str]:
    """The names that a file makes: on its top level, and as properties. What a decorator registers is used by that."""
    made: set[str] = set()
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.decorator_list:
            made.add(node.name)
        elif isinstance(node, ast.Assign):
            made |= {target.id for target in node.targets if isinstance(target, ast.Name)}
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            made.add(node.target.id)
    properties = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.decorator_list]
    made |= {node.name for node in properties if ast.unparse(node.decorator_list[0]).endswith("property")}
    return {name for name in made if not name.startswith("__")}


def test_everything_that_is_made_is_used():
    made = {path: _made(ast.parse(path.read_text(encoding="utf-8"))) for path in PACKAGE.rglob("*.py")}
    named = Counter(word for path in USERS for word in re.findall(r"\w+", path.read_text(encoding="utf-8")))
    assert sum(map(len, made.values())) > 3000
    unused = {
        f"{path.relative_to(ROOT)}: {name}"
        for path, names in made.items()
        for name in names - ASKED_FOR_BY_SPLIT
        if named[name] < 2
    }
    assert not unused, "remove it, or name it where it is used"
