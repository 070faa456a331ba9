"""The story engine: the unknown anywhere, numbers that nobody needs, data that are missing or contradict each other."""

import re
from random import Random

import pytest

from mathpal_lightning.curriculum.steps import Plan, finish
from mathpal_lightning.curriculum.stories import Rule, story
from mathpal_lightning.curriculum.stories.graph import steps_to, sum_of
from mathpal_lightning.curriculum.stories.holders import holders
from mathpal_lightning.curriculum.stories.people import ages, average
from mathpal_lightning.curriculum.stories.places import field_harvest, journey, trees_along_road
from mathpal_lightning.curriculum.stories.shares import difference_ratio, sum_difference, sum_ratio
from mathpal_lightning.curriculum.stories.trade import packing, purchase, purchase_of_three, same_rate
from mathpal_lightning.curriculum.stories.work import daily_work
from mathpal_lightning.evaluation import judge

RULES = [Rule("+", "b", ("a", "d")), Rule("+", "t", ("a", "b"))]
FAMILIES = [holders, ages, average, field_harvest, journey, trees_along_road, daily_work, packing, purchase, purchase_of_three]
PAIRS = [sum_difference, sum_ratio, difference_ratio, same_rate]


@pytest.mark.parametrize(
    ("target", "known", "found"), [("t", "ad", "bt"), ("a", "td", None), ("d", "ta", "bd"), ("a", "tb", "a"), ("b", "b", "")]
)
def test_the_unknown_may_stand_anywhere(target, known, found):
    steps = steps_to(target, known, RULES)
    assert steps is None if found is None else "".join(step.finds for step in steps or []) == found


def test_a_factor_that_stands_twice_is_not_found_by_a_division():
    square = [Rule("×", "area", ("side", "side"))]
    assert steps_to("area", ["side"], square) == [(square[0], "area")]
    assert steps_to("side", ["area"], square) is None


@pytest.mark.parametrize("family", [*FAMILIES, *PAIRS], ids=lambda family: family.__name__)
def test_every_family_tells_stories_that_end_in_their_values(family):
    targets = "large small b n" if family in PAIRS else ""
    steps = 3 if family in (sum_ratio, difference_ratio) else 2
    for seed in range(6):
        random = Random(seed)
        plan = story(random, [family], 10, 400, steps, 5, targets)
        draft = finish(plan, 5, random)
        assert draft.steps >= steps
        assert draft.question.count("?") + draft.question.count("ính ") >= 1
        assert "{" not in draft.question
        assert "[" not in draft.question


def test_longer_stories():
    for steps in (3, 4, 5):
        plan = story(Random(steps), [field_harvest, purchase_of_three], 10, 900, steps, 5)
        assert finish(plan, 5, Random(0)).steps >= steps


def _digits(plan: Plan) -> int:
    return sum(map(str.isdigit, finish(plan, 4, Random(0)).question))


def test_numbers_that_nobody_needs():
    plain = story(Random(1), [purchase], 10, 900, 1, 4, "c1")
    more = story(Random(1), [purchase], 10, 900, 1, 4, "c1", distractors=2)
    assert _digits(more) > _digits(plain)


@pytest.mark.parametrize(
    ("names", "sum"),
    [
        (["số tem của An", "số tem của Hà"], "Tổng số tem của An và Hà"),
        (["số vở bán được ngày thứ nhất", "số vở bán được ngày thứ ba"], "Tổng số vở bán được ngày thứ nhất và thứ ba"),
        (["số cây tổ Một trồng được", "số cây tổ Hai trồng được"], "Tổng số cây tổ Một và Hai trồng được"),
        (["nửa chu vi", "chiều dài"], "Tổng của nửa chu vi và chiều dài"),
    ],
)
def test_a_sum_says_once_what_its_names_share(names, sum):
    assert sum_of(names) == sum


def _told(family, seed: int, steps: int = 3) -> str:
    return finish(story(Random(seed), [family], 20, 900, steps, 5), 5, Random(seed), mistakes=False).question


def test_what_is_bought_is_named_before_it_is_asked_for():
    for seed in range(60):
        before, _, asked = _told(purchase, seed).rpartition(". ")
        for thing in ("kẹo", "bánh", "cam", "táo", "vở", "bút chì", "bút bi", "sách", "truyện", "tem", "hoa", "sữa", "nước"):
            assert thing not in asked or thing in before, (before, asked)
        assert not re.search(r"gạch|ghế|con (gà|vịt)", before)


def test_stories_of_times_hold_a_product_or_a_quotient():
    for seed in range(40):
        plan = story(Random(seed), [holders, packing, daily_work], 20, 200, 2, 3, sign="×")
        assert re.search(r" [×:] ", finish(plan, 3, Random(0), mistakes=False).solution)


def test_sizes_of_stories_are_those_of_life():
    for seed in range(40):
        text = _told(sum_difference, seed, 2)
        if "học sinh nữ" in text:
            both, more = (int(number.replace(" ", "")) for number in re.findall(r"\d[\d ]*(?= học sinh| bạn)", text))
            assert more <= both / 5, text


@pytest.mark.parametrize(("data", "answer"), [("missing", "không đủ dữ kiện"), ("contradictory", "dữ kiện mâu thuẫn")])
def test_data_that_are_missing_or_contradictory(data, answer):
    for seed in range(12):
        plan = story(Random(seed), [holders, packing], 20, 400, 2, 4, data=data)
        draft = finish(plan, 4, Random(seed))
        assert draft.answer == answer
        assert draft.mistakes
        assert all(judge(draft.question, draft.solution, text, strict=True).verdict == "wrong" for text in draft.mistakes)


def test_classes_are_of_the_grade_and_things_have_their_name_before_they_are_counted():
    asked = [story(Random(seed), [holders], 10, 400, 2, 3, "a b c").question for seed in range(60)]
    questions = [text if isinstance(text, str) else text(Random(seed)) for seed, text in enumerate(asked)]
    assert any("ớp 3A" in text for text in questions)
    assert not any("ớp 4" in text for text in questions)
    for text in questions:
        first = text.replace(". ", ", ").split(", ")[0]
        assert not re.search(r"\d (?:viên|quyển|chiếc|con|quả|bông|kg|l)$", first), text


def test_every_sentence_of_a_solution_names_the_classes_of_its_question():
    for grade in (2, 3, 5):
        for seed in range(60):
            draft = finish(story(Random(seed), [holders], 10, 90, 1, grade, "a b"), grade, Random(seed), mistakes=False)
            named = [set(re.findall(r"ớp (\d[A-E])", text)) for text in (draft.question, draft.solution)]
            assert named[1] <= named[0], (draft.question, draft.solution)


def test_the_moment_is_asked_for_only_where_something_came_later():
    for seed in range(80):
        told, _, asked = _told(packing, seed).rstrip(".?").rpartition(". ")
        later = re.search(r"đã bán|bán đi|còn lại \d", told)
        about_then = not re.search("còn lại|đã bán|mỗi", asked)
        assert ("lúc đầu" in asked) == bool(later and about_then), (told, asked)
