"""A base model with a small vocabulary: an ordinary folder of a text-only Gemma, made once and kept in the cache.

The rows of the embedding (and of Gemma 3n's and 4's per-layer embeddings) that belong to kept tokens are copied bit for bit;
everything else stays as it is. So the hidden states of a text are the full base's, and its logits are the full base's at the
kept tokens.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

import torch

from mathpal_lightning.compat.system import quoted
from mathpal_lightning.content_key import content_key
from mathpal_lightning.errors import ConfigError, ModelError
from mathpal_lightning.files import cache_folder, locked, sha256_of, text_lines, whole_file, whole_folder
from mathpal_lightning.sealed import must_be_made, seal
from mathpal_lightning.vocabulary.choose import small_pieces
from mathpal_lightning.vocabulary.closure import closed
from mathpal_lightning.vocabulary.cut_files import notice_of, rows_of_tables, write_configs, write_weights
from mathpal_lightning.vocabulary.tokenizer_files import read_pieces, write_tokenizer_files

FULL = "full"
"""The name of a base's own vocabulary."""
SMALL = "small"
"""The name of the vocabulary that the package's own lists make."""
RECORD = "vocabulary.json"
"""Lies in the folder of a small base and in the adapter folder: which tokens of which base are kept."""
NOTICE = "VOCABULARY.md"
_COPIED = ("*.html", "NOTICE*", "LICENSE*", "README.upstream.md")

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The kept tokens of a base."""

    name: str
    """`small`, or the name of the file that lists the additional pieces."""
    pieces: tuple[str, ...]
    """By their new ids."""
    full_size: int
    """Tokens of the base's own vocabulary."""

    @property
    def digest(self) -> str:
        """SHA-256 over the pieces in their order: two runs with equal digests have equal token ids."""
        return sha256("\n".join(piece.replace("\n", "\\n") for piece in self.pieces).encode()).hexdigest()


def vocabulary_of(folder: Path) -> Vocabulary | None:
    """The vocabulary of a small base's folder, or of an adapter's that was trained on one; None for any other folder."""
    return _read_vocabulary(folder / RECORD)


def vocabulary_digest(folder: Path) -> str:
    """The digest of a small base's vocabulary; empty for a full base."""
    vocabulary = vocabulary_of(folder)
    return vocabulary.digest if vocabulary else ""


def choose_vocabulary(base: Path, wanted: str) -> Vocabulary:
    """The tokens that a base keeps; the choice is made once for each tokenizer and kept in the cache.

    Args:
        base: the folder of a full base.
        wanted: `small`, or the path of a file with additional pieces, one JSON string a line.

    Raises:
        ConfigError: the file of pieces cannot be read or holds no token of the base, or the base has no tokenizer.json.
    """
    if not (base / "tokenizer.json").is_file():
        raise ConfigError("a base with a tokenizer.json", f"none in {base}", "Use `model.vocabulary: full` with this base.")
    extra = () if wanted == SMALL else tuple(read_piece_file(Path(wanted)))
    tokenizer = sha256_of(base / "tokenizer.json")
    rows, name = rows_of_tables(base), Path(wanted).name
    key = content_key("mathpal_lightning.vocabulary.base", tokenizer=tokenizer, rows=rows, extra=list(extra), name=name)
    file = cache_folder() / "vocabularies" / f"{key}.json"
    vocabulary = _read_vocabulary(file)
    if vocabulary is None:
        pieces, _, _ = read_pieces(base)
        vocabulary = Vocabulary(name, tuple(pieces[old] for old in kept_ids(base, extra)), len(pieces))
        with whole_file(file) as temporary:
            temporary.write_text(_record(vocabulary), encoding="utf-8")
    _require_known(extra, vocabulary, base, wanted)
    return vocabulary


def _require_known(extra: Sequence[str], vocabulary: Vocabulary, base: Path, wanted: str) -> None:
    """Refuse a file of pieces of which the base has none, and warn of some."""
    known = set(vocabulary.pieces)
    unknown = [piece for piece in extra if piece not in known]
    way_out = f"Write the file with `mathpal vocabulary ROWS --out FILE --model {quoted(base)}`."
    if unknown and len(unknown) == len(extra):
        raise ConfigError(f"tokens of the base in {wanted}", f"none, but {unknown[0]!r}", way_out)
    if unknown:
        said = "%d of %d pieces in %s are no tokens of this base and add nothing, %r among them. %s"
        log.warning(said, len(unknown), len(extra), wanted, unknown[0], way_out)


def kept_ids(base: Path, extra: Iterable[str] = ()) -> list[int]:
    """The ids of the tokens that the small vocabulary of a base keeps, with `extra` pieces, closed under merges, in order.

    Args:
        base: the folder of a full base.
        extra: pieces to keep besides the fixed lists.
    """
    from tokenizers import Tokenizer

    pieces, added, rank = read_pieces(base)
    ids = {piece: index for index, piece in enumerate(pieces)}
    tokenizer = Tokenizer.from_file(str(base / "tokenizer.json"))
    wanted = small_pieces(
        pieces, added, lambda texts: [one.ids for one in tokenizer.encode_batch(list(texts), add_special_tokens=False)]
    )
    bytes_ = {piece for piece in ids if re.fullmatch(r"<0x[0-9A-F]{2}>", piece)}  # without all 256 nothing can be decoded
    wanted |= {ids[piece] for piece in (*extra, *bytes_) if piece in ids}
    marked = bytes_ | set(added)
    plain = closed((pieces[index] for index in wanted if pieces[index] not in marked), ids, rank)
    rows = rows_of_tables(base)
    return sorted(index for index in wanted | {ids[piece] for piece in plain} if index < rows)


def cut_base(base: Path, vocabulary: Vocabulary) -> Path:
    """The folder of a base with only the tokens of a vocabulary; made when it is not in the cache yet.

    Args:
        base: the folder of a full base, with tokenizer.json and safetensors.
        vocabulary: what it keeps: `choose_vocabulary`, or what an adapter folder holds.

    Raises:
        ModelError: the base has not all of these tokens: it is another base than the vocabulary was cut from.
    """
    content = _content_digest(tuple((path, path.stat().st_mtime_ns) for path in _files_of(base)))
    key = content_key("mathpal_lightning.vocabulary.base", content=content, vocabulary=vocabulary.digest)
    folder = cache_folder() / "models" / f"{base.name[:40]}-small-{key[:12]}"
    if must_be_made(folder):
        with locked(folder.with_suffix(".lock")):
            if must_be_made(folder):
                log.warning(
                    "Making the base with %d of %d tokens, once, in %s", len(vocabulary.pieces), vocabulary.full_size, folder
                )
                with whole_folder(folder) as temporary:
                    write_cut_base(base, temporary, vocabulary)
                    seal(temporary)
    return folder


def ids_of(base: Path, vocabulary: Vocabulary, pieces: Sequence[str] | None = None) -> dict[int, int]:
    """Old id -> new id of a vocabulary's tokens.

    Args:
        base: the folder of the full base.
        vocabulary: the small one.
        pieces: the tokens of the base by id, where they are read already.

    Raises:
        ModelError: the base has not all of these tokens.
    """
    ids = {piece: index for index, piece in enumerate(read_pieces(base)[0] if pieces is None else pieces)}
    if unknown := [piece for piece in vocabulary.pieces if piece not in ids]:
        raise ModelError(
            f"a base with the {len(vocabulary.pieces):,} tokens of this vocabulary",
            f"{base} without {len(unknown):,} of them, {unknown[0]!r} among them",
            "Use the base that the adapter was trained on.",
        )
    return {ids[piece]: new for new, piece in enumerate(vocabulary.pieces)}


@lru_cache(maxsize=8)
def _content_digest(files: tuple[tuple[Path, int], ...]) -> str:
    """SHA-256 over files; unchanged files are read once a process."""
    return sha256_of(*(path for path, _ in files))


def _files_of(base: Path) -> list[Path]:
    """Every file that `write_cut_base` reads."""
    patterns = ("*.json", "*.safetensors", "tokenizer.model", "chat_template.jinja", *_COPIED)
    return sorted({file for pattern in patterns for file in base.glob(pattern)})


def _read_vocabulary(file: Path) -> Vocabulary | None:
    if not file.is_file():
        return None
    record = json.loads(file.read_text(encoding="utf-8"))
    return Vocabulary(record["name"], tuple(record["pieces"]), record["full_size"])


def _record(vocabulary: Vocabulary) -> str:
    return json.dumps(asdict(vocabulary), ensure_ascii=False)


def write_cut_base(base: Path, folder: Path, vocabulary: Vocabulary) -> None:
    """Write tokenizer, config, weights, record and notices of a base with only the tokens of a vocabulary."""
    ids = ids_of(base, vocabulary)
    for pattern in _COPIED:
        for file in base.glob(pattern):
            (folder / file.name).write_bytes(file.read_bytes())
    write_tokenizer_files(base, folder, ids)
    write_configs(base, folder, ids)
    write_weights(base, folder, torch.tensor(sorted(ids)))
    (folder / RECORD).write_text(_record(vocabulary), encoding="utf-8")
    model_type = json.loads((base / "config.json").read_text(encoding="utf-8")).get("model_type", "")
    (folder / NOTICE).write_text(notice_of(model_type, vocabulary.full_size, len(ids)), encoding="utf-8")


def read_piece_file(file: Path) -> list[str]:
    """The pieces of a vocabulary file: one JSON string a line, so that spaces and newlines are visible.

    Raises:
        ConfigError: there is no such file, or a line is no JSON string.
    """
    if not file.is_file():
        raise ConfigError(
            "`model.vocabulary` to be full, small, or a file of pieces",
            f"{str(file)!r}, which is no file",
            "Write one with `mathpal vocabulary ROWS --out FILE`.",
        )
    pieces = []
    for number, line in enumerate(text_lines(file, errors="replace"), 1):
        if not line.strip():
            continue
        try:
            piece = json.loads(line)
        except json.JSONDecodeError:
            piece = None
        if not isinstance(piece, str):
            raise ConfigError(
                f'a token as a JSON string ("\\u2581kg") in {file}, line {number}',
                repr(line[:60]),
                "Write the file with `mathpal vocabulary ROWS --out FILE`.",
            )
        pieces.append(piece)
    return pieces
