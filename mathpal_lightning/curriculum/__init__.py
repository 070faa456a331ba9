"""The syllabus as data, and seeded problems with exact answers, worked solutions and typical mistakes. Loads no torch."""

from mathpal_lightning.curriculum.generate import generate_problems
from mathpal_lightning.curriculum.shapes import SHAPES, Shape
from mathpal_lightning.curriculum.syllabus import Topic, programme, topics

__all__ = ["SHAPES", "Shape", "Topic", "generate_problems", "programme", "topics"]
