import pytest

from mathpal_lightning.vocabulary.choose import word_lists
from mathpal_lightning.vocabulary.syllables import syllables

SPELT = """
người nghiêng quyển khuỷu giếng thuở khuya quốc quý gì gìn nghỉ nguyễn đường thước huỳnh hoà hòa thuý thúy toán khoảng
xoong quạt yêu uống ướt iếc oẳn phẩy chuối giữa ngoằn con còn
"""
FOUND = list(syllables(word_lists()["initials"], word_lists()["rimes"]))


def test_ordinary_words_are_among_them():
    assert not set(SPELT.split()) - set(FOUND)


@pytest.mark.parametrize("wrong", ["nghoèo", "cê", "kà", "ngế", "ghá", "tàc", "hảch", "qua\u0302"])
def test_what_spelling_forbids_is_not_there(wrong: str):
    assert wrong not in FOUND


def test_each_stands_once():
    assert len(FOUND) == len(set(FOUND)) > 10_000
