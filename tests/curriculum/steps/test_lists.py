"""A list counted, each thing that counts with its number."""

from mathpal_lightning.curriculum.steps.lists import counted


def test_what_counts_in_a_list_gets_its_number():
    assert counted(["6", "2", "4", "2"], [1, 3]) == "6; 2 (1); 4; 2 (2)"
    assert counted(["đỏ", "xanh"], []) == "đỏ; xanh"
