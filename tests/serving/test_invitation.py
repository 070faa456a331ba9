"""The QR code of the page: its three corners and its quiet zone stand, in colours that no terminal turns round."""

import re

import pytest

from mathpal_lightning.serving.invitation import code_as_svg, code_for_terminal, link_to

LINK = link_to("http://192.168.1.23:8080/", "0123456789abcdef")
QUIET = 4  # modules, as the standard asks
FINDER = ("1111111", "1000001", "1011101", "1011101", "1011101", "1000001", "1111111")


def modules(shown: str) -> list[str]:
    """The half blocks as rows of modules: 1 is dark."""
    rows = []
    for line in shown.splitlines():
        (blocks,) = re.fullmatch("\x1b\\[97;40m([ ▀▄█]+)\x1b\\[0m", line).groups()  # white on black
        rows += ["".join("01"[block in " ▄"] for block in blocks), "".join("01"[block in " ▀"] for block in blocks)]
    return rows


def test_a_terminal_shows_a_code_with_its_quiet_zone():
    rows = modules(code_for_terminal(LINK))
    width = len(rows[0])
    size = width - 2 * QUIET
    assert (size - 17) % 4 == 0, "a size of the standard: 21, 25, 29, ... modules"
    assert width <= 50
    assert len(rows) - width in (0, 1), "two rows of modules stand in one line of text"
    assert {len(row) for row in rows} == {width}
    assert all("1" not in row for row in rows[:QUIET])
    assert all(set(row[:QUIET] + row[-QUIET:]) == {"0"} for row in rows[:width])
    for top, left in ((0, 0), (0, size - 7), (size - 7, 0)):
        found = tuple(row[QUIET + left :][:7] for row in rows[QUIET + top :][:7])
        assert found == FINDER, (top, left)


def test_another_link_is_another_code_and_a_page_without_a_key_has_none_in_it():
    assert code_for_terminal(LINK) != code_for_terminal(LINK[:-1])
    assert link_to("http://192.168.1.23:8080/", None) == "http://192.168.1.23:8080/"


@pytest.mark.parametrize("part", [b"viewBox", b"#fff", b"stroke"])
def test_the_picture_has_any_size_and_is_dark_on_white(part: bytes):
    assert part in code_as_svg(LINK)
