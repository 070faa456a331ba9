"""The report's picture in the README, from a finished run: `python -m tests.report.picture outputs/quickstart docs/report.png`.

Colours are cut to 64, which nobody sees on a page of text, and the file is a third as large.
"""

import sys
import tempfile
from pathlib import Path

from PIL import Image

from mathpal_lightning.report.page import report_page
from tests.serving.browser import Browser

WIDTH, HEIGHT = 900, 1150


def take_picture(run: Path, picture: Path) -> None:
    """Write the upper part of a run's report as a PNG; the run itself stays as it is."""
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder, "report.html")
        page.write_text(report_page(run), encoding="utf-8")
        with Browser(Path(folder, "profile")) as browser:
            browser.call("Emulation.setDeviceMetricsOverride", width=WIDTH, height=HEIGHT, deviceScaleFactor=1.5, mobile=False)
            browser.call("Emulation.setScrollbarsHidden", hidden=True)
            browser.open(page.as_uri())
            browser.picture(picture)
    Image.open(picture).convert("RGB").quantize(64, dither=Image.Dither.NONE).save(picture, optimize=True)


if __name__ == "__main__":
    take_picture(Path(sys.argv[1]), Path(sys.argv[2]))
