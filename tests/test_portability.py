"""The pure-Python paths work where POSIX is missing: every import, doctor, a report on data, a preparation, the locks."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

SYSTEMS = ("macos", "windows")


def run(system: str, code: str, *arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [sys.executable, "-m", "tests.portable", system, code, *map(str, arguments)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        env=os.environ | {"COLUMNS": "200", "PYTHONUTF8": "1"} | environment,
    )
    assert "Traceback" not in done.stderr, done.stderr
    return done


@pytest.fixture
def rows(tmp_path: Path) -> Path:
    file = tmp_path / "rows.jsonl"
    lines = [f'{{"question": "Tính {n} + {n}.", "solution": "{n} + {n} = {2 * n}. Đáp số: {2 * n}"}}' for n in range(1, 41)]
    file.write_text("\n".join(lines), encoding="utf-8")
    return file


@pytest.mark.parametrize("system", SYSTEMS)
def test_modules_are_imported_data_is_prepared_and_doctor_judges(system: str, rows: Path, gemma3_folder: Path, tmp_path: Path):
    report = f"main(['data', 'report', {str(rows)!r}, '--model', {str(gemma3_folder)!r}])"
    done = run(
        system,
        "from tests.portable import import_every_module; from mathpal_lightning.cli.main import main\n"
        f"print('modules', import_every_module()); {report}; {report}; main(['doctor'])",  # the second time from the cache
        MATHPAL_CACHE=str(tmp_path / "cache"),
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert int(done.stdout.split()[1]) > 100
    assert len(list((tmp_path / "cache").rglob("input_ids.*"))) == 1
    assert "cores" in done.stdout


@pytest.mark.parametrize("system", SYSTEMS)
def test_a_run_folder_is_held_and_files_are_whole(system: str, tmp_path: Path):
    done = run(
        system,
        "import sys; from pathlib import Path; from mathpal_lightning.files import hold, locked, whole_file, whole_folder\n"
        "folder = Path(sys.argv[1]); lock = hold(folder / 'lock'); assert lock is not None\n"
        "with locked(folder / 'other'), whole_file(folder / 'file') as file: file.write_text('whole', encoding='utf-8')\n"
        "with whole_folder(folder / 'new') as new: (new / 'file').write_text('whole', encoding='utf-8')\n"
        "lock.close(); print(sorted(path.name for path in folder.iterdir() if path.name != 'lock'))",
        tmp_path,
    )
    assert done.stdout in ("['file', 'new', 'other']\n", "['file', 'new']\n")  # Windows removes a lock that is released


@pytest.mark.parametrize("system", SYSTEMS)
def test_the_cut_reaches_our_modules_and_no_others(system: str):
    done = run(
        system,
        "import os, mathpal_lightning.compat.system as system, tempfile\n"
        "print(hasattr(system.os, 'sched_getaffinity'), hasattr(tempfile._os, 'sched_getaffinity'), system.resource is None)",
    )
    assert done.stdout.split() == ["False", "True", str(system == "windows")]


def test_without_a_home_the_cache_is_among_the_temporary_files(tmp_path: Path):
    environment = {name: value for name, value in os.environ.items() if name not in ("HOME", "MATHPAL_CACHE", "XDG_CACHE_HOME")}
    code = (
        "import os, pwd; pwd.getpwuid = lambda number: {}[number]\n"  # a container's user without an entry in /etc/passwd
        "from mathpal_lightning.files import cache_folder; print(cache_folder())\n"
        "from mathpal_lightning.cli.main import main; main(['doctor'])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        encoding="utf-8",
        env=environment | {"TMPDIR": str(tmp_path), "COLUMNS": "200"},
    )
    assert done.stdout.splitlines()[0] == str(tmp_path / "mathpal-cache")
    assert "Traceback" not in done.stderr
    assert done.returncode == 0
