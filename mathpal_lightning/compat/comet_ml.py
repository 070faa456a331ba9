"""Private parts of comet-ml: what it records of the git repository that a run starts in."""

from __future__ import annotations

import functools
from collections.abc import Callable
from urllib.parse import urlsplit, urlunsplit

from mathpal_lightning.compat.guard import require

LIBRARY = "comet-ml"
SERVER = "https://www.comet.com/clientlib/"
"""What comet-ml calls where COMET_URL_OVERRIDE names no other server."""
_ORIGIN = "get_origin_url"


def hide_credentials() -> None:
    """Keep user, password and token out of the address of the git remote that Comet records, from now on in this process.

    `git clone https://TOKEN@host/repository` keeps the token in the address, and Comet would upload it with every run.

    Raises:
        ConfigError: this version asks for the address elsewhere.
    """
    from comet_ml import git_logging

    real: Callable[[object], str | None] = require(git_logging, _ORIGIN, LIBRARY, "a git remote without its token")
    if hasattr(real, "__wrapped__"):  # done before
        return

    @functools.wraps(real)
    def without_credentials(repo: object) -> str | None:
        origin = real(repo)
        return None if origin is None else bare_address(origin)

    setattr(git_logging, _ORIGIN, without_credentials)


def bare_address(url: str) -> str:
    """A URL without user, password, query and fragment; `git@host:path`, which can hold no password, as it is.

    >>> bare_address("https://lan:ghp_123@github.com/lan/maths.git?token=1")
    'https://github.com/lan/maths.git'
    >>> bare_address("git@github.com:lan/maths.git")
    'git@github.com:lan/maths.git'
    """
    if "://" not in url:
        return url
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))
