"""A finished artefact -> one commit on the Hugging Face Hub. Nothing here changes or removes a local file.

huggingface_hub reads the token from the environment (HF_TOKEN) or from the login store (`hf auth login`). The token is sent in
request headers only.
"""

from __future__ import annotations

import logging
import re
import shlex
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

import httpx
from huggingface_hub import CommitInfo, CommitOperationAdd, HfApi, get_token, is_offline_mode
from huggingface_hub.errors import HfHubHTTPError, HFValidationError
from huggingface_hub.utils import build_hf_headers, get_session, hf_raise_for_status, validate_repo_id

from mathpal_lightning.compat.huggingface_hub import disable_xet, set_deadlines
from mathpal_lightning.errors import ConfigError, PushError
from mathpal_lightning.export.publish.facts import Artefact, artefact_folder, read_facts
from mathpal_lightning.export.publish.model_card import model_card
from mathpal_lightning.export.publish.pushed_files import files_to_push
from mathpal_lightning.run.folder import CARD

log = logging.getLogger(__name__)

_Result = TypeVar("_Result")
WAIT_SECONDS = 20.0
"""Time limit of a question to the Hub, in seconds. Uploads have no limit."""
RETRY_WAITS = (2.0, 8.0, 30.0)
"""Seconds to wait before a step that the Hub answered with a server error (5xx) is tried again."""
_NO_XET = (404, 405, 501)
_LOG_IN = "Log in (hf auth login, or HF_TOKEN in the environment)"
_LATER = "leave push.repo out and push after training: mathpal export RUN --push "
_ALLOW = "Give the token the right to write there (https://huggingface.co/settings/tokens)"


def push_to_hub(run: str | Path, repo: str, artefact: Artefact = "adapter", private: bool = True) -> dict[str, str]:
    """Send an artefact of a run with its model card as one commit. Files that the repo already has are not sent again.

    Args:
        run: the run folder, or a bare adapter folder.
        repo: the Hub id. The repo is created if it does not exist.
        artefact: `adapter`, `merged`, `merged_4bit`, or `gguf`: every GGUF of the run, with its Modelfile.
        private: create the repo as private, and refuse to push to a public one.

    Returns:
        `repo`, its `url` and the `commit`.

    Raises:
        ConfigError: `repo` is not a Hub id.
        PushError: the artefact is incomplete, or the Hub refused it or could not be reached. All local files are kept, and
            the message has the command that finishes the push.
    """
    require_hub_id(repo)
    run = Path(run)
    base = read_facts(run).base
    contents = files_to_push(artefact_folder(run, artefact), artefact, base)
    contents[CARD] = model_card(run, repo, artefact).encode()
    again = finishing_command(run, repo, artefact, private)
    _require_online(f"Everything is kept. Unset it and run: {again}")
    try:
        set_deadlines()
        api = HfApi()
        url = _retried(lambda: api.create_repo(repo, private=private, exist_ok=True))
        found = _retried(lambda: api.model_info(repo, expand=["private"]))
        _require_privacy(repo, private, bool(found.private))
        if not _retried(lambda: _speaks_xet(repo)):  # huggingface_hub does not check this, and its upload fails
            disable_xet()

        def send() -> CommitInfo:  # a retry does not send the files again that have arrived
            operations = [CommitOperationAdd(name, content) for name, content in contents.items()]
            return api.create_commit(repo, operations, commit_message=f"{artefact} by mathpal-lightning")

        commit = _retried(send)
    except (httpx.HTTPError, OSError, ValueError, RuntimeError) as error:
        cause = _cause(error)
        way_out = f"Everything is kept. {_advice(cause)}, then run: {again}"
        raise PushError(f"{artefact} pushed to {repo}", _first_line(cause), way_out) from None
    return {"repo": repo, "url": str(url), "commit": commit.oid}


def _retried(step: Callable[[], _Result]) -> _Result:
    """Run a step. If the Hub answers with a server error (5xx), wait and try again, at most three times."""
    for wait in RETRY_WAITS:
        try:
            return step()
        except HfHubHTTPError as error:
            if error.response.status_code < 500:
                raise
            log.warning("push: the Hub answered %d; trying again in %.0f s", error.response.status_code, wait)
        time.sleep(wait)
    return step()


def finishing_command(run: Path, repo: str, artefact: Artefact, private: bool) -> str:
    """The command that pushes the files on disk and does nothing else."""
    words = ["mathpal", "export", str(run), "--push", repo]
    words += ["--artefact", artefact] if artefact != "adapter" else []
    return shlex.join(words + ([] if private else ["--private", "false"]))


def require_push(repo: str, private: bool = True, say: Callable[[str], None] = print) -> None:
    """Check before training that a push to this repo can work, as far as the Hub can tell.

    Args:
        repo: the Hub id.
        private: whether the repo has to be private.
        say: called with a message if the Hub cannot be reached. Training may begin all the same.

    Raises:
        ConfigError: `repo` is not a Hub id.
        PushError: offline mode is on, there is no token, the token is invalid or may not write there, or the repo is public.
    """
    require_hub_id(repo)
    _require_online(f"Unset it, or {_LATER}{repo}")
    if get_token() is None:
        raise PushError(f"a token that may write to {repo}", "none", f"{_LOG_IN}, or {_LATER}{repo}")
    try:
        who, there = _ask("/api/whoami-v2"), _ask(f"/api/models/{repo}", missing=(404,)) or {}
    except httpx.HTTPError as error:
        if _status(error) in (401, 403):
            way_out = f"{_advice(error)}, or {_LATER}{repo}"
            raise PushError(f"a token that may write to {repo}", _first_line(error), way_out) from None
        say(f"push: could not check whether {repo} may be pushed to: {_first_line(error)}")
        return
    if refusal := why_not(who, repo):
        raise PushError(f"a token that may write to {repo}", refusal, f"{_ALLOW}, or {_LATER}{repo}")
    _require_privacy(repo, private, there.get("private", True))


def why_not(who: Mapping[str, Any], repo: str) -> str | None:
    """Why a token cannot write to a repo, from the Hub's answer to whoami. None if there is no reason."""
    owner = repo.split("/")[0]
    token = (who.get("auth") or {}).get("accessToken") or {}
    role = token.get("role")
    if role == "read":
        return f"a token of {who.get('name')} that may only read"
    if role == "fineGrained":
        scopes = (token.get("fineGrained") or {}).get("scoped") or ()
        writable = [scope["entity"].get("name") for scope in scopes if "repo.write" in scope.get("permissions", ())]
        allowed = owner in writable or repo in writable
        return None if allowed else f"a fine-grained token that may write to {', '.join(writable) or 'nothing'}"
    organisations = {of.get("name"): of.get("roleInOrg") for of in who.get("orgs") or ()}
    if owner != who.get("name") and owner not in organisations:
        return f"a token of {who.get('name')}, who is no member of {owner}"
    return f"a token of {who.get('name')}, who may only read in {owner}" if organisations.get(owner) == "read" else None


def require_hub_id(repo: str) -> None:
    """Refuse a name that cannot be a Hub id.

    Raises:
        ConfigError: it is not `owner/name`.
    """
    try:
        validate_repo_id(repo)
        if repo.count("/") != 1:
            raise HFValidationError
    except HFValidationError:
        raise ConfigError("a Hub id, owner/name, to push to", repr(repo), "Write it as your-name/model-name.") from None


def _require_online(way_out: str) -> None:
    if is_offline_mode():
        raise PushError("a connection to the Hub", "offline mode: HF_HUB_OFFLINE is set", way_out)


def _require_privacy(repo: str, private: bool, found_private: bool) -> None:
    if private and not found_private:
        raise PushError(f"a private repo {repo}", "a public one", "Push to another, or let everybody read it: --private false.")


def _speaks_xet(repo: str) -> bool:
    """Whether the server accepts uploads by Xet. Mirrors and proxies often do not."""
    return _ask(f"/api/models/{repo}/xet-write-token/main", missing=_NO_XET) is not None


def _ask(path: str, missing: Sequence[int] = ()) -> Any:
    """GET from the Hub. None if it answers with one of the statuses in `missing`."""
    response = get_session().get(HfApi().endpoint + path, headers=build_hf_headers(), timeout=WAIT_SECONDS)
    if response.status_code in missing:
        return None
    hf_raise_for_status(response)
    return response.json()


def _cause(error: Exception) -> Exception:
    """The error behind the RuntimeError that huggingface_hub raises if an upload thread failed; else the error itself."""
    return error.__cause__ if isinstance(error, RuntimeError) and isinstance(error.__cause__, Exception) else error


def _advice(error: Exception) -> str:
    return {401: _LOG_IN, 403: _ALLOW}.get(_status(error), "Check the connection")


def _status(error: Exception) -> int:
    """The HTTP status of the Hub's answer. 0 if there was none, or if the storage behind the Hub answered: it uses no token."""
    if isinstance(error, HfHubHTTPError) and str(error.response.url).startswith(HfApi().endpoint):
        return error.response.status_code
    return 0


def _first_line(error: Exception) -> str:
    """The first line of an error and of the server's message, without the token and without the query of a signed URL."""
    said, server_said = (str(of).strip().partition("\n")[0] for of in (error, getattr(error, "server_message", None) or ""))
    said = f"{said or type(error).__name__}{f': {server_said}' if server_said not in said else ''}"
    said = re.sub(r"(://[^\s?]+)\?[^\s']+", r"\1", said)
    return said.replace(token, "***") if (token := get_token()) else said
