"""The written description: every path of the application is in it, and schemathesis finds no answer that contradicts it."""

import json
from pathlib import Path

import pytest

from mathpal_lightning.llama_cpp import LlamaSettings, watch_llama
from mathpal_lightning.serving import SLOTS
from mathpal_lightning.serving.app import App
from mathpal_lightning.serving.desk import Desk
from mathpal_lightning.serving.fields import OPENAPI
from mathpal_lightning.serving.guard import Guard
from tests.serving.conftest import serving_thread

SPEC = json.loads(OPENAPI.read_text(encoding="utf-8"))
FOR_BROWSERS = {"/", "/login"}


def test_every_path_for_programs_is_described():
    app = App(Desk(1, 1), Guard(loopback=True))
    for_programs = {path for path in app.paths if not path.endswith((".js", ".css", ".svg", ".ttf"))}
    assert set(SPEC["paths"]) == for_programs - FOR_BROWSERS


def test_every_schema_is_used():
    text = OPENAPI.read_text(encoding="utf-8")
    unused = [name for name in SPEC["components"]["schemas"] if f'"#/components/schemas/{name}"' not in text]
    assert unused == []


def test_requests_made_from_the_description_are_answered_as_it_says(run_folder: Path):
    """A few of each path and kind, always the same ones; `python -m tests.fuzz.http_requests` sends thousands."""
    http_requests = pytest.importorskip("tests.fuzz.http_requests", reason="needs schemathesis")
    settings = LlamaSettings(run_folder / "gguf" / "model-q8_0.gguf", "lop5", 2048, SLOTS, shared=True, threads=1)
    with watch_llama(settings) as watched, serving_thread(watched) as page:
        before = watched.pid
        found = http_requests.fuzz(page.url, each=25, seconds=600)
        assert watched.pid == before, "no request ends llama.cpp"
    assert found.failures == []
    assert found.requests > 50
    assert {status // 100 for _, _, status in found.statuses} == {2, 4}
