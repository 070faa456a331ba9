"""`mathpal cache` shows what the cache holds, and clears what it is told to."""

import json
import re
from pathlib import Path

import pytest

from mathpal_lightning.cli.main import main
from mathpal_lightning.commands.cache import clear, contents
from mathpal_lightning.commands.caches import MEANINGS
from mathpal_lightning.errors import ConfigError

PACKAGE = Path(__file__).parents[2] / "mathpal_lightning"


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, size in (("data/a/ids", 1000), ("data/b/ids", 2000), ("models/gemma/weights", 5_000_000)):
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).write_bytes(b"x" * size)
    (tmp_path / "data" / "a.lock").write_text("", encoding="utf-8")
    monkeypatch.setenv("MATHPAL_CACHE", str(tmp_path))
    return tmp_path


def test_it_is_shown_the_largest_first(cache: Path, capsys: pytest.CaptureFixture[str]):
    main(["cache"])
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == f"cache {cache}: 5.0 MB"
    assert lines[1].split()[:3] == ["models", "1", "entries"]
    assert lines[2].split()[:3] == ["data", "2", "entries"]
    main(["cache", "--json"])
    assert [kind["size"] for kind in json.loads(capsys.readouterr().out)["kinds"]] == [5_000_000, 3000]


def test_each_folder_that_the_package_keeps_has_a_meaning(cache: Path, capsys: pytest.CaptureFixture[str]):
    sources = [path.read_text(encoding="utf-8") for path in PACKAGE.rglob("*.py")]
    kept = {name for source in sources for name in re.findall(r'\bcache(?:_folder\(\))? / "(\w+)"', source)}
    assert kept == set(MEANINGS)
    (cache / "unsloth_compiled_cache").mkdir()
    main(["cache"])
    lines = capsys.readouterr().out.splitlines()[1:-1]
    assert len({line.index(" entries") for line in lines}) == 1, "the columns stand below each other"


def test_only_what_is_named_is_cleared(cache: Path, capsys: pytest.CaptureFixture[str]):
    main(["cache", "clear", "--kinds", "data"])
    assert "Removed 0.0 MB" in capsys.readouterr().out
    assert [one.kind for one in contents(cache)] == ["models"]
    with pytest.raises(ConfigError, match="modles"):
        clear(["modles"])
    clear()
    assert contents(cache) == []
    assert contents(cache / "none") == []


def test_a_folder_that_mathpal_does_not_make_is_cleared_only_by_its_name(cache: Path, capsys: pytest.CaptureFixture[str]):
    """MATHPAL_CACHE may name a folder that holds other things too."""
    (cache / "thesis").mkdir()
    (cache / "thesis" / "chapter-1.tex").write_text("x", encoding="utf-8")
    main(["cache"])
    assert "Not of the cache, and left alone: thesis." in capsys.readouterr().out
    main(["cache", "clear"])
    assert "Left alone, because mathpal does not make them: thesis." in capsys.readouterr().out
    assert [one.kind for one in contents(cache)] == ["thesis"]
    main(["cache", "clear", "--json"])
    assert json.loads(capsys.readouterr().out)["left_alone"] == ["thesis"]
    clear(["thesis"])
    assert contents(cache) == []
