"""What every artefact is asked: fixed Vietnamese problems in training's own token ids."""

from __future__ import annotations

from dataclasses import dataclass

from transformers import PreTrainedTokenizerBase

from mathpal_lightning.chat import chat_format, conversation_pieces, generation_prompt
from mathpal_lightning.schema import Turn

PROMPTS = (
    (
        "Một cửa hàng buổi sáng bán được 35 kg gạo, buổi chiều bán được 48 kg. Hỏi cả ngày bán được bao nhiêu ki-lô-gam gạo?",
        "Cả ngày cửa hàng bán được số gạo là:\n35 + 48 = 83 (kg)\nĐáp số: 83 kg.",
    ),
    (
        "Một mảnh vườn hình chữ nhật có chiều dài 12,5 m và chiều rộng 8 m. Tính chu vi mảnh vườn đó.",
        "Chu vi mảnh vườn là:\n(12,5 + 8) × 2 = 41 (m)\nĐáp số: 41 m.",
    ),
    ("Tìm x biết: 3 × x - 7 = 20.", "3 × x = 20 + 7\n3 × x = 27\nx = 27 : 3\nx = 9\nĐáp số: x = 9."),
    (
        "Một chiếc áo giá 250 000 đồng được giảm giá 20%. Hỏi giá chiếc áo sau khi giảm là bao nhiêu?",
        "Số tiền được giảm là:\n250 000 × 20 : 100 = 50 000 (đồng)\nGiá chiếc áo sau khi giảm là:\n"
        "250 000 - 50 000 = 200 000 (đồng)\nĐáp số: 200 000 đồng.",
    ),
)
"""Questions and solutions at whose tokens the distributions are compared."""
POSITIONS_PER_PROMPT = 16
"""Evenly spaced from the first token of the solution to its end-of-turn.

Few positions hold most of a mean: over 4 a prompt Q8_0 came to 0.031 by one position of 0.41, over 16 to 0.014.
"""
MAX_ANSWER_TOKENS = 160


@dataclass(frozen=True, slots=True)
class Probe:
    """The fixed prompts in training's own token ids."""

    tokenizer: PreTrainedTokenizerBase
    prompts: list[str]
    prompt_ids: list[list[int]]
    documents: list[list[int]]
    positions: list[list[int]]


def make_probe(tokenizer: PreTrainedTokenizerBase) -> Probe:
    """The fixed problems as training would see them."""
    form = chat_format(tokenizer)
    prompts = [generation_prompt(form, [Turn("user", question)]) for question, _ in PROMPTS]
    prompt_ids = [tokenizer(prompt)["input_ids"] for prompt in prompts]
    documents = []
    for (question, solution), ids in zip(PROMPTS, prompt_ids, strict=True):
        written = conversation_pieces(form, [Turn("user", question), Turn("assistant", solution)])[-1][0]
        documents.append(ids + tokenizer(written, add_special_tokens=False)["input_ids"])
    positions = []
    for ids, document in zip(prompt_ids, documents, strict=True):
        first, last = len(ids) - 1, len(document) - 2  # the position before the end-of-turn predicts it
        steps = POSITIONS_PER_PROMPT - 1
        positions.append([first + (last - first) * step // steps for step in range(POSITIONS_PER_PROMPT)])
    return Probe(tokenizer, prompts, prompt_ids, documents, positions)
