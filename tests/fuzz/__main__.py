"""`python -m tests.fuzz [FILES] [CONFIGS] [CACHES] [FIRST]`: malformed data files and configs, and damaged caches, by number.

Where not told, 10,000 files, 2,000 configs and 500 damages, each from number 0 on. Another FIRST, other cases.

Leaves with 1 and names the numbers of the cases that gave anything but one of our errors.
"""

import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from tests.fuzz.cases import DamagedCaches, config_parser, config_text, data_file, read_file


def tried(what: str, first: int, number: int, outcome: Callable[[int], str]) -> int:
    """Try `number` cases from `first` on; print what became of them; the number of those that failed."""
    started, outcomes, failed = time.process_time(), Counter[str](), 0
    for case in range(first, first + number):
        try:
            outcomes[outcome(case)] += 1
        except Exception as error:
            failed += 1
            print(f"{what} {case}: {type(error).__name__}: {str(error)[:200]}")
    print(f"{number} {what}s: {dict(outcomes)}, {failed} failed, {time.process_time() - started:.0f} s of CPU")
    return failed


def main() -> None:
    given = sys.argv[1:]
    files, configs, caches, first = map(int, [*given, *["10000", "2000", "500", "0"][len(given) :]])
    with tempfile.TemporaryDirectory() as folder:
        parse = config_parser(Path(folder))
        failed = tried("data file", first, files, lambda case: read_file(data_file(Path(folder), case)))
        failed += tried("config", first, configs, lambda case: parse(config_text(case)))
        failed += tried("damaged cache", first, caches, DamagedCaches(Path(folder)).outcome)
    sys.exit(bool(failed))


if __name__ == "__main__":
    main()
