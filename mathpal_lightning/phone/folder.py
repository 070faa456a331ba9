"""The folder that any web server can serve. Nothing in it is loaded from elsewhere.

index.html, page.css, ...    serving/page as it is, with three more lines in the head
ask.js, engine.js, ...       site/ of this room; ask.js stands in the place of the server's
sw.js                        the service worker, with the version and the list of what it fetches first
site.json                    what engine.js reads: the pieces of the model, the context, the examples
model/00-DIGEST.bin, ...     the GGUF, cut; another model's pieces have other names, so no cache can mix them
mathpal.zip                  the Python that runs in the browser (brain.py), with the libraries that it needs
wllama/, pyodide/            from npm (packages.py)
"""

from __future__ import annotations

import ast
import hashlib
import json
import shutil
import zipfile
from collections.abc import Iterator, Sequence
from importlib.metadata import distribution
from pathlib import Path

from mathpal_lightning.errors import ExportError
from mathpal_lightning.files import sha256_of, whole_folder
from mathpal_lightning.phone.packages import PACKAGES, unpack_packages
from mathpal_lightning.serving import PAGE
from mathpal_lightning.serving.font import math_font

PIECE = 20_000_000
"""Bytes of a piece of the model: Cloudflare Pages refuses files above 25 MiB, GitHub above 100 MB."""
LARGEST = 2_000_000_000
"""Bytes of the largest GGUF: a browser's 32-bit WebAssembly has 4 GB for weights, context and all, and Safari no other."""
CONTEXT, MOST_TOKENS = 2048, 1024
_SITE = Path(__file__).with_name("site")
_ROOT = Path(__file__).parents[1]
_NOT_COPIED = ("login.html", "login.js", "teacher.html", "teacher.js", "ask.js")
"""Of the server's page: what only a server answers."""
_ONLY_FOR_VERIFICATION = ("verify.html", "verify.js")
_POLICY = (
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval' blob:; style-src 'self'; img-src 'self'; font-src 'self'; "
    "connect-src 'self' blob:; worker-src 'self' blob:; manifest-src 'self'; base-uri 'none'"
)
"""As the server's, and WebAssembly; wllama runs its worker from a blob."""
_HEAD = f"""\
  <meta http-equiv="Content-Security-Policy" content="{_POLICY}">
  <link rel="manifest" href="manifest.webmanifest">
  <script src="start.js" defer></script>
"""
_PYTHON_LIBRARIES = ("latex2mathml", "markdown-it-py", "mdurl", "mpmath")
_PYTHON_SUFFIXES = (".py", ".txt", "")
"""Code, tables, and METADATA: latex2mathml asks for its own version."""
_LARGE = ("model/", "wllama/", "pyodide/")
"""Fetched when the first problem is asked, not when the page opens."""
_ENGINE = "wllama/index.js"
"""Imported by engine.js as soon as the page opens, so without it no later visit works offline."""


def write_page(gguf: Path, folder: Path, turns: tuple[str, str], examples: Sequence[str] = (), notice: str = "") -> Path:
    """Write the folder, whole or not at all.

    Args:
        gguf: the model.
        folder: where to write; an older one is replaced.
        turns: what stands before and after a question in the prompt, less BOS.
        examples: the problems on the buttons of the welcome.
        notice: what the licence of the weights wants to be passed on with them.

    Raises:
        ConfigError, ExportError: a package from npm cannot be had, or the GGUF is too large for a browser.
    """
    if (size := gguf.stat().st_size) > LARGEST:
        way_out = "Export a smaller one (gguf:q4_k_m), or fine-tune a smaller base."
        raise ExportError(f"a GGUF of at most {LARGEST / 1e9:.0f} GB for a browser", f"{size / 1e9:.1f} GB: {gguf}", way_out)
    with whole_folder(folder) as new:
        unpack_packages(new)
        _copy_page(new)
        _pack_python(new / "mathpal.zip", turns)
        pieces = list(_cut(gguf, new))
        download = sum(file.stat().st_size for file in new.rglob("*") if file.is_file() and "compat" not in file.parts)
        site = {"pieces": pieces, "bytes": size, "download": download, "context": CONTEXT, "most_tokens": MOST_TOKENS}
        _write_json(new / "site.json", site | {"examples": list(examples)})
        (new / "LICENCES.txt").write_text(_licences(notice), encoding="utf-8")
        (new / ".nojekyll").touch()  # GitHub's Jekyll would leave files out
        _write_worker(new)
    return folder


def _copy_page(new: Path) -> None:
    for source in (PAGE, _SITE):
        for file in source.iterdir():
            if file.name not in (*(_NOT_COPIED if source is PAGE else ()), *_ONLY_FOR_VERIFICATION):
                shutil.copy(file, new)
    shutil.copy(math_font(), new / "math.ttf")
    index = new / "index.html"
    index.write_text(index.read_text(encoding="utf-8").replace("</head>", f"{_HEAD}</head>"), encoding="utf-8")


def _cut(gguf: Path, new: Path) -> Iterator[dict[str, object]]:
    """Write the pieces of the model; yields the name and the bytes of each."""
    (new / "model").mkdir()
    with gguf.open("rb") as source:
        number = 0
        while piece := source.read(PIECE):
            name = f"model/{number:02}-{hashlib.sha256(piece).hexdigest()[:16]}.bin"
            (new / name).write_bytes(piece)
            yield {"file": name, "bytes": len(piece)}
            number += 1


def _write_worker(new: Path) -> None:
    """Put the version, a digest of all files, and the small files into the service worker: another page is another worker."""
    files = sorted(file for file in new.rglob("*") if file.is_file() and file.name not in (".nojekyll", "sw.js"))
    names = [file.relative_to(new).as_posix() for file in files]
    first = ["./", *(name for name in names if name == _ENGINE or not name.startswith(_LARGE))]
    constants = f"const VERSION = {json.dumps(sha256_of(*files)[:16])};\nconst FIRST = {json.dumps(first)};\n"
    worker = new / "sw.js"
    worker.write_text(constants + worker.read_text(encoding="utf-8"), encoding="utf-8")


def _pack_python(file: Path, turns: tuple[str, str]) -> None:
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for module in modules_of("mathpal_lightning.phone.brain"):
            name = module.relative_to(_ROOT.parent)
            # The rooms' own __init__ import files that need a server; in the browser each file is imported by its name.
            text = "" if name.as_posix() in _BARE else module.read_text(encoding="utf-8")
            archive.writestr(name.as_posix(), text)
        archive.writestr("mathpal_lightning/phone/turns.json", json.dumps(turns))
        for library in _PYTHON_LIBRARIES:
            for path in distribution(library).files or ():
                if path.suffix in _PYTHON_SUFFIXES and "tests" not in path.parts:
                    archive.write(path.locate(), path.as_posix())


_BARE = ("mathpal_lightning/serving/__init__.py", "mathpal_lightning/phone/__init__.py")


def modules_of(name: str) -> list[Path]:
    """The files of this package that a module imports when it is loaded, its own and their packages' included.

    Imports inside functions and for types only are not followed.
    """
    found: set[Path] = set()
    wanted = [name]
    while wanted:
        module = wanted.pop()
        file = _file_of(module)
        if file is None or file in found:
            continue
        found.add(file)
        wanted.append(module.rpartition(".")[0])
        if file.relative_to(_ROOT.parent).as_posix() not in _BARE:
            wanted += _imported(ast.parse(file.read_text(encoding="utf-8")).body)
    return sorted(found)


def _file_of(module: str) -> Path | None:
    place = _ROOT.parent.joinpath(*module.split("."))
    return next((file for file in (place.with_suffix(".py"), place / "__init__.py") if file.is_file()), None)


def _imported(statements: Sequence[ast.stmt]) -> Iterator[str]:
    """The names that statements at the top of a module import; `from room import file` may mean the file."""
    for statement in statements:
        if isinstance(statement, ast.Import):
            yield from (alias.name for alias in statement.names)
        elif isinstance(statement, ast.ImportFrom) and statement.module:
            yield statement.module
            yield from (f"{statement.module}.{alias.name}" for alias in statement.names)


def _write_json(file: Path, content: dict[str, object]) -> None:
    file.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _licences(notice: str) -> str:
    lines = [
        "This page is made by mathpal-lightning (Apache-2.0). It holds these programs, each unchanged, under its own licence:",
        *(
            f"  {package.name} {package.version}: {package.licence}, https://www.npmjs.com/package/{package.name}"
            for package in PACKAGES
        ),
        "  latex2mathml, markdown-it-py, mdurl: MIT; mpmath: BSD-3-Clause; all of https://pypi.org",
        "  STIX Two Math (math.ttf): SIL Open Font License 1.1, https://www.stixfonts.org",
        "The source of each, which MPL-2.0 asks to be named, is linked from these pages.",
    ]
    return "\n".join([*lines, *(["", "The weights of the model:", notice] if notice else [])]) + "\n"
