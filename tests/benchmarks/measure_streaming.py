"""The memory of a process that prepares and packs millions of rows: what grows with their number, and by how much.

    python tests/benchmarks/measure_streaming.py --rows 1000000
    python tests/benchmarks/measure_streaming.py --rows 10000000 --source lines --keep /big/disk

`generated` draws problems of the curriculum, one at a time; `lines` writes short rows to a jsonl file, one at a time, and
splits them. Either goes the way of a fit: MathDataModule reads, normalises, tokenises, splits, packs and gives batches.
"""

import argparse
import json
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

BATCHES = 200


def memory() -> dict[str, float]:
    """MB of this process: its own (anonymous) pages, mapped files' pages, and the highest sum so far."""
    status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text(encoding="utf-8").splitlines())
    return {name: int(status[name].split()[0]) / 1024 for name in ("RssAnon", "RssFile", "VmHWM")}


class Watch:
    """Looks at the memory ten times a second, and at the rows encoded so far by the size of the file of their keys."""

    def __init__(self, cache: Path):
        self.cache, self.marks, self.highest = cache, [(0, memory()["RssAnon"])], {}
        self._stage, self._done, self._started = "start", threading.Event(), time.perf_counter()
        threading.Thread(target=self._look, daemon=True).start()

    def _look(self) -> None:
        while not self._done.wait(0.1):
            anonymous = memory()["RssAnon"]
            self.highest[self._stage] = max(self.highest.get(self._stage, 0), anonymous)
            rows = max((file.stat().st_size // 8 for file in self.cache.glob(".*.tmp/keys.u64")), default=0)
            if rows >= max(1, self.marks[-1][0]) * 1.5:
                self.marks.append((rows, anonymous))

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Name what the highest counts until the block ends are of."""
        self._stage, started = name, time.perf_counter()
        yield
        print(json.dumps({"stage": name, "seconds": round(time.perf_counter() - started, 1), **memory()}), flush=True)
        self._stage = "between"

    def stop(self) -> None:
        self._done.set()


def lines(file: Path, rows: int) -> None:
    """Short problems, no two alike: a line each."""
    with file.open("w", encoding="utf-8") as out:
        for number in range(rows):
            row = {"question": f"Tính: {number} + {number % 97} = ?", "solution": f"Đáp số: {number + number % 97}"}
            out.write(json.dumps(row, ensure_ascii=False) + "\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--source", choices=["generated", "lines"], default="generated")
    parser.add_argument("--tokenizer", default="offline-gemma")
    parser.add_argument("--keep", type=Path, help="a folder for the rows and the cache; a temporary one otherwise")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=asked.keep) as folder:
        measure(asked.rows, asked.source, asked.tokenizer, Path(folder))


def measure(rows: int, source: str, tokenizer: str, folder: Path) -> None:
    """Print a line of json a stage, and a table of rows against memory."""
    from mathpal_lightning import MathDataModule
    from mathpal_lightning.chat import load_tokenizer
    from mathpal_lightning.data.sources import Generator
    from mathpal_lightning.model.resolve import resolve_model

    settings: dict[str, Any] = {"tokenizer": load_tokenizer(resolve_model(tokenizer)), "max_length": 512}
    settings |= {"cache_dir": str(folder / "cache"), "generator": Generator(count=rows, levels=[1])}
    watch = Watch(folder / "cache")
    if source == "lines":
        with watch.stage("write the lines"):
            lines(folder / "rows.jsonl", rows)
    data = MathDataModule(str(folder / "rows.jsonl") if source == "lines" else source, **settings)
    prepare = data._datasets  # filled by setup
    with watch.stage("setup"):
        data.setup("fit")
    with watch.stage("batches"):
        batches = sum(1 for _ in islice(data.train_dataloader(), BATCHES))
    watch.stop()
    print(json.dumps({"batches": batches, "packs": len(prepare["train"]), "rows": data.report.kept}))
    print("\n| rows encoded | own memory, MB |\n| --- | --- |")
    for encoded, anonymous in watch.marks:
        print(f"| {encoded:,} | {anonymous:,.0f} |")
    print(f"\nHighest own memory by stage, MB: { ({name: round(value) for name, value in watch.highest.items()}) }")


if __name__ == "__main__":
    main()
