"""A catalogue of the syllabus that a teacher can leaf through: each topic and level with problems, solutions and mistakes."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from mathpal_lightning.curriculum.generate import generate_problems
from mathpal_lightning.curriculum.syllabus import LEVELS, Topic, programme
from mathpal_lightning.schema import Problem

_STYLE = (
    "body{font-family:sans-serif;max-width:52rem;margin:2rem auto;padding:0 1rem}"
    "pre{background:#f4f4f4;padding:.7rem;white-space:pre-wrap}"
)


def catalogue_markdown(subject: str = "mathematics", each: int = 2, seed: int = 0) -> Iterator[str]:
    """The catalogue as Markdown, line by line: grades, strands, topics, and `each` problems of every level.

    Args:
        subject: the folder of the syllabus.
        each: problems of every topic and level.
        seed: another seed, other problems.
    """
    listed = programme(subject)
    covered = sum(topic.generator is not None for topic in listed)
    yield f"# {_title(subject)}: {covered} chủ đề có bài tập, trong {len(listed)} chủ đề của chương trình"
    for grade in sorted({topic.grade for topic in listed}):
        yield f"\n## Lớp {grade}"
        for topic in listed:
            if topic.grade == grade:
                yield from _topic(topic, subject, each, seed)


def catalogue_html(subject: str = "mathematics", each: int = 2, seed: int = 0) -> Iterator[str]:
    """The catalogue as one HTML page, line by line."""
    yield "<!doctype html>"
    yield f'<html lang="vi"><meta charset="utf-8"><title>{escape(_title(subject))}</title>'
    yield f"<style>{_STYLE}</style>"
    for line in catalogue_markdown(subject, each, seed):
        text = line.strip("\n")
        if text.startswith("#"):
            level, _, title = text.partition(" ")
            yield f"<h{len(level)}>{escape(title)}</h{len(level)}>"
        elif text.startswith("```"):
            yield f"<pre>{escape(text.removeprefix('```text').removesuffix('```').strip())}</pre>"
        else:
            yield f"<p>{escape(text).replace(chr(10), '<br>')}</p>"
    yield "</html>"


def _topic(topic: Topic, subject: str, each: int, seed: int) -> Iterator[str]:
    yield f"\n### {topic.title} ({topic.name})"
    yield f"{topic.strand}. {topic.expects}"
    if topic.generator is None:
        yield "Chưa có bài tập."
        return
    for level in LEVELS:
        yield f"\n#### Mức {level}"
        for problem in generate_problems(each, seed, [topic.name], levels=[level], subject=subject):
            yield from _problem(problem)


def _problem(problem: Problem) -> Iterator[str]:
    yield f"\n{problem.question}"
    yield f"```text\n{problem.solution}\n```"
    if problem.mistakes:
        where = f" (dòng {problem.mistake_lines[0]})" if problem.mistake_lines else ""
        yield f"Một lỗi thường gặp{where}:"
        yield f"```text\n{problem.mistakes[0]}\n```"


def _title(subject: str) -> str:
    return {"mathematics": "Toán", "physics": "Vật lí"}.get(subject, subject)
