"""The syllabus as data, and seeded problems with exact answers, worked solutions and typical mistakes. Loads no torch.

    syllabus.py     topics by grade and strand, from <subject>/syllabus.yaml
    bounds.py       what a grade knows, from <subject>/strands.yaml
    nouns.py        what stories are about and the sizes it has in life, from nouns.yaml
    scenes.py, wording.py   a scene with its noun; many wordings from one template
    steps/          a solution written step by step, again with one step gone wrong
    stories/        stories of one to eight steps from a graph of quantities
    shapes.py       multiple choice, true or false, find the mistake, fill the blank, compare
    generate.py     generate_problems: a stream of problems of one split
    catalogue.py    a page a teacher can leaf through

A new topic is one function and one entry. The function draws numbers, words the question and hands over how it is solved:

    >>> from random import Random
    >>> from mathpal_lightning.curriculum.steps import Plan, Sheet, finish
    >>> from mathpal_lightning.curriculum.wording import phrase
    >>> def double(random: Random, level: int) -> Plan:
    ...     a = random.randint(*((12, 19), (21, 49), (151, 480))[level - 1])
    ...     def solve(sheet: Sheet) -> None:
    ...         sheet.answer(sheet.multiply(a, 2, "kg", lead="hai bao như thế nặng số ki-lô-gam là"), "kg")
    ...     question = phrase(random, "[Một|Mỗi] bao gạo nặng {a} kg. Hỏi hai bao như thế nặng bao nhiêu ki-lô-gam?", a=a)
    ...     return Plan((a,), question, solve)
    >>> print(finish(double(Random(0), 1), 3, Random(0)).solution)
    Hai bao như thế nặng số ki-lô-gam là:
    18 × 2 = ?
    8 × 2 = 16 (viết 6, nhớ 1); 1 × 2 = 2; 2 + 1 = 3
    18 × 2 = 36 (kg)
    Đáp số: 36 kg

All arithmetic goes through the sheet, and `solve` draws nothing at random: the typical mistakes are made by running it again
with one step gone wrong. The entry in syllabus.yaml names the function (`generator: module.function`); tests/curriculum
then holds the topic to every policy: no unworked step, the grade's bounds, mistakes that the strict judge calls wrong.

A new subject is one folder with a syllabus.yaml, a strands.yaml and its modules, as physics/ shows.
"""

from mathpal_lightning.curriculum.generate import generate_problems
from mathpal_lightning.curriculum.shapes import SHAPES, Shape
from mathpal_lightning.curriculum.syllabus import Topic, programme, topics

__all__ = ["SHAPES", "Shape", "Topic", "generate_problems", "programme", "topics"]
