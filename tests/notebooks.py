"""Run the notebooks and keep what they print: `python -m tests.notebooks` (make notebooks), or some: `... 01 04`.

Each runs in a temporary folder. The cells' outputs are written back into the file, but for t4.ipynb, which would need a T4.
"""

import os
import sys
import tempfile
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbformat import NotebookNode

NOTEBOOKS = sorted((Path(__file__).parents[1] / "notebooks").glob("*.ipynb"))
SHOWN = [path for path in NOTEBOOKS if path.stem != "t4"]
"""Those that keep their outputs."""
SECONDS = 600
"""The most that one cell may take."""


def executed(path: Path, folder: Path) -> NotebookNode:
    """The notebook with new outputs; the cells' files are written into the folder."""
    notebook = nbformat.read(path, as_version=4)
    client = NotebookClient(
        notebook, timeout=SECONDS, kernel_name="python3", record_timing=False, resources={"metadata": {"path": str(folder)}}
    )
    client.execute(env=os.environ | {"PYTHONWARNINGS": "ignore:IProgress not found"})  # tqdm misses a part that draws bars
    return notebook


def main(names: list[str]) -> None:
    """Run the notebooks whose names begin with one of these, or all."""
    for path in SHOWN:
        if not names or path.name.startswith(tuple(names)):
            with tempfile.TemporaryDirectory() as folder:
                nbformat.write(executed(path, Path(folder)), path)


if __name__ == "__main__":
    main(sys.argv[1:])
