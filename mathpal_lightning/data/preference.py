"""Record -> the sides of a preference pair, and the reasons to refuse a pair.

    {"prompt": "2 + 3 = ?", "chosen": "5", "rejected": "6"}                prompt and completions (`question` does for `prompt`)
    {"prompt": [message, ...], "chosen": [message], "rejected": [message]}                                         as chats
    {"chosen": [message, ..., message], "rejected": [message, ..., message]}          the prompt is what both begin with

These are the explicit and the implicit form of TRL's preference data; completions that repeat the prompt are read as well.
In the implicit form of plain texts, the prompt is the whole lines with which both begin. Texts that are whole
dialogues, "Human: ..." and "Assistant: ..." with empty lines between them (hh-rlhf), become turns.
"""

from __future__ import annotations

import os
import re
from itertools import takewhile

from mathpal_lightning.data.messages import Turns, turns_of
from mathpal_lightning.data.report import Refusal
from mathpal_lightning.evaluation import extract_answer, is_equivalent
from mathpal_lightning.schema import Answer, Row

_SPEAKER = re.compile(r"(?:\A|\n\n)(Human|Assistant):")
_TO_BE_ANSWERED = {"role": "assistant", "content": ""}
"""How a dialogue ends that is a prompt: "Assistant:" with nothing behind."""
Sides = tuple[Turns, object]
"""The turns of the prompt with the chosen completion as the last; and the rejected completion's content."""


def pair_sides(prompt: object, chosen: object, rejected: object) -> Sides | str:
    """The sides of a pair, or the reason why it is refused.

    Args:
        prompt: a text, or a list of messages; None where both completions begin with it.
        chosen: a text, or a list of messages.
        rejected: the same.
    """
    if all(talks := (_dialogue(chosen), _dialogue(rejected))):
        chosen, rejected = talks
    if talk := _dialogue(prompt):
        prompt = talk[:-1] if talk[-1] == _TO_BE_ANSWERED else talk
    if prompt is None and isinstance(chosen, str) and isinstance(rejected, str):
        shared = os.path.commonprefix([chosen, rejected])
        begin = shared.rfind("\n", 0, len(shared) - (chosen == rejected)) + 1
        prompt, chosen, rejected = chosen[:begin], chosen[begin:], rejected[begin:]
    before = None if prompt is None else turns_of(prompt, "user")
    sides = turns_of(chosen, "assistant"), turns_of(rejected, "assistant")
    if isinstance(before, str) or isinstance(sides[0], str) or isinstance(sides[1], str):
        return next(wrong for wrong in (before, *sides) if isinstance(wrong, str))
    if before is None:
        before = _shared_turns(sides[0], sides[1])
    completions = [side[len(before) :] if side[: len(before)] == before else side for side in (sides[0], sides[1])]
    if any([role for role, _ in completion] != ["assistant"] for completion in completions):
        return "completions that are not one assistant message after the prompt"
    return [*before, *completions[0]], completions[1][0][1]


def _dialogue(text: object) -> list[dict[str, str]]:
    r"""The messages of a text that is a whole dialogue; empty where it is none.

    >>> _dialogue("\n\nHuman: 2 + 3 = ?\n\nAssistant: 5")
    [{'role': 'human', 'content': '2 + 3 = ?'}, {'role': 'assistant', 'content': '5'}]
    """
    before, *parts = _SPEAKER.split(text.lstrip()) if isinstance(text, str) else [""]
    speakers = [name.lower() for name in parts[::2]]
    if before or speakers[:1] != ["human"] or "assistant" not in speakers:
        return []
    return [{"role": role, "content": said.strip()} for role, said in zip(speakers, parts[1::2], strict=True)]


def _shared_turns(chosen: Turns, rejected: Turns) -> Turns:
    """The turns with which both begin, without the last turn of either."""
    same = takewhile(lambda pair: pair[0] == pair[1], zip(chosen[:-1], rejected[:-1], strict=False))
    return [turn for turn, _ in same]


def unusable_pair(row: Row, answer: str = "") -> Refusal | None:
    """Why a pair is useless or harmful for training; None for a good one.

    Args:
        row: a pair whose texts are normalised.
        answer: the problem's final answer, if the data has it: Vietnamese text ("2,5 kg") or canonical ("2.5 kg").
    """
    if not row.rejected:
        return Refusal("empty_solution", row.place, "rejected")
    if row.rejected == row.solution:
        return Refusal("identical_pair", row.place)
    if answer and (found := extract_answer(row.solution, row.question)) is not None:
        golds = (extract_answer(f"Đáp số: {answer}", row.question), Answer.from_canonical(answer))
        if not any(gold is not None and is_equivalent(gold, found) for gold in golds):
            return Refusal("wrong_chosen", row.place, f"{found.canonical()} instead of {answer}")
    return None
