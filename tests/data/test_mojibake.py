"""UTF-8 that was read as Windows-1252 or 1258 comes back; everything else stays."""

import unicodedata

import pytest

from mathpal_lightning.curriculum import generate_problems
from mathpal_lightning.data.mojibake import is_half_mojibake, may_be_mojibake, repaired
from tests.own_rows import OWN_ROWS

TEXTS = [text for row in OWN_ROWS for text in (row["question"], row["solution"])]
TEXTS += [text for one in generate_problems(200, seed=5) for text in (one.question, one.solution)]


def misread(text: str, page: str) -> str:
    """A text as a program of Windows shows its UTF-8."""
    return "".join(bytes([byte]).decode(page, "ignore") or chr(byte) for byte in text.encode())


@pytest.mark.parametrize("page", ["cp1252", "cp1258", "latin-1"])
def test_what_was_misread_comes_back(page: str):
    marked = [text for text in TEXTS if not text.isascii() and not set(text) & set("ⁿₙ₁₂🔺")]
    assert [text for text in marked if repaired(misread(text, page)) != text] == []
    assert sum(may_be_mojibake(misread(text, page)) for text in marked) == len(marked)


def test_whole_texts_stay():
    for text in [*TEXTS, *map(str.upper, TEXTS), *(unicodedata.normalize("NFD", text) for text in TEXTS)]:
        assert not may_be_mojibake(text) or (repaired(text) in (None, text) and not is_half_mojibake(text))


@pytest.mark.parametrize("text", ["XÃ… HỘI", "LÃ…", "“CHA”", "5 m² × 3", "café", "Müller", "‘Ầ’"])
def test_a_text_that_only_looks_like_it_stays(text: str):
    assert repaired(text) in (None, text)
    assert not is_half_mojibake(text)


def test_half_a_text_is_known():
    assert is_half_mojibake(misread("Một cửa hàng có gạo.", "cp1252") + " Đáp án: A")
