"""A GGUF -> a folder of static files that solves problems inside a browser, without a server.

folder.py     the folder: the page of serving/page, the model in pieces, wllama, Pyodide, and site/ of this room
packages.py   wllama and Pyodide from npm, by pinned versions and digests
brain.py      the Python that runs in the browser: the question read, each line typeset and checked, as on the server
chromium.py   the finished folder asked in a headless Chromium
"""

from mathpal_lightning.phone.chromium import AnsweredPage, PageAnswer, ask_page, find_chromium
from mathpal_lightning.phone.folder import write_page
from mathpal_lightning.phone.packages import require_packages

__all__ = ["AnsweredPage", "PageAnswer", "ask_page", "find_chromium", "require_packages", "write_page"]
