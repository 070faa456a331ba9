"""The parts a) b) c) of a question, and what each of them asks."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache, reduce

from mathpal_lightning.text import comparison_key

PART_LINE = re.compile(
    r"(?m)(?:^(?:(?i:vậy)[,:]? (?=(?i:câu|phần|ý) ))?(?:(?i:câu|phần|ý|bài) ?(?:\d+)?[:.]? ?)?"
    r"|(?<=[.;,] )(?:(?i:câu|phần|ý) ?(?=[a-h]\W)|(?=[b-h](?:\)|\. -?\d))))"
    r"(?P<part>[a-hA-H1-9])(?:\)|\.(?=[ (])|/(?=\s)| ?[,:](?=\s)) ?"
)
"""A mark at the beginning of a line, or behind a sentence."""
IN_LINE = re.compile(r"(?:^|(?<=[\s:;.,]))(?P<part>[a-h])(?:\)|\.(?= )) ?")
"""A small letter wherever it stands."""
_NUMBERED = re.compile(r"(?:^|(?<=[\s:;.,]))(?P<part>[1-9])\) ")
_PROBLEM = re.compile(r"(?im)(?:^|(?<=[.;:] ))bài (?P<part>[1-9])(?! ?[,.]\d)(?: ?[:.)])? ")
"""`Bài 1 cho ...`, `Bài 2: ...` of one post."""


@lru_cache(maxsize=64)
def asks_in_parts(question: str) -> bool:
    """Whether a question has parts a) b) c), or several numbered ones."""
    return len(part_questions(question)) > 1


def parts_asked(question: str) -> dict[str, str]:
    """The last sentence of each part, by its letter; empty where a part is a proof, or with fewer than two parts."""
    asked = {
        part: re.split(r"(?<=[^\W\d_])[.?!] ", said.strip(" .,;?\n"))[-1]
        for part, said in part_questions(question, headed=False).items()
    }
    return asked if len(asked) > 1 and not any(map(is_proof, asked.values())) else {}


def own_words(questions: Mapping[str, str]) -> dict[str, set[str]]:
    """The words of each part without those that all parts have, by its letter.

    >>> own_words({"a": "cho x = 2", "b": "cho x = 3"})
    {'a': {'2'}, 'b': {'3'}}
    """
    words = {part: set(comparison_key(question).split()) for part, question in questions.items()}
    shared = reduce(set[str].intersection, words.values()) if words else set[str]()
    return {part: said - shared for part, said in words.items()}


def numbered_in_line(question: str) -> dict[str, re.Match[str]]:
    """The marks `1) ... 2) ...` of a question, wherever they stand; none where they do not count up from 1."""
    marks = list(_NUMBERED.finditer(question)) or list(_PROBLEM.finditer(question))
    counts_up = [int(mark["part"]) for mark in marks] == list(range(1, len(marks) + 1))
    return {mark["part"]: mark for mark in marks} if len(marks) > 1 and counts_up else {}


def part_questions(question: str, headed: bool = True) -> dict[str, str]:
    """What each part asks, by its letter; `headed` with the words that stand before the first (`Tính:`)."""
    marks: list[re.Match[str]] = []
    for mark in IN_LINE.finditer(question):
        if (mark["part"] == "a" and not marks) or (marks and ord(mark["part"]) == ord(marks[-1]["part"]) + 1):
            marks.append(mark)
    if len(marks) < 2 and (in_line := numbered_in_line(question)):
        marks = list(in_line.values())
    if len(marks) < 2:
        numbered = list(PART_LINE.finditer(question))
        marks = numbered if len(numbered) > 1 else []
    if not marks:
        return {}
    ends = [mark.start() for mark in marks[1:]] + [len(question)]
    head = question[: marks[0].start()].strip().split("\n")[-1][-200:] if headed else ""
    return {
        mark["part"].lower(): f"{head} {question[mark.end() : end].strip()}".strip()
        for mark, end in zip(marks, ends, strict=True)
    }


def is_proof(question: str) -> bool:
    """Whether a question asks to prove, to draw or for a rule, and for no value."""
    asked = re.search(r"(?i)tính(?! chất)|tìm|hỏi|bao nhiêu|mấy|so sánh", question)
    told = (
        r"(?i)chứng (?:minh|tỏ)|(?:^|[.)] |\n)(?:hãy )?"
        r"(?:(?:theo em,? )?(?:vì|tại) sao(?= [^?]{12,})"
        r"|vẽ|nêu(?! kết quả| đáp số| số | giá trị| (?:tên )?(?:[2-9]|hai|ba|bốn) )|phát biểu(?! nào| sau| đúng| sai)"
        r"|kể tên(?![^.?]*:| (?:[2-9]|hai|ba|bốn) )"
        r"|giải thích|trình bày|dựng|viết công thức(?! [^.?]*(?:biểu diễn|theo))|nối|tô màu|đặt tính rồi tính\W*$)(?!\w)"
    )
    defines = (
        r"(?i)^\W*(?:thế nào (?:là|được gọi là)|định nghĩa|phát biểu (?:định|quy|tính)|muốn [^.?]* (?:làm )?(?:như )?thế nào)"
    )
    return asked is None and re.search(told, question) is not None or re.search(defines, question) is not None
