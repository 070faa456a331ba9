"""Problems in our own words of the kinds that printed collections hold, each with what a person reads in it.

LaTeX and HTML left-overs, pictures, decimal commas, spaces in large numbers, units, times of day, options, chains of equations.
`answer` is the canonical answer, `steps` how many equations can be checked (all of them hold).
"""

import json
from pathlib import Path
from typing import Any

OWN_ROWS: list[dict[str, Any]] = [
    json.loads(line) for line in Path(__file__).with_suffix(".jsonl").read_text(encoding="utf-8").splitlines()
]
