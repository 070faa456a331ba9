"""A coverage-guided fuzzer (atheris) on readers, normaliser, number parser, answers, chat encoding and configs.

    pip install 'mathpal-lightning[fuzz]'
    python -m tests.fuzz.coverage text   -max_total_time=600      answers, numbers, the normaliser, equivalence, chat
    python -m tests.fuzz.coverage jsonl  -max_total_time=600      also json, csv, parquet
    python -m tests.fuzz.coverage config -max_total_time=600

It stops at the first case that gives anything but one of our errors, and leaves the case in a file crash-*.
"""

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["mathpal_lightning", "jsonargparse"]):
    from tests.fuzz import cases

    if sys.argv[1:2] == ["config"]:  # which `cases` imports when it is asked for, and then without instruments
        import mathpal_lightning.cli.lightning_cli  # noqa: F401


def target(what: str, folder: Path) -> Callable[[bytes], None]:
    """What the fuzzer calls with its bytes."""
    if what == "text":

        def handle(content: bytes) -> None:
            text = content.decode("utf-8", "ignore")[:3000]
            question, _, solution = text.rpartition("\0")
            cases.handle_text(solution, question)

        return handle
    if what == "config":
        parse = cases.config_parser(folder)
        return lambda content: parse(content) and None
    file = folder / f"rows.{what}"
    return lambda content: file.write_bytes(content) and cases.read_file(file) and None


def main() -> None:
    what, *options = sys.argv[1:]
    with tempfile.TemporaryDirectory() as folder:
        seeds = Path(folder) / "seeds"
        seeds.mkdir()
        for number in range(60):
            number = number - number % len(cases.SUFFIXES) + (cases.SUFFIXES.index(what) if what in cases.SUFFIXES else 0)
            content = cases.config_text(number) if what == "config" else cases.data_file(Path(folder), number).read_bytes()
            (seeds / str(number)).write_bytes(content)
        atheris.Setup([sys.argv[0], *options, "-max_len=8192", str(seeds)], target(what, Path(folder)))
        atheris.Fuzz()


if __name__ == "__main__":
    main()
