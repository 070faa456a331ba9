"""Who may import whom. A room is a folder or a file directly under mathpal_lightning."""

import ast
import re
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "mathpal_lightning"
EVERY_ROOM = frozenset(path.stem for path in PACKAGE.iterdir() if path.is_dir() or path.suffix == ".py") - {"__pycache__"}
DOORS = {
    "schema": set(),
    "errors": set(),
    "compat": set(),
    "files": set(),
    "records": set(),
    "formats": set(),
    "families": set(),
    "run": set(),
    "collector": set(),
    "content_key": set(),
    "sealed": set(),
    "messages": set(),
    "progress": set(),
    "terminal": set(),
    "text": set(),
    "losses": set(),
    "chat": {"text"},
    "llama_cpp": set(),
    "curriculum": {"text"},
    "evaluation": {"text"},
    "data": {"text", "chat", "curriculum", "evaluation", "vocabulary"},
    "vocabulary": set(),
    "model": {"vocabulary", "losses", "chat"},
    "estimate": {"losses", "model"},
    "export": {"vocabulary", "chat", "evaluation", "model", "llama_cpp", "run", "phone", "serving"},
    "checks": {"chat", "data", "model", "estimate", "export", "evaluation"},
    "typeset": {"text"},
    "report": {"run", "evaluation", "curriculum", "typeset"},
    "sweep": {"report", "run", "evaluation"},
    "phone": {"serving", "evaluation", "typeset"},
    "serving": {"typeset", "chat", "text", "llama_cpp", "run", "evaluation", "curriculum"},
    "callbacks": {"estimate", "evaluation", "export", "checks", "run", "report", "sweep"},
    "commands": EVERY_ROOM - {"cli", "callbacks"},
    "cli": EVERY_ROOM,
    "__main__": {"cli"},
    "__init__": {"data", "model"},
}
SUB_ROOMS_OF_THE_JUDGE = (
    *("language", "mathematics", "values", "question", "solution"),
    *("words", "answer", "steps", "verdict", "scores"),
)
"""In the order of the stages: each may import itself and those before it."""
OPEN_TO_ALL = {
    *("schema", "errors", "compat", "files", "records", "formats", "families", "collector", "content_key", "sealed"),
    *("messages", "progress", "terminal"),
}


def _imported_rooms(path: Path) -> set[str]:
    """The rooms of ours that a file imports anywhere, inside functions too."""
    rooms = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import; write mathpal_lightning.<room>"
            names = [node.module or ""]
            if node.module == "mathpal_lightning":
                names = [f"mathpal_lightning.{alias.name}" for alias in node.names]
        rooms |= {name.split(".")[1] for name in names if name.startswith("mathpal_lightning.")}
    return rooms


def _imported_sub_rooms(path: Path) -> set[str]:
    """The parts of `evaluation` that a file imports anywhere: a sub-room, or a file that stands beside them."""
    nodes = [node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.ImportFrom)]
    return {node.module.split(".")[2] for node in nodes if (node.module or "").startswith("mathpal_lightning.evaluation.")}


def _files() -> list[tuple[str, Path]]:
    files = [(path.relative_to(PACKAGE).parts[0].removesuffix(".py"), path) for path in PACKAGE.rglob("*.py")]
    assert len(files) > 10
    return files


def test_every_room_has_a_door():
    assert set(DOORS) >= EVERY_ROOM, f"no door is written down for {EVERY_ROOM - set(DOORS)}"


@pytest.mark.parametrize(("room", "path"), _files(), ids=lambda value: str(getattr(value, "name", value)))
def test_file_imports_only_through_its_door(room: str, path: Path):
    forbidden = _imported_rooms(path) - DOORS[room] - OPEN_TO_ALL - {room, "__version__"}
    assert not forbidden, f"{path.relative_to(PACKAGE)} must not import {sorted(forbidden)}"


@pytest.mark.parametrize("room", SUB_ROOMS_OF_THE_JUDGE)
def test_a_sub_room_of_the_judge_imports_only_itself_and_those_before_it(room: str):
    files = list((PACKAGE / "evaluation" / room).glob("*.py"))
    assert len(files) > 2
    before = set(SUB_ROOMS_OF_THE_JUDGE[: SUB_ROOMS_OF_THE_JUDGE.index(room) + 1]) | {"statistics"}  # figures alone
    forbidden = {path.name: sorted(_imported_sub_rooms(path) - before) for path in files}
    assert {name: rooms for name, rooms in forbidden.items() if rooms} == {}


def test_beside_the_sub_rooms_of_the_judge_stand_only_the_paths_that_users_name():
    inside = {path.stem for path in (PACKAGE / "evaluation").iterdir() if path.is_dir() or path.suffix == ".py"}
    beside = {"__init__", "__pycache__", "equivalence", "reward", "statistics", "lm_eval"}
    assert inside - beside == set(SUB_ROOMS_OF_THE_JUDGE)


def test_the_walk_sees_imports():
    assert _imported_sub_rooms(PACKAGE / "evaluation/verdict/judge.py") >= {"values", "answer", "steps"}
    assert _imported_rooms(PACKAGE / "chat.py") >= {"schema", "errors"}


def test_only_the_loader_and_its_helper_import_unsloth():
    importers = {
        path.name
        for _, path in _files()
        if re.search(r"^\s*(import|from) unsloth", path.read_text(encoding="utf-8"), re.MULTILINE)
    }
    assert importers <= {"load.py", "unsloth.py"}
