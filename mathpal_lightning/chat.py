r"""Turns -> text in Gemma's own chat format, and the tokens that no text may contain. Training, generation and export share it.

Gemma 2, 3 and 3n write `<start_of_turn>user\n ... <end_of_turn>\n` and have no system role: its text goes before the
first user text. Gemma 4 writes `<|turn>user\n ... <turn|>\n` and has a system turn. In all of them a turn ends with
the end-of-turn token, not with `<eos>`: it must be supervised, and generation must stop at it. The names of these tokens
are in families.py.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from mathpal_lightning.collector import collector_at_rest
from mathpal_lightning.errors import DataError, MathPalError, ModelError
from mathpal_lightning.families import FAMILIES, UNUSED_TOKEN, all_of, all_titles
from mathpal_lightning.schema import Turn

if TYPE_CHECKING:
    from pathlib import Path

    from transformers import PreTrainedTokenizerBase


@dataclass(frozen=True, slots=True)
class ChatFormat:
    """How one family of Gemma writes a conversation.

    Like Gemma's own, the template reads a text or text parts and refuses turns in another order. It refuses tools too, which
    Gemma 3's would leave out without a word.
    """

    name: str
    start_of_turn: str
    end_of_turn: str
    has_system_turn: bool

    @property
    def template(self) -> str:
        """The Jinja chat template, saved with the tokenizer and inside the GGUF."""
        system, preamble = (_SYSTEM_TURN, "") if self.has_system_turn else ("", _PREAMBLE)
        return self._named(_TEMPLATE.replace("SYSTEM", system).replace("PREAMBLE", preamble))

    @property
    def earlier_template(self) -> str:
        """The template that versions before 0.2 saved: the same text for a chat of texts in the right order."""
        return self._named(_EARLIER_SYSTEM_TURN if self.has_system_turn else _EARLIER_SYSTEM_IN_USER)

    def _named(self, template: str) -> str:
        return template.replace("SOT", self.start_of_turn).replace("EOT", self.end_of_turn)


_TEXT_OF = (  # a text, or parts as pipelines and servers send them
    "{%- if TURN['content'] is string -%}{{ TURN['content'] | trim }}"
    "{%- elif TURN['content'] and TURN['content'] is iterable and TURN['content'] is not mapping -%}"
    "{%- for part in TURN['content'] -%}"
    "{%- if part['type'] == 'text' -%}{{ part['text'] | trim }}"
    "{%- else -%}{{ raise_exception('Only texts can be read, but a part of the content is something else') }}{%- endif -%}"
    "{%- endfor -%}"
    "{%- else -%}{{ raise_exception('The content of each turn must be a text or a list of text parts') }}{%- endif -%}"
)
_SYSTEM_TURN = "{{ 'SOTsystem\\n' }}" + _TEXT_OF.replace("TURN", "messages[0]") + "{{ 'EOT\\n' }}"
_TEMPLATE = (
    "{{ bos_token }}"
    "{%- if tools -%}{{ raise_exception('This model was not trained to call tools') }}{%- endif -%}"
    "{%- if messages[0]['role'] == 'system' -%}{%- set turns = messages[1:] -%}SYSTEM"
    "{%- else -%}{%- set turns = messages -%}{%- endif -%}"
    "{%- for turn in turns -%}"
    "{%- if (turn['role'] == 'user') != (loop.index0 % 2 == 0) or turn['role'] not in ['user', 'assistant', 'model'] -%}"
    "{{ raise_exception('Conversation roles must alternate user/assistant/user/assistant/...') }}{%- endif -%}"
    "{{ 'SOT' + ('user' if turn['role'] == 'user' else 'model') + '\\n' }}PREAMBLE"
    + _TEXT_OF.replace("TURN", "turn")
    + "{{ 'EOT\\n' }}"
    "{%- endfor -%}"
    "{%- if add_generation_prompt -%}{{ 'SOTmodel\\n' }}{%- endif -%}"
)
_PREAMBLE = (
    "{%- if loop.first and messages[0]['role'] == 'system' -%}" + _TEXT_OF.replace("TURN", "messages[0]") + "{{ '\\n\\n' }}"
    "{%- endif -%}"
)
_EARLIER_SYSTEM_IN_USER = (
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
_EARLIER_SYSTEM_TURN = (
    "{{ bos_token }}"
    "{%- for turn in messages -%}"
    "{{ 'SOT' + ('model' if turn['role'] == 'assistant' else turn['role']) + '\\n' }}"
    "{{ turn['content'] | trim + 'EOT\\n' }}"
    "{%- endfor -%}"
    "{%- if add_generation_prompt -%}{{ 'SOTmodel\\n' }}{%- endif -%}"
)

CHAT_FORMATS = tuple(
    dict.fromkeys(
        ChatFormat(family.chat, family.start_of_turn, family.end_of_turn, family.has_system_turn) for family in FAMILIES
    )
)
"""Every chat format of the families, the oldest first."""


def chat_format_named(name: str) -> ChatFormat:
    """The chat format that the families call so: `gemma3` for Gemma 2, 3 and 3n, `gemma4` for Gemma 4."""
    return {form.name: form for form in CHAT_FORMATS}[name]


GEMMA_3, GEMMA_4 = chat_format_named("gemma3"), chat_format_named("gemma4")


def chat_format(tokenizer: PreTrainedTokenizerBase) -> ChatFormat:
    """The chat format whose turn tokens are single tokens of this tokenizer.

    Raises:
        ModelError: the tokenizer has the turn tokens of no Gemma.
    """
    for candidate in reversed(CHAT_FORMATS):
        ids = {tokenizer.convert_tokens_to_ids(token) for token in (candidate.start_of_turn, candidate.end_of_turn)}
        if not ids & {None, tokenizer.unk_token_id}:
            return candidate
    pairs = " or ".join(f"{form.start_of_turn}/{form.end_of_turn}" for form in CHAT_FORMATS)
    raise ModelError(
        f"a Gemma tokenizer with the tokens {pairs}",
        f"{type(tokenizer).__name__} of {tokenizer.name_or_path!r} with {len(tokenizer)} tokens and neither pair",
        f"Use a {all_titles()} as the base model.",
    )


@dataclass(frozen=True, slots=True)
class ControlTokens:
    """Tokens that steer a model, found in a text quickly: a Gemma has thousands of them."""

    tokens: frozenset[str]
    lengths: tuple[int, ...]
    beginnings: re.Pattern[str]
    """Where one may begin: at a character that one of them begins with."""

    @classmethod
    def of(cls, tokens: Sequence[str]) -> ControlTokens:
        """Prepare the search for these tokens; `<unused0>`, `<unused1>`, ... are always among them."""
        beginnings = "".join(re.escape(first) for first in sorted({"<", *(token[0] for token in tokens)}))
        lengths = tuple(sorted({len(token) for token in tokens}))
        return cls(frozenset(tokens), lengths, re.compile(f"[{beginnings}]"))

    def first_in(self, text: str) -> str | None:
        """The first of them in a text; None where there is none."""
        for begin in self.beginnings.finditer(text):
            if unused := UNUSED_TOKEN.match(text, begin.start()):
                return unused[0]
            for length in self.lengths:
                if (found := text[begin.start() : begin.start() + length]) in self.tokens:
                    return found
        return None


@lru_cache(maxsize=1)
def every_control_token() -> ControlTokens:
    """The control tokens of all families, for where no tokenizer is at hand: a server that only has a GGUF."""
    return ControlTokens.of((*all_of("control_tokens"), *all_of("start_of_turn"), *all_of("end_of_turn")))


def control_tokens(tokenizer: PreTrainedTokenizerBase) -> list[str]:
    """The tokens of a tokenizer that steer a model and that no question or solution may contain.

    They are its special tokens, and those of its vocabulary that some family uses to steer. Runs of newlines or spaces and
    HTML tags are single tokens of Gemma too, but they are text.
    """
    named = every_control_token()
    found = set(tokenizer.all_special_tokens)
    for token in tokenizer.added_tokens_decoder.values():
        if token.special or named.first_in(token.content) == token.content:
            found.add(token.content)
    form = chat_format(tokenizer)
    return sorted(token for token in found | {form.start_of_turn, form.end_of_turn} if token.strip())


def require_plain(texts: Sequence[str]) -> None:
    """Refuse texts with a control token, with which a question could end its own turn or begin another.

    Raises:
        DataError: which text, and which token.
    """
    for number, text in enumerate(texts, start=1):
        if found := every_control_token().first_in(text):
            raise DataError("a text without control tokens", f"{found!r} in text {number} of {len(texts)}", "Write it without.")


def load_tokenizer(folder: str | Path) -> PreTrainedTokenizerBase:
    """Load a Gemma tokenizer from a folder and give it our chat template.

    Raises:
        ModelError: not a Gemma tokenizer, one that cannot be read, or one that does not put exactly one BOS before a text.
    """
    from transformers import AutoTokenizer

    try:
        with collector_at_rest():  # half of the two seconds
            tokenizer = AutoTokenizer.from_pretrained(str(folder), trust_remote_code=False)
    except (MathPalError, MemoryError, OSError):
        raise
    except Exception as error:  # the tokenizers library has no kind of its own
        said = (str(error).strip().splitlines() or [type(error).__name__])[0].rstrip(".")
        raise ModelError(f"a tokenizer in {folder} that can be read", said, "Download or copy the model again.") from error
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
