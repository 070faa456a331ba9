"""Install the newest versions of every library into a fresh environment, and say what breaks.

    python -m tests.newest_versions                       try all libraries at once
    python -m tests.newest_versions lightning peft        try these; the others stay as constraints.txt pins them
    python -m tests.newest_versions --folder DIR          keep the environment there and use it again

The upper bounds of pyproject.toml are ignored, known-bad versions (`!=`) are not. Then the tests of compat/ run, which hold
each guard, and those of the parts that are patched. Status 0: the bounds can be raised. It downloads several GB with torch.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import tomllib
import venv
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
EXTRAS = ("gguf", "serve", "dev")
TESTS = (
    "tests/compat",
    "tests/model/test_lean.py",
    "tests/model/test_module.py",
    "tests/callbacks/test_checkpoint.py",
    "tests/cli/test_lightning_cli.py",
    "tests/data/test_pieces.py",
)
"""The guards, and what stands on private names or patches."""


def without_upper_bounds(requirement: Requirement) -> Requirement:
    """The requirement with `>=` and `!=` alone.

    >>> str(without_upper_bounds(Requirement("lightning>=2.6,!=2.6.2,<2.7")))
    'lightning!=2.6.2,>=2.6'
    >>> str(without_upper_bounds(Requirement("gguf==0.19.0")))
    'gguf'
    """
    kept = Requirement(str(requirement))
    kept.specifier = SpecifierSet(",".join(str(one) for one in requirement.specifier if one.operator in (">=", ">", "!=")))
    return kept


def to_install(chosen: Collection[str]) -> tuple[list[str], list[str]]:
    """The requirements to install without upper bounds, and the pins that hold all others; all are chosen where none is."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    asked = [*project["dependencies"], *(line for extra in EXTRAS for line in project["optional-dependencies"][extra])]
    requirements = {canonicalize_name(one.name): one for one in map(Requirement, asked)}
    names = {canonicalize_name(name) for name in chosen} or set(requirements)
    if unknown := names - set(requirements):
        raise SystemExit(f"Expected names of libraries in pyproject.toml, but found {', '.join(sorted(unknown))}.")
    wanted = [str(without_upper_bounds(one) if name in names else one) for name, one in requirements.items()]
    pins = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    held = set(requirements) - names
    return wanted, [line for line in pins if canonicalize_name(line.partition("==")[0]) in held]


def installed(python: Path) -> Mapping[str, str]:
    """Every distribution of an environment with its version."""
    listed = subprocess.run(
        [python, "-m", "pip", "list", "--format", "json"], capture_output=True, text=True, encoding="utf-8", check=True
    )
    return {canonicalize_name(one["name"]): one["version"] for one in json.loads(listed.stdout)}


def newer(found: Mapping[str, str], pinned: Mapping[str, str], names: Collection[str]) -> list[str]:
    """One line for each library whose version is not the pinned one.

    >>> newer({"peft": "0.22.0", "rich": "15.0.0"}, {"peft": "0.21.2", "rich": "15.0.0"}, ["peft", "rich"])
    ['peft 0.21.2 -> 0.22.0']
    """
    return [
        f"{name} {pinned.get(name, '(no pin)')} -> {found[name]}"
        for name in sorted(names)
        if name in found and pinned.get(name) != found[name].partition("+")[0]
    ]


def failures(output: str) -> list[str]:
    """The tests that failed, by pytest's short summary.

    >>> failures("FAILED tests/compat/test_peft.py::test_x - ConfigError: ...")
    ['tests/compat/test_peft.py::test_x - ConfigError: ...']
    """
    return re.findall(r"^(?:FAILED|ERROR) (.+)$", output, re.MULTILINE)


def main(arguments: Sequence[str]) -> int:
    """Install, test and report; the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("libraries", nargs="*", help="names in pyproject.toml; all by default")
    parser.add_argument("--folder", type=Path, help="where the environment is made and kept")
    parser.add_argument("--tests", nargs="*", default=list(TESTS), help="which tests run")
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as temporary:
        folder = given.folder or Path(temporary) / "venv"
        python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
        if not python.exists():
            venv.create(folder, with_pip=True)
        wanted, held = to_install(given.libraries)
        constraints = Path(temporary) / "constraints.txt"
        constraints.write_text("\n".join(held) + "\n", encoding="utf-8")
        pip = [python, "-m", "pip", "install", "--quiet", "--upgrade", "--upgrade-strategy", "eager"]
        subprocess.run([*pip, "-c", constraints, *wanted], check=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", "--no-deps", "-e", ROOT], check=True)
        pinned = re.findall(r"^([\w.-]+)==(\S+)", (ROOT / "constraints.txt").read_text(encoding="utf-8"), re.MULTILINE)
        pins = {canonicalize_name(name): version for name, version in pinned}
        for line in newer(installed(python), pins, {canonicalize_name(Requirement(one).name) for one in wanted}):
            print(line)
        tested = subprocess.run(
            [python, "-m", "pytest", "-q", "-m", "not slow", *given.tests],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            check=False,
        )
    broken = failures(tested.stdout)
    print(tested.stdout.strip().splitlines()[-1])
    print("\n".join(f"breaks: {line}" for line in broken) or "Nothing breaks: the upper bounds can be raised.")
    return 0 if tested.returncode == 0 else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
