"""Comet's record of a run holds the git remote without the token of its clone."""

import subprocess
import zipfile
from pathlib import Path

import pytest

from mathpal_lightning.compat import comet_ml as compat
from mathpal_lightning.compat.lightning import OfflineCometLogger
from mathpal_lightning.errors import ConfigError

TOKEN = "ghp_" + "x1Y2" * 9


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "clone"
    for words in (["init", "-q"], ["remote", "add", "origin", f"https://lan:{TOKEN}@example.org/lan/maths.git"]):
        folder.mkdir(exist_ok=True)
        subprocess.run(["git", *words], cwd=folder, check=True)
    identity = ["-c", "user.name=Lan", "-c", "user.email=lan@example.org"]
    subprocess.run(["git", *identity, "commit", "-q", "--allow-empty", "-m", "first"], cwd=folder, check=True)
    monkeypatch.chdir(folder)
    return folder


def archive_of_a_run(folder: Path) -> bytes:
    folder.mkdir()
    logger = OfflineCometLogger(offline_directory=str(folder), display_summary_level=0)
    logger.experiment.end()
    (file,) = folder.glob("*.zip")
    with zipfile.ZipFile(file) as archive:
        return b"".join(archive.read(name) for name in archive.namelist())


def test_the_archive_names_the_remote_without_its_token(repository: Path, tmp_path: Path):
    contents = archive_of_a_run(tmp_path / "comet")
    assert b"example.org/lan/maths.git" in contents
    assert TOKEN.encode() not in contents


def test_the_patch_is_applied_once_and_leaves_other_addresses_alone(monkeypatch: pytest.MonkeyPatch):
    from comet_ml import git_logging

    asked = []

    def origin(repo: str) -> str | None:
        asked.append(repo)
        return {"none": None}.get(repo, f"https://{TOKEN}@example.org/x")

    monkeypatch.setattr(git_logging, "get_origin_url", origin)
    compat.hide_credentials()
    compat.hide_credentials()
    assert git_logging.get_origin_url("repo") == "https://example.org/x"
    assert git_logging.get_origin_url("none") is None
    assert asked == ["repo", "none"]


def test_a_function_that_is_gone_is_an_error(monkeypatch: pytest.MonkeyPatch):
    from comet_ml import git_logging

    monkeypatch.delattr(git_logging, "get_origin_url")
    with pytest.raises(ConfigError, match=r"git_logging.get_origin_url`, for a git remote without its token, .* comet-ml \d"):
        compat.hide_credentials()


@pytest.mark.parametrize(
    ("url", "bare"),
    [
        (f"https://{TOKEN}@example.org/a", "https://example.org/a"),
        ("https://user:p%40ss@example.org:8443/a?x=1#y", "https://example.org:8443/a"),
        ("ssh://git@example.org/a", "ssh://example.org/a"),
        ("git@example.org:a", "git@example.org:a"),
        ("/srv/git/a", "/srv/git/a"),
    ],
)
def test_an_address_loses_its_credentials(url: str, bare: str):
    assert compat.bare_address(url) == bare
