"""Optional parts are tried: the tools of the formats, and Comet over a local server."""

import shutil
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from mathpal_lightning.checks.parts import check_comet, check_conversion, check_formats, check_push
from mathpal_lightning.errors import ConfigError, ExportError


class Comet(BaseHTTPRequestHandler):
    """Takes one key, is broken for another, refuses the rest."""

    def do_GET(self) -> None:
        assert self.path == "/api/rest/v2/workspaces"
        self.send_response({"right": 200, "unlucky": 500}.get(self.headers["Authorization"], 401))
        self.end_headers()

    def log_message(self, *arguments: object) -> None:
        """Say nothing."""


@pytest.fixture
def comet(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    server = HTTPServer(("127.0.0.1", 0), Comet)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setenv("COMET_URL_OVERRIDE", f"http://127.0.0.1:{server.server_port}/clientlib/")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    yield
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(("key", "level"), [("right", "ok"), ("unlucky", "warning")])
def test_comet_is_asked(key: str, level: str, comet: None, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("COMET_API_KEY", key)
    assert check_comet("auto").level == level


def test_a_wrong_key_is_refused_and_not_shown(comet: None, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("COMET_API_KEY", "secret-but-wrong")
    with pytest.raises(ConfigError, match="--comet offline") as error:
        check_comet("auto")
    assert "secret" not in str(error.value)
    assert check_comet("off").found == "off"


def test_a_comet_that_cannot_be_reached_is_a_warning(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("COMET_API_KEY", "right")
    monkeypatch.setenv("COMET_URL_OVERRIDE", "http://127.0.0.1:9/clientlib/")
    assert check_comet("auto").level == "warning"
    monkeypatch.delenv("COMET_API_KEY")
    assert "nothing is sent" in check_comet("auto").found


def test_formats_are_tried_and_no_push_needs_no_hub():
    assert check_formats(["adapter"], verify=True).level == "ok"
    assert check_formats([], verify=True).level == "warning"
    with pytest.raises(ConfigError, match="formats among"):
        check_formats(["gguf:q99"], verify=True)
    assert check_push(None, private=True) == []


def without_tokens(base: Path) -> None:
    (base / "tokenizer.model").unlink()


def of_another_kind(base: Path) -> None:
    config = '{"architectures": ["NoSuch"], "model_type": "gemma3_text"}'
    (base / "config.json").write_text(config, encoding="utf-8")


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (without_tokens, "a tokenizer.model in .* but found none.*leave gguf out"),
        (of_another_kind, "a base that llama.cpp's converter takes.*NoSuch.*leave gguf out"),
    ],
)
def test_a_base_that_the_converter_refuses_is_named_before_training(
    damage: Callable[[Path], None], said: str, gemma3_folder: Path, tmp_path: Path
):
    base = shutil.copytree(gemma3_folder, tmp_path / "base")
    damage(base)
    with pytest.raises(ExportError, match=said):
        check_conversion(base)


def test_a_base_that_converts_is_tried_once(gemma3_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    assert "512 tokens" in check_conversion(gemma3_folder).found
    monkeypatch.setattr("mathpal_lightning.checks.parts.try_conversion", None)
    copy = shutil.copytree(gemma3_folder, tmp_path / "copy")
    assert "512 tokens" in check_conversion(copy).found, "the same files elsewhere"
