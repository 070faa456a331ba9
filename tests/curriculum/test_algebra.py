"""Algebra of grades 6 to 9 as a teacher writes it: no line left out, the right word, one sign and one spelling."""

import re
from functools import cache

import pytest

from mathpal_lightning.curriculum import generate_problems, programme, topics
from mathpal_lightning.schema import Problem

SECONDARY = [topic.name for topic in topics() if topic.grade >= 6]


@cache
def drawn(topic: str, count: int = 120) -> list[Problem]:
    return list(generate_problems(count, seed=4, topics=[topic], mistakes=False))


def test_an_identity_is_opened_before_it_is_worked():
    for problem in drawn("identities"):
        opened = re.search(r"(?m)^(\(.*\)²) = (\(.*\)²|\w²) [-+] 2 × \w+ × \w+ \+ (?:\(.*\)²|\w²)$", problem.solution)
        assert opened or problem.level == 3, problem.solution
        lines = [line for line in problem.solution.split("\n") if line.startswith(("(", "Vậy"))]
        assert len({line.removeprefix("Vậy ").rstrip(".") for line in lines}) == len(lines), "a line twice"


@pytest.mark.parametrize("topic", ["polynomial_product", "polynomials"])
def test_a_monomial_is_distributed(topic: str):
    for problem in drawn(topic):
        if problem.level == 1:
            outer, inner = re.search(r"(-?\d*\w[^\s(]*)\(([^)]+)\)", problem.question).groups()
            terms = len(re.findall(r" [-+] ", inner)) + 1
            line = problem.solution.split("\n")[1]
            assert line.startswith(f"= {outer} × ")
            assert line.count(" × ") == terms <= line.count(outer), line


def test_a_common_factor_is_shown_in_each_term():
    for problem in drawn("factorization"):
        if problem.level == 1:
            common = re.search(r"Nhân tử chung là (.*)\.", problem.solution)[1]
            assert problem.solution.split("\n")[1].count(f"{common} × ") == 2, problem.solution


def test_fractions_are_added_or_subtracted_as_the_question_says():
    for problem in drawn("algebraic_fraction_sum"):
        words = re.search(r"(?:rồi|nên ta) ([^.]*) các tử thức", problem.solution)[1].split(", ")
        sum_of = re.search(r"(?m)^Vậy (.*) = [^=]*$", problem.solution)[1]
        signs = re.findall(r"(?<=\)) ([-+]) (?=\d+/|\()", re.sub(r"(?<=/)\(\(.*\)\)|(?<=/)\([^()]*\)", ")", sum_of))
        assert set(words) == {{"+": "cộng", "-": "trừ"}[sign] for sign in signs}, problem.solution


@pytest.mark.parametrize("topic", SECONDARY)
def test_a_product_has_one_sign_and_a_written_number_is_said_to_be_one(topic: str):
    for problem in drawn(topic, 30):
        text = f"{problem.question}\n{problem.solution}".replace("g.g", "")
        assert not re.search(r"[\w²³⁴⁵⁶)] ?[.·] ?(?:[a-z]\b|[a-z]?[²³⁴⁵⁶]|\d|\()", text), text
        assert not re.search(r"(?<!có dạng )\b\d*[xy*]?\d+(?:\*|[xy]\d)", text), text


def test_one_spelling():
    texts = [f"{topic.title} {topic.expects}" for topic in programme()]
    assert not [text for text in texts if re.search(r"(?i)lũy|tọa|hóa\b|hòa\b", text)]


def coefficients(polynomial: str) -> dict[int, int]:
    """Each exponent with its coefficient, like terms added: {2: 3, 0: -5} for "5x² - 5 - 2x²"."""
    found: dict[int, int] = {}
    for sign, size, letter, raised in re.findall(r"(-|\+|^) *(\d*)(x?)([²³⁴⁵⁶]?)(?= |$)", polynomial):
        exponent = "²³⁴⁵⁶".index(raised) + 2 if raised else len(letter)
        found[exponent] = found.get(exponent, 0) + int(f"{'-' if sign == '-' else ''}{size or 1}")
    return {exponent: value for exponent, value in found.items() if value}


def test_degrees_coefficients_and_roots_are_those_of_the_polynomial():
    asked = set()
    for problem in drawn("degree_and_roots"):
        found = coefficients(re.search(r"P\(x\) = ((?:[-+] |-)?\d*x?[²³⁴⁵⁶]?(?: [-+] \d*x?[²³⁴⁵⁶]?)*)", problem.question)[1])
        stated = [int(one) for one in re.findall(r"-?\d+", problem.solution.rpartition("\n")[2])]
        of = re.search(r"hệ số của x([²³⁴⁵⁶]?)|bậc|hệ số cao nhất|hệ số tự do|nghiệm", problem.question)
        asked.add(re.sub(r" x.*", "", of[0]))
        if "nghiệm" in of[0]:
            listed = re.search(r"-?\d(?:; -?\d){2}", problem.question)
            tried = [int(one) for one in listed[0].split("; ")] if listed else stated
            assert stated == [x for x in tried if not sum(value * x**exponent for exponent, value in found.items())]
        elif of[0] == "bậc":
            assert stated == [max(found)]
        else:
            exponent = max(found) if "cao" in of[0] else 0 if "tự do" in of[0] else "²³⁴⁵⁶".find(of[1]) + 2 if of[1] else 1
            assert stated == [found.get(exponent, 0)], problem.question
        assert "hoặc" not in problem.solution, "equations of products belong to grade 9"
    assert asked == {"bậc", "hệ số cao nhất", "hệ số tự do", "hệ số của", "nghiệm"}


def test_the_rule_for_the_number_of_divisors_is_said():
    assert all("cộng 1 vào mỗi số mũ rồi nhân" in problem.solution for problem in drawn("number_of_divisors"))
