"""pyproject.toml, constraints.txt and requirements.lock agree, and known-bad versions are refused."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
NOT_INSTALLED = {"bench", "kquant", "fuzz"}
"""Extras that `make install` leaves out."""


def pins(file: str) -> dict[str, str]:
    """Names and versions of lines `name==version`, hashes apart."""
    found = re.findall(r"^([\w.-]+)==([\w.]+)", (ROOT / file).read_text(encoding="utf-8"), re.MULTILINE)
    return {canonicalize_name(name): version for name, version in found}


def requirements() -> list[Requirement]:
    optional = PROJECT["optional-dependencies"]
    lines = [*PROJECT["dependencies"], *(line for extra in optional if extra not in NOT_INSTALLED for line in optional[extra])]
    return [Requirement(line) for line in lines]


@pytest.mark.parametrize("requirement", requirements(), ids=str)
def test_what_the_project_asks_for_is_pinned(requirement: Requirement):
    pinned = pins("constraints-gpu.txt") | pins("constraints.txt")
    assert requirement.specifier.contains(pinned[canonicalize_name(requirement.name)])


@pytest.mark.parametrize("name", ["torch", "lightning", "transformers", "peft", "bitsandbytes", "datasets", "jsonargparse"])
def test_libraries_whose_private_names_are_used_have_an_upper_bound(name: str):
    (asked,) = [requirement for requirement in requirements() if requirement.name == name]
    assert any(one.operator in ("<", "<=", "==") for one in asked.specifier)


def test_the_gpu_road_is_pinned_too():
    makefile, readme = ((ROOT / file).read_text(encoding="utf-8") for file in ("Makefile", "README.md"))
    assert re.search(r"pip install .*-c constraints.txt -c constraints-gpu.txt .*unsloth", makefile)
    asked = "pip install -c constraints.txt -c constraints-gpu.txt -e '.[unsloth,gguf,serve,report,sweep,offline-gemma]'"
    assert asked in readme
    assert not pins("constraints-gpu.txt").keys() & pins("constraints.txt").keys()


def test_the_lock_holds_every_pin_but_torch_with_its_hashes():
    wanted = {name: version for name, version in pins("constraints.txt").items() if name != "torch"}
    assert pins("requirements.lock") == wanted, "run `make lock`"
    for block in re.split(r"\n(?=\S)", (ROOT / "requirements.lock").read_text(encoding="utf-8").strip()):
        assert re.search(r"--hash=sha256:[0-9a-f]{64}", block), block.splitlines()[0]


@pytest.mark.parametrize(
    ("name", "bad"),
    [
        ("lightning", "2.6.2"),  # malicious uploads: they stole credentials on import
        ("lightning", "2.6.3"),
        ("transformers", "5.18.0"),  # Unsloth patches up to 5.17
        ("transformers", "5.5.1"),  # Gemma's KV-shared layers had wrong gradients
        ("datasets", "5.0.0"),
        ("datasets", "3.6.0"),  # runs the scripts of data sets
    ],
)
def test_known_bad_versions_are_refused(name: str, bad: str):
    asked = [requirement for requirement in requirements() if requirement.name == name]
    assert asked
    assert not any(requirement.specifier.contains(bad) for requirement in asked)
