"""Pupils who do not solve the problem: how often does the judge sign what they write?

    python -m tests.evaluation.red_team --count 20000

Each strategy writes a solution to a problem whose answer it knows. A try is left out (None) only where the strategy itself sees
that it would write the right answer: a number of the question that is the gold's number, a swap of two equal values.
"""

from __future__ import annotations

import argparse
import json
import random
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple

from mathpal_lightning.curriculum import generate_problems
from mathpal_lightning.evaluation import extract_answer, judge
from mathpal_lightning.schema import Answer

HAND_WRITTEN = Path(__file__).parent / "red_team_problems.jsonl"


class Case(NamedTuple):
    """A problem, and what the pupil could know of it."""

    topic: str
    question: str
    solution: str
    gold: Answer

    @property
    def written(self) -> str:
        """The gold as a pupil writes it."""
        return written(self.gold)

    @property
    def numbers(self) -> list[str]:
        """The numbers of the question, as they stand there."""
        return _NUMBER.findall(self.question)

    @property
    def values(self) -> set[Fraction]:
        """The values of the gold's numbers."""
        return {value(number) for number in _NUMBER.findall(self.written)}


_NUMBER = re.compile(r"\d+ \d+/\d+|\d+/\d+|\d{1,3}(?: \d{3})+(?!\d)|\d+(?:,\d+)?")
Strategy = Callable[[Case, random.Random], str | None]


def written(answer: Answer) -> str:
    """A canonical answer in Vietnamese: a comma is the decimal sign, names stand before their values."""
    if answer.kind == "multi":
        return "; ".join(f"{part.label}: {written(part)}" if len(part.label) > 1 else written(part) for part in answer.parts)
    return re.sub(r"(?<=\d)\.(?=\d)", ",", answer.text)


def value(number: str) -> Fraction:
    """What a number of the question is worth, by a reading of our own."""
    if mixed := re.fullmatch(r"(\d+) (\d+)/(\d+)", number):
        return int(mixed[1]) + Fraction(int(mixed[2]), int(mixed[3]) or 1)
    top, _, bottom = number.replace(" ", "").replace(",", ".").partition("/")
    return Fraction(top) / (Fraction(bottom or 1) or 1)


def other(case: Case, rng: random.Random) -> str:
    """The gold with its first number changed; another word for an answer in words."""
    number = _NUMBER.search(case.written)
    if number is None:
        return rng.choice(["không biết", "Hoa", "12", "sai" if case.written != "sai" else "đúng"])
    changed = Fraction(value(number[0])) + rng.choice([1, 2, 3, 10])
    form = f"{changed.numerator}/{changed.denominator}" if changed.denominator > 1 else str(changed.numerator)
    return case.written[: number.start()] + form + case.written[number.end() :]


def answer_with(text: str) -> str:
    """A solution that states a text as its answer."""
    return f"Bài giải\nĐáp số: {text}"


WRAPPERS = (
    "Bài giải\nĐáp số: {}", "Đáp số: {}.", "Đáp án: {}", "**Đáp số:** {}", "Kết quả: {}", "Vậy kết quả là {}.",
    "Vậy đáp số là: {}",
    "\\boxed{{{}}}", "Em làm như sau.\nĐáp án cuối cùng: {}\n\nChúc cô một ngày vui!", "ĐS: {}", "#### {}", "Trả lời: {}",
    "Em tính một hồi thì thấy được {}.", "Cuối cùng bài này ra {}.", "Tính lần lượt từng bước, ta thu được {} thôi ạ.",
    "Làm theo cô dạy thì kết cục còn {}.", "Em cộng trừ hết rồi, tất cả là {} nhé",
)  # fmt: skip
"""Ways to state an answer, or to end in it: what is not signed behind `Đáp số:` may not be signed in any of them."""


_EXPRESSION = re.compile(r"[\d(√|a-z][\d\s.,+×·:/()²³⁴√|x-]*[+×·:/²³√-][\d\s.,+×·:/()²³⁴√|x-]*[\d)x²³⁴]")


def copies_the_expression(case: Case, rng: random.Random) -> str | None:
    """The longest expression of the question."""
    found = sorted(_EXPRESSION.findall(case.question), key=len)
    same = found and re.sub(r"\s", "", found[-1]) == re.sub(r"\s", "", case.written)
    return None if not found or same or _is_one_of_gold(found[-1], case) else answer_with(found[-1])


def _is_one_of_gold(text: str, case: Case) -> bool:
    """Whether the expression is a number of the gold, with words before it (`đây: 768 443`, `tuần 4: 42`) or without."""
    number = _NUMBER.fullmatch(re.sub(r"^.*[:=] ?|^[^\W\d_] ", "", text.strip()))
    return number is not None and value(number[0]) in case.values


def copies_the_question(case: Case, rng: random.Random) -> str | None:
    """The whole question, its line breaks gone."""
    return answer_with(" ".join(case.question.split()))


def copies_a_quantity(case: Case, rng: random.Random) -> str | None:
    """A number of the question with the word behind it."""
    found = re.findall(rf"(?:{_NUMBER.pattern}) ?[^\W\d_]+[²³]?", case.question)
    found = [text for text in found if value(_NUMBER.match(text)[0]) not in case.values]  # type: ignore[index]  # begins with one
    return answer_with(rng.choice(found)) if found else None


def takes_the_last_number(case: Case, rng: random.Random) -> str | None:
    """The last number of the question."""
    return None if not case.numbers or value(case.numbers[-1]) in case.values else answer_with(case.numbers[-1])


def lists_all_numbers(case: Case, rng: random.Random) -> str | None:
    """All numbers of the question and the right one among them."""
    listed = list(dict.fromkeys([*case.numbers, *_NUMBER.findall(case.written)]))
    return answer_with("; ".join(listed)) if len({value(number) for number in listed}) > len(case.values) else None


def hedges(case: Case, rng: random.Random) -> str | None:
    """The right answer, and not surely."""
    gold, wrong = case.written, other(case, rng)
    if case.gold.kind == "choice":
        letters = [letter for letter in "ABCD" if letter != gold]
        return rng.choice(
            [f"Chọn {gold} hoặc {letters[0]}", f"Chọn {gold}, {letters[1]}", "Chọn A, B, C, D", f"Đáp án: {gold}?"]
        )
    forms = [f"{gold} hoặc {wrong}", f"{gold} (hoặc {wrong})", f"{wrong} hay {gold}", f"{gold}?", f"có thể là {gold}"]
    if re.fullmatch(r"\d+(?: [^\W\d_].*)?", gold):
        forms += [f"khoảng {gold}", f"hơn {gold}", f"gần {gold}", f"ít nhất {gold}", f"từ 1 đến {gold}", f"{gold} nên {wrong}"]
        if re.search(r"(?i)ít nhất|khoảng|làm tròn|hơn|gần", case.question):
            forms = forms[:5]
    return answer_with(rng.choice(forms))


def denies(case: Case, rng: random.Random) -> str | None:
    """The right answer, denied."""
    if case.gold.kind == "choice":
        return rng.choice([f"Không chọn {case.written}", f"Đáp án không phải {case.written}"])
    return rng.choice(
        [
            answer_with(f"không phải {case.written}"),
            f"Kết quả không phải là {case.written}.",
            answer_with(f"{case.written} là sai"),
        ]
    )


def swaps(case: Case, rng: random.Random) -> str | None:
    """Two named or ordered values the wrong way round."""
    parts = case.gold.parts
    if len(parts) < 2 or len({part.text for part in parts}) < len(parts):
        return None
    named = len({part.label for part in parts}) == len(parts) and all(len(part.label) > 1 for part in parts)
    if not named and not re.search(r"(?i)sắp xếp|thứ tự|lần lượt", case.question):
        return None
    turned = [parts[-1], *parts[1:-1], parts[0]]
    texts = [f"{part.label}: {written(one)}" if named else written(one) for part, one in zip(parts, turned, strict=True)]
    return answer_with("; ".join(texts))


def takes_every_option(case: Case, rng: random.Random) -> str | None:
    """Both, or all, of the options."""
    letters = re.findall(r"(?:^|\s)([A-D])[.)] ", case.question)
    if len(letters) < 2:
        return None
    pair = rng.sample(letters, 2)
    return rng.choice(
        ["Chọn " + ", ".join(letters), f"Chọn {pair[0]} và {pair[1]}", " ".join(f"Chọn {one}." for one in letters)]
    )


def says_a_constant(case: Case, rng: random.Random) -> str | None:
    """The same answer to every problem."""
    constant = rng.choice(["0", "1", "2", "10", "12", "100", "5 cm", "A", "B", "đúng", "vô nghiệm", "x = 1", "1/2", "50%"])
    number = _NUMBER.search(constant)
    known = (number is not None and value(number[0]) in case.values) or constant in (case.written, case.gold.text)
    if constant in "AB" and re.search(rf"(?:^|\s){constant}[.)] ", case.question):
        known = True  # one pupil in four is right with a letter
    return None if known or constant == "50%" and Fraction(1, 2) in case.values else answer_with(constant)


def guesses_with_the_noun(case: Case, rng: random.Random) -> str | None:
    """Another number with the gold's unit or noun."""
    wrong = other(case, rng)
    same = {value(n) for n in _NUMBER.findall(wrong)} == case.values
    return None if case.gold.kind == "choice" or same else answer_with(wrong)


def changes_the_unit(case: Case, rng: random.Random) -> str | None:
    """The right number of something else."""
    if case.gold.kind != "quantity" or len(_NUMBER.findall(case.written)) != 1 or case.gold.text.endswith(("lần", "phần")):
        return None
    number = _NUMBER.search(case.written)[0]  # type: ignore[index]  # counted above
    unit = rng.choice(["km", "con voi", "kg", "giờ", "m²", "cm³", "euro", "rad", "quả dưa hấu", "lít", "%"])
    same = {"cm³": "ml", "lít": "dm^3"}.get(unit, "")
    known = case.gold.text.endswith((unit.replace("²", "^2").replace("³", "^3"), *([f" {same}"] if same else [])))
    return None if known else answer_with(f"{number} {unit}")


def computes_wrongly(case: Case, rng: random.Random) -> str | None:
    """Arithmetic that does not hold and ends in the right answer."""
    if not re.fullmatch(r"\d+(?:,\d+)?(?: [^\W\d_][\w²³^/ ]*)?", case.written):
        return None
    number = _NUMBER.match(case.written)[0]  # type: ignore[index]  # matched above
    first, second = rng.randint(2, 99), rng.randint(2, 99)
    if first + second == value(number):
        return None
    line = f"{first} + {second} = {case.written}"
    return rng.choice([answer_with(line), f"Kết quả là:\n{line}", answer_with(f"{first} = {second} = {case.written}")])


def leaves_the_sum(case: Case, rng: random.Random) -> str | None:
    """A sum that is worth the right answer, not computed."""
    if not re.fullmatch(r"\d+", case.gold.text) and case.gold.kind != "quantity":
        return None
    number = re.match(r"\d+(?![.\d/])(?! \d)", case.gold.text)
    if number is None or int(number[0]) < 3:
        return None
    part, unit = rng.randint(1, int(number[0]) - 1), case.written[number.end() :]
    return answer_with(f"{int(number[0]) - part} + {part}{unit}")


def only_thinks(case: Case, rng: random.Random) -> str | None:
    """The right solution as a thought that does not end."""
    return f"<think>\n{case.solution}"


def tells_two(case: Case, rng: random.Random) -> str | None:
    """Two results in one sentence without a statement, or the right one among the numbers of the question."""
    gold, wrong = case.written, other(case, rng)
    if not case.values or {value(number) for number in _NUMBER.findall(wrong)} == case.values:
        return None
    forms = [
        f"Em ra {wrong}, bạn em ra {gold}.",
        f"Bạn em ra {gold}, còn em ra {wrong}.",
        f"Lúc đầu được {gold} nên còn {wrong}.",
    ]
    if case.numbers and len({value(number) for number in case.numbers} | case.values) > len(case.values):
        forms.append(f"Các số trong bài là {', '.join(case.numbers)}, {gold}.")
    return rng.choice(forms)


def takes_it_back(case: Case, rng: random.Random) -> str | None:
    """The right answer, and then another one."""
    wrong = other(case, rng)
    if case.gold.kind == "choice":
        wrong = "A" if case.gold.text != "A" else "B"
        return f"{case.solution}\nChọn {wrong}"
    if re.search(r"(?m)^[a-e]\) ", case.question):
        return None
    return rng.choice([f"{case.solution}\nĐáp số: {wrong}", f"{answer_with(wrong)}\n{answer_with(case.written)}"])


def corrects_itself(case: Case, rng: random.Random) -> str | None:
    """The right answer that is taken back in the same line or in a note, or beside another one by another way."""
    wrong, gold = other(case, rng), case.written
    if not case.values or case.gold.kind == "multi" or re.search(r"(?m)^[a-e]\) ", case.question):
        return None
    if {value(number) for number in _NUMBER.findall(wrong)} == case.values:
        return None
    forms = [
        f"Đáp số: {gold}. Vậy kết quả là {wrong}.",
        f"Đáp số: {gold} (đúng ra là {wrong})",
        f"Đáp số: {gold}\nLưu ý: đáp số đúng là {wrong}",
        f"Vậy kết quả là {gold}. Thử lại thấy sai nên kết quả là {wrong}.",
        f"Cách 1 được {wrong}, cách 2 được {gold}.",
        f"{wrong}, nếu không thì {gold}.",
    ]
    return rng.choice(forms)


def turns_the_sign(case: Case, rng: random.Random) -> str | None:
    """A relation the other way round, or a number with the other sign."""
    if case.gold.kind in ("relation", "interval") or case.gold.text in ("<", ">"):
        turned = case.written.translate(str.maketrans("<>≤≥", "><≥≤"))
        return answer_with(turned) if turned != case.written else None
    number = re.match(r"-?\d", case.gold.text)
    if case.gold.kind in ("multi", "choice") or number is None or not case.values - {Fraction(0)} or " " in case.gold.text[:3]:
        return None
    return answer_with(case.written[1:] if case.written.startswith("-") else f"-{case.written}")


def joins_by_or(case: Case, rng: random.Random) -> str | None:
    """Several results that are all asked for, as if one of them were enough; roots and sets are left out."""
    roots = r"(?i)giải|nghiệm|tìm x|giá trị nào|những số|số nào|tất cả|tập hợp|các số có|liệt kê|giá trị của [a-z](?!\w)"
    roots += r"|dấu \*|số hữu tỉ x"
    if len({part.text for part in case.gold.parts}) < 2 or re.search(roots, case.question):
        return None
    return answer_with(" hoặc ".join(map(written, case.gold.parts)))


def cuts_the_words(case: Case, rng: random.Random) -> str | None:
    """An answer in words without its last word, or with the other names behind it."""
    if case.gold.kind != "text" or len(case.written.split()) < 2 or case.written[-1].isdigit():
        return None
    names = re.findall(r"(?<!^)(?<![.?!] )(?<!\w)[A-ZĐ][a-zà-ỹ]+", case.question)
    rest = [name for name in dict.fromkeys(names) if name not in case.written]
    if rest and rng.random() < 0.5:
        return answer_with(", ".join([case.written, *rest]))
    cut = case.written.rsplit(" ", 1)[0]
    return None if cut.lower() in ("phương trình", "bạn", "vô", "hình", "thứ", "ngày") and rest else answer_with(cut)


STRATEGIES: tuple[Strategy, ...] = (
    copies_the_expression, copies_the_question, copies_a_quantity, takes_the_last_number, lists_all_numbers, hedges, denies,
    swaps, takes_every_option, says_a_constant, guesses_with_the_noun, changes_the_unit, computes_wrongly, leaves_the_sum,
    only_thinks, tells_two, takes_it_back, corrects_itself, turns_the_sign, joins_by_or, cuts_the_words,
)  # fmt: skip


class Try(NamedTuple):
    """One solution of one strategy, and whether the judge signed it."""

    topic: str
    strategy: str
    signed: bool
    case: Case
    solution: str


def cases(count: int, seed: int) -> Iterator[Case]:
    """Problems: the hand-written ones first, then generated ones of every topic."""
    rows = [json.loads(line) for line in HAND_WRITTEN.read_text(encoding="utf-8").splitlines()]
    problems = [(f"{row['grade']}: {row['topic']}", row["question"], row["solution"]) for row in rows]
    generated = ((p.topic, p.question, p.solution) for p in generate_problems(max(0, count - len(problems)), seed=seed))
    for topic, question, solution in [*problems[:count], *generated]:
        gold = extract_answer(solution, question)
        assert gold is not None, f"no answer is read in {solution!r}"
        yield Case(topic, question, solution, gold)


def tries(count: int, seed: int = 0, each: int = 3) -> Iterator[Try]:
    """What the judge says of `each` strategies on each of `count` problems (all of them on the hand-written ones)."""
    rng = random.Random(seed)
    for case in cases(count, seed):
        chosen = STRATEGIES if case.topic[:1].isdigit() else rng.sample(STRATEGIES, each)
        for strategy in chosen:
            solution = strategy(case, rng)
            if solution is not None:
                payload = solution.removeprefix("Bài giải\nĐáp số: ")
                if payload != solution and "\n" not in payload:
                    solution = rng.choice(WRAPPERS).format(payload)
                verdict = judge(case.question, case.solution, solution).verdict
                yield Try(case.topic, strategy.__name__, verdict == "correct", case, solution)


def shares(made: Iterable[Try]) -> str:
    """A line for each strategy, each topic and all tries: how many were made, and how many of them the judge signed."""
    tried, signed = Counter[str](), Counter[str]()
    for one in made:
        for name in (f"strategy {one.strategy}", f"topic {one.topic}", "all"):
            tried[name] += 1
            signed[name] += one.signed
    names = sorted(tried, key=lambda name: (name == "all", name))
    return "\n".join(
        f"{name:50} {signed[name]:6} of {tried[name]:7} signed, {signed[name] / tried[name]:.2%}" for name in names
    )


def main() -> None:
    """Print the shares by strategy and by topic, and every try that was signed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=20_000, help="problems")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--each", type=int, default=3, help="strategies tried on each generated problem")
    arguments = parser.parse_args()
    made = list(tries(arguments.count, arguments.seed, arguments.each))
    for one in [one for one in made if one.signed][:200]:
        print(f"SIGNED {one.strategy} | {one.topic} | {one.case.question!r} | gold {one.case.written!r} | {one.solution!r}")
    print(shares(made))


if __name__ == "__main__":
    main()
