"""Our lines are printed in a script without logging of its own; where there is one, it decides."""

import logging
import subprocess
import sys

import pytest

from mathpal_lightning.messages import OURS, show_messages

SCRIPT = """
import logging, sys
from mathpal_lightning.messages import show_messages
show_messages(); show_messages()
logging.getLogger("mathpal_lightning.data").info("train: 3 rows")
logging.getLogger("lightning.pytorch").info("noise")
logging.basicConfig(format="mine %(message)s", level=logging.INFO)
logging.getLogger("mathpal_lightning.data").info("again")
"""


def test_lines_are_printed_once_in_a_script():
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True, encoding="utf-8")
    assert done.stderr == "train: 3 rows\nmine again\n"


def test_a_level_that_a_program_has_set_stays(monkeypatch: pytest.MonkeyPatch):
    ours = logging.getLogger(OURS)
    monkeypatch.setattr(ours, "level", logging.ERROR)
    show_messages()
    assert ours.level == logging.ERROR
