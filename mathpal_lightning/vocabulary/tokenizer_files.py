"""Tokenizer files with only the kept tokens: tokenizer.json, tokenizer.model, and the files that name token ids.

Kept tokens keep their order, and with it the ranks and scores that decide ties between merges.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Any, TypedDict

from mathpal_lightning.vocabulary.closure import Rank


class AddedToken(TypedDict):
    """A token that is no piece of the model; it has more keys than these."""

    id: int
    content: str


class BpeModel(TypedDict):
    """The part of a tokenizer.json that holds pieces and merges; it has more keys than these."""

    vocab: dict[str, int]
    merges: list[str | list[str]]
    """Pairs; in older files a text with a space between the two."""


class SpecialToken(TypedDict):
    """A token of a template, such as BOS."""

    id: str
    ids: list[int]


class PostProcessor(TypedDict, total=False):
    """What puts BOS before a text: a template, or a list of processors with one among them."""

    processors: list[PostProcessor]
    special_tokens: dict[str, SpecialToken]


class TokenizerJson(TypedDict, total=False):
    """What is read of a tokenizer.json (Hugging Face tokenizers, BPE)."""

    model: BpeModel
    added_tokens: list[AddedToken]
    post_processor: PostProcessor | None


IdMap = Mapping[int, int]
"""Old id -> new id, for the kept tokens only."""

_NO_MERGE = float("inf")


def read_pieces(folder: Path) -> tuple[list[str], list[str], Rank]:
    """The tokens of a base by id, its added tokens, and the ranks of its merges, from tokenizer.json."""
    content: TokenizerJson = json.loads((folder / "tokenizer.json").read_text(encoding="utf-8"))
    ranks = {_pair(merge): float(number) for number, merge in enumerate(content["model"]["merges"])}
    added = [token["content"] for token in content["added_tokens"]]
    return pieces_of(content), added, lambda left, right: ranks.get((left, right), _NO_MERGE)


def pieces_of(content: TokenizerJson) -> list[str]:
    """The tokens by id, from the content of a tokenizer.json; an id without a token has a name that no text holds."""
    by_id = {index: piece for piece, index in content["model"]["vocab"].items()}
    by_id |= {token["id"]: token["content"] for token in content["added_tokens"]}
    return [by_id.get(index, f"<no token {index}>") for index in range(max(by_id) + 1)]


def write_tokenizer_files(source: Path, folder: Path, ids: IdMap) -> None:
    """Write every tokenizer file that `source` has, cut to the tokens of `ids`, into `folder`."""
    whole: TokenizerJson = json.loads((source / "tokenizer.json").read_text(encoding="utf-8"))
    gone = {token["content"] for token in whole["added_tokens"] if token["id"] not in ids}
    _rewrite(source, folder, "tokenizer.json", lambda content: cut_tokenizer_json(content, ids))
    _rewrite(source, folder, "tokenizer_config.json", lambda content: _without(gone, _cut_config(content, ids)))
    _rewrite(source, folder, "special_tokens_map.json", lambda content: _without(gone, content))
    _rewrite(source, folder, "added_tokens.json", lambda content: {text: ids[i] for text, i in content.items() if i in ids})
    if (source / "chat_template.jinja").is_file():
        (folder / "chat_template.jinja").write_bytes((source / "chat_template.jinja").read_bytes())
    if (source / "tokenizer.model").is_file():
        (folder / "tokenizer.model").write_bytes(cut_sentencepiece((source / "tokenizer.model").read_bytes(), ids))


def cut_tokenizer_json(content: TokenizerJson, ids: IdMap) -> dict[str, object]:
    """The content of a tokenizer.json (Hugging Face tokenizers, BPE) with only the tokens of `ids`, and merges among them."""
    model = content["model"]
    vocabulary = {piece: ids[old] for piece, old in model["vocab"].items() if old in ids}
    merges = [merge for merge in model["merges"] if _is_kept(_pair(merge), vocabulary)]
    added = [{**token, "id": ids[token["id"]]} for token in content["added_tokens"] if token["id"] in ids]
    cut: dict[str, object] = {
        **content,
        "model": {**model, "vocab": vocabulary, "merges": merges},
        "added_tokens": added,
    }
    if post_processor := content.get("post_processor"):
        cut["post_processor"] = _renumbered(post_processor, ids)
    return cut


def cut_sentencepiece(serialised: bytes, ids: IdMap) -> bytes:
    """A tokenizer.model (sentencepiece BPE) with only the pieces of `ids`; their scores and types stay."""
    from sentencepiece import sentencepiece_model_pb2 as protocol

    model = protocol.ModelProto.FromString(serialised)  # type: ignore[attr-defined]  # its classes are made at import
    kept = [piece for index, piece in enumerate(model.pieces) if index in ids]
    cut = protocol.ModelProto()  # type: ignore[attr-defined]  # as above
    cut.CopyFrom(model)
    del cut.pieces[:]
    cut.pieces.extend(kept)
    trainer = cut.trainer_spec
    trainer.vocab_size = len(kept)
    for name in ("pad_id", "eos_id", "bos_id", "unk_id"):
        setattr(trainer, name, ids.get(getattr(trainer, name), -1))  # -1: sentencepiece's sign for none
    return bytes(cut.SerializeToString())


def renumber_token_ids(settings: Mapping[str, object], ids: IdMap) -> dict[str, object]:
    """A config or generation config whose token ids are the new ones; ids of tokens that are gone are left out."""
    renumbered: dict[str, object] = {}
    for key, value in settings.items():
        if not key.endswith(("_token_id", "_token_ids", "_tokens")) or value is None:
            renumbered[key] = value
        elif isinstance(value, int):
            if value in ids:
                renumbered[key] = ids[value]
        elif isinstance(value, list) and all(isinstance(one, int) for one in value):
            renumbered[key] = [ids[one] for one in value if one in ids]
        else:
            renumbered[key] = value
    return renumbered


def _cut_config(content: dict[str, object], ids: IdMap) -> dict[str, object]:
    added = content.get("added_tokens_decoder")
    if not isinstance(added, dict):
        return content
    return content | {"added_tokens_decoder": {str(ids[int(i)]): token for i, token in added.items() if int(i) in ids}}


def _without(gone: Collection[str], content: Any) -> Any:
    """Settings that name none of these tokens; transformers would add one that is named behind the last id."""
    if isinstance(content, dict):
        return {key: _without(gone, value) for key, value in content.items() if not _names(gone, value)}
    return [_without(gone, value) for value in content if not _names(gone, value)] if isinstance(content, list) else content


def _names(gone: Collection[str], value: object) -> bool:
    named = value.get("content") if isinstance(value, dict) else value
    return isinstance(named, str) and named in gone


def _renumbered(post_processor: PostProcessor, ids: IdMap) -> dict[str, object]:
    """The template that puts BOS before a text, with the new id of BOS."""
    if "processors" in post_processor:
        return {**post_processor, "processors": [_renumbered(one, ids) for one in post_processor["processors"]]}
    special = {
        name: {**token, "ids": [ids[index] for index in token["ids"]]}
        for name, token in post_processor.get("special_tokens", {}).items()
    }
    return {**post_processor, **({"special_tokens": special} if special else {})}


def _pair(merge: str | list[str]) -> tuple[str, str]:
    """A merge of tokenizer.json, which is a pair, or in older files a text with a space between the two."""
    left, right = merge.split(" ") if isinstance(merge, str) else merge
    return left, right


def _is_kept(pair: tuple[str, str], vocabulary: Mapping[str, int]) -> bool:
    return pair[0] in vocabulary and pair[1] in vocabulary and pair[0] + pair[1] in vocabulary


def _rewrite(source: Path, folder: Path, name: str, change: Callable[[Any], object]) -> None:
    if (source / name).is_file():
        content = change(json.loads((source / name).read_text(encoding="utf-8")))
        (folder / name).write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
