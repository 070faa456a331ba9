"""What `make newest` installs: no upper bounds for the chosen libraries, known-bad versions refused, the others pinned."""

import pytest
from packaging.requirements import Requirement

from tests.newest_versions import failures, newer, to_install, without_upper_bounds


def test_upper_bounds_go_and_known_bad_versions_stay_refused():
    asked = without_upper_bounds(Requirement("lightning>=2.6,!=2.6.2,!=2.6.3,<2.7"))
    assert asked.specifier.contains("9.0")
    assert not asked.specifier.contains("2.6.3")
    assert not asked.specifier.contains("2.5")
    assert without_upper_bounds(Requirement("jsonargparse[signatures]==4.53")).extras == {"signatures"}


def test_all_libraries_are_set_free_where_none_is_named():
    wanted, held = to_install([])
    assert len(wanted) > 20
    assert not any("<" in one or "==" in one for one in wanted)
    assert held == []


def test_only_the_named_library_is_set_free_and_the_others_are_held():
    wanted, held = to_install(["peft"])
    assert "peft>=0.21" in wanted
    assert any(one.startswith("lightning") and "<2.7" in one for one in wanted)
    assert "torch==2.13.0" in held
    assert not any(line.startswith("peft") for line in held)


def test_an_unknown_library_is_named():
    with pytest.raises(SystemExit, match="found numpyy"):
        to_install(["numpyy"])


def test_the_report_names_versions_and_failed_tests():
    assert newer({"peft": "0.22", "rich": "15"}, {"peft": "0.21", "rich": "15"}, ["peft", "rich", "gone"]) == [
        "peft 0.21 -> 0.22"
    ]
    assert failures("1 passed\nFAILED a.py::b - boom\nERROR c.py\n") == ["a.py::b - boom", "c.py"]
