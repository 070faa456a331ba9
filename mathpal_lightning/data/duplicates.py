"""Near-duplicates: the same problem in nearly the same words.

Two problems that differ in a number, a sign or a word such as `nhiều` and `ít` are different, even if all their other words are
equal. So only questions with the same ones in the same order are compared. MinHash (Broder 1997) finds candidates among them,
and the exact Jaccard similarity of their character 4-grams decides.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from hashlib import blake2b

from mathpal_lightning.text import comparison_key

PERMUTATIONS = 64
GRAM = 4
_NUMBERS = "hai|ba|bốn|tư|năm|sáu|bảy|tám|chín|mười|mươi|mốt|lăm|trăm|nghìn|ngàn|triệu|tỉ|nửa|đôi|chục|tá"
_OPPOSITES = (
    "nhiều|ít|lớn|bé|nhỏ|tăng|giảm|thêm|bớt|cộng|trừ|nhân|chia|tổng|hiệu|tích|thương|gấp|kém|chu vi|diện tích|thể tích"
    "|dài|rộng|cao|thấp|nặng|nhẹ|nhanh|chậm|trước|sau|chẵn|lẻ|mua|bán|nam|nữ|trai|gái|già|trẻ|sớm|muộn|tử số|mẫu số"
)
"""Words that make another problem of the same sentence; those that often only fill a sentence are left out."""
# "-" and ":" count as signs between numbers, brackets or x; elsewhere they are punctuation.
_MATHEMATICS = re.compile(
    rf"(?i:\b(?:{_NUMBERS}|{_OPPOSITES})\b)|"
    r"\d+(?:[.,]\d+)*|[+×·*/^%<>=]|(?:(?<=[\d)}x])|(?<=[\d)}x] ))[-:](?=\s*[\d({\\x])"
)


def numbers_and_signs(question: str) -> str:
    """The numbers and operators of a problem in order, also those in words: two problems that differ in these are different.

    >>> numbers_and_signs("Tính: 2,5 x 4 - 3")
    '2,5 4 - 3'
    >>> numbers_and_signs("Hoa có nhiều hơn Lan hai viên")
    'nhiều hai'
    """
    return " ".join(_MATHEMATICS.findall(question)).lower()


def grams(question: str) -> frozenset[str]:
    """Character 4-grams of a question; case, punctuation and the place of tone marks do not matter."""
    text = comparison_key(question)
    return frozenset(text[i : i + GRAM] for i in range(max(1, len(text) - GRAM + 1)))


def similarity(first: frozenset[str], second: frozenset[str]) -> float:
    """Jaccard similarity: the 4-grams of both over the 4-grams of either, 0 to 1."""
    return len(first & second) / len(first | second)


def near_duplicates(questions: Iterable[str], threshold: float) -> dict[int, int]:
    """Find the questions that nearly repeat an earlier one.

    Args:
        questions: normalised questions.
        threshold: smallest Jaccard similarity of two near-duplicates, above 0 and at most 1.

    Returns:
        Number of the question -> number of the first one that it repeats. MinHash may miss a few pairs close to the
        threshold; it never reports a pair below it.
    """
    texts = list(questions)
    alike: dict[bytes, list[int]] = defaultdict(list)
    for number, text in enumerate(texts):
        alike[blake2b(numbers_and_signs(text).encode(), digest_size=8).digest()].append(number)
    groups = [group for group in alike.values() if len(group) > 1]
    return {later: first for group in groups for later, first in _repeats(group, texts, threshold).items()}


def _repeats(group: list[int], texts: list[str], threshold: float) -> dict[int, int]:
    from datasketch import MinHash, MinHashLSH  # imports scipy, so only here

    index = MinHashLSH(threshold=threshold, num_perm=PERMUTATIONS)
    originals: dict[int, frozenset[str]] = {}
    repeats: dict[int, int] = {}
    for number in group:
        own = grams(texts[number])
        sketch = MinHash(num_perm=PERMUTATIONS)
        sketch.update_batch([gram.encode() for gram in own])
        first = min((one for one in index.query(sketch) if similarity(own, originals[one]) >= threshold), default=None)
        if first is None:
            originals[number] = own
            index.insert(number, sketch)
        else:
            repeats[number] = first
    return repeats
