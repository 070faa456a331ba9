r"""Turns -> text in Gemma's own chat format. The one leaf that training, generation and export share.

Gemma 2, 3 and 3n write `<start_of_turn>user\n ... <end_of_turn>\n` and have no system role: its text goes before the
first user text. Gemma 4 writes `<|turn>user\n ... <turn|>\n` and has a system turn. In all of them a turn ends with
the end-of-turn token, not with `<eos>`: it must be supervised, and generation must stop at it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mathpal_lightning.collector import collector_at_rest
from mathpal_lightning.errors import ModelError
from mathpal_lightning.schema import Turn

if TYPE_CHECKING:
    from pathlib import Path

    from transformers import PreTrainedTokenizerBase


@dataclass(frozen=True, slots=True)
class ChatFormat:
    """How one family of Gemma writes a conversation."""

    name: str
    start_of_turn: str
    end_of_turn: str
    has_system_turn: bool

    @property
    def template(self) -> str:
        """The Jinja chat template, saved with the tokenizer and inside the GGUF."""
        template = _SYSTEM_TURN_TEMPLATE if self.has_system_turn else _SYSTEM_IN_USER_TEMPLATE
        return template.replace("SOT", self.start_of_turn).replace("EOT", self.end_of_turn)


_SYSTEM_IN_USER_TEMPLATE = (
    "{{ bos_token }}"
    "{%- if messages[0]['role'] == 'system' -%}"
    "{%- set preamble = messages[0]['content'] | trim + '\\n\\n' -%}{%- set turns = messages[1:] -%}"
    "{%- else -%}{%- set preamble = '' -%}{%- set turns = messages -%}{%- endif -%}"
    "{%- for turn in turns -%}"
    "{{ 'SOT' + ('model' if turn['role'] == 'assistant' else 'user') + '\\n' }}"
    "{%- if loop.first -%}{{ preamble }}{%- endif -%}"
    "{{ turn['content'] | trim + 'EOT\\n' }}"
    "{%- endfor -%}"
    "{%- if add_generation_prompt -%}{{ 'SOTmodel\\n' }}{%- endif -%}"
)
_SYSTEM_TURN_TEMPLATE = (
    "{{ bos_token }}"
    "{%- for turn in messages -%}"
    "{{ 'SOT' + ('model' if turn['role'] == 'assistant' else turn['role']) + '\\n' }}"
    "{{ turn['content'] | trim + 'EOT\\n' }}"
    "{%- endfor -%}"
    "{%- if add_generation_prompt -%}{{ 'SOTmodel\\n' }}{%- endif -%}"
)

GEMMA_3 = ChatFormat("gemma3", "<start_of_turn>", "<end_of_turn>", has_system_turn=False)
"""Gemma 2, 3 and 3n."""
GEMMA_4 = ChatFormat("gemma4", "<|turn>", "<turn|>", has_system_turn=True)


def chat_format(tokenizer: PreTrainedTokenizerBase) -> ChatFormat:
    """The chat format whose turn tokens are single tokens of this tokenizer.

    Raises:
        ModelError: the tokenizer has the turn tokens of no Gemma.
    """
    for candidate in (GEMMA_4, GEMMA_3):
        ids = {tokenizer.convert_tokens_to_ids(token) for token in (candidate.start_of_turn, candidate.end_of_turn)}
        if not ids & {None, tokenizer.unk_token_id}:
            return candidate
    raise ModelError(
        "a Gemma tokenizer with the tokens <start_of_turn>/<end_of_turn> or <|turn>/<turn|>",
        f"{type(tokenizer).__name__} of {tokenizer.name_or_path!r} with {len(tokenizer)} tokens and neither pair",
        "Use a Gemma 2, 3, 3n or 4 as the base model.",
    )


def load_tokenizer(folder: str | Path) -> PreTrainedTokenizerBase:
    """Load a Gemma tokenizer from a folder and give it our chat template.

    Raises:
        ModelError: not a Gemma tokenizer, or one that does not put exactly one BOS before a text.
    """
    from transformers import AutoTokenizer

    with collector_at_rest():  # half of the two seconds
        tokenizer = AutoTokenizer.from_pretrained(str(folder), trust_remote_code=False)
    return prepare_tokenizer(tokenizer)


def prepare_tokenizer(tokenizer: PreTrainedTokenizerBase) -> PreTrainedTokenizerBase:
    """Set the chat template of the tokenizer's family, and prove that a text gets exactly one BOS.

    Raises:
        ModelError: not a Gemma tokenizer, or none or two BOS (without BOS Gemma's loss explodes).
    """
    tokenizer.chat_template = chat_format(tokenizer).template
    ids = tokenizer("1 + 1 = 2")["input_ids"]
    if ids[:1] != [tokenizer.bos_token_id] or ids.count(tokenizer.bos_token_id) != 1:
        raise ModelError(
            f"exactly one BOS (id {tokenizer.bos_token_id}) before a text",
            f"the ids {ids[:4]}... from {tokenizer.name_or_path!r}",
            "Use the tokenizer that came with the base model; one rebuilt from a GGUF often loses its BOS.",
        )
    return tokenizer


def stop_token_ids(tokenizer: PreTrainedTokenizerBase) -> list[int]:
    """The ids at which an answer ends: end-of-turn first, then `<eos>`."""
    end_of_turn = tokenizer.convert_tokens_to_ids(chat_format(tokenizer).end_of_turn)
    return [end_of_turn, tokenizer.eos_token_id]


def conversation_pieces(form: ChatFormat, turns: Sequence[Turn]) -> list[tuple[str, bool]]:
    r"""Cut a conversation into (text, written by the model) pieces.

    Their concatenation is the template's text, less BOS and less the newline after a last solution: a document ends
    with its end-of-turn. The model's pieces hold a solution and the end-of-turn token, nothing else:

        >>> conversation_pieces(GEMMA_3, [Turn("user", "2 + 3 = ?"), Turn("assistant", "5")])
        [('<start_of_turn>user\n2 + 3 = ?<end_of_turn>\n<start_of_turn>model\n', False), ('5<end_of_turn>', True)]
    """
    preamble, rest = "", list(turns)
    if rest and rest[0].role == "system" and not form.has_system_turn:
        preamble, rest = rest[0].text.strip() + "\n\n", rest[1:]
    pieces: list[tuple[str, bool]] = []
    context = ""
    for turn in rest:
        if turn.role == "assistant":
            pieces.append((f"{context}{form.start_of_turn}model\n", False))
            pieces.append((f"{turn.text.strip()}{form.end_of_turn}", True))
            context = "\n"
        else:
            context += f"{form.start_of_turn}{turn.role}\n{preamble}{turn.text.strip()}{form.end_of_turn}\n"
            preamble = ""
    return pieces if context in ("", "\n") else [*pieces, (context, False)]


def generation_prompt(form: ChatFormat, turns: Sequence[Turn]) -> str:
    """The text, less BOS, after which the model writes its solution. The last turn must be the user's."""
    return "".join(text for text, _ in conversation_pieces(form, turns)) + f"{form.start_of_turn}model\n"
