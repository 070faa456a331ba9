"""A run that is too small to learn or to be scored is warned of, with the number that is too small."""

import pytest

from mathpal_lightning.checks.small_runs import small_run_findings


def test_a_quick_test_on_thirty_problems_is_told_all_three():
    found = {finding.name: finding for finding in small_run_findings(rows=28, held_out=2, steps=20, problems=20)}
    assert set(found) == {"few steps", "few rows", "few problems"}
    assert all(finding.level == "warning" and finding.way_out for finding in found.values())
    assert found["few problems"].found == "2 held-out problems will be scored"
    assert "by 81 points" in found["few problems"].expected  # Wilson's interval of 1 of 2: 9.5 % to 90.5 %


@pytest.mark.parametrize(
    ("numbers", "names"),
    [
        ((200, 50, 50, 50), []),
        ((200, 50, None, 50), []),
        ((200, 300, 50, 0), []),  # nothing is scored, as the config says
        ((200, 300, 50, 49), ["few problems"]),
        ((200, 0, 50, 20), ["few problems"]),
        ((199, 50, 50, 50), ["few rows"]),
        ((200, 50, 49, 50), ["few steps"]),
    ],
)
def test_each_bound(numbers: tuple[int, int, int | None, int], names: list[str]):
    rows, held_out, steps, problems = numbers
    assert [finding.name for finding in small_run_findings(rows, held_out, steps, problems)] == names


def test_a_run_without_held_out_rows_is_told_that_it_is_not_scored():
    (finding,) = small_run_findings(200, 0, 50, 20)
    assert (finding.level, finding.found) == ("warning", "there are no held-out rows, so this run is not scored")
