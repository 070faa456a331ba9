"""jsonargparse, huggingface_hub, datasets, openpyxl, tokenizers and xllamacpp: what is used of them, and what if it is gone."""

import ctypes
from types import SimpleNamespace

import httpx
import pytest
from jsonargparse import ArgumentParser
from tokenizers import models, normalizers

from mathpal_lightning.compat import datasets, huggingface_hub, jsonargparse, openpyxl, tokenizers, xllamacpp
from mathpal_lightning.errors import ConfigError


@pytest.fixture
def parser() -> ArgumentParser:
    fit = ArgumentParser()
    fit.add_argument("--model.rate", type=float, default=0.5)
    fit.add_argument("--name", type=str)
    parser = ArgumentParser()
    parser.add_argument("--debug", type=bool, default=False)
    parser.add_subcommands().add_subcommand("fit", fit)
    return parser


def test_keys_and_defaults_of_the_verbs(parser: ArgumentParser):
    assert {"debug", "model.rate", "name"} <= set(jsonargparse.known_keys(parser))
    assert jsonargparse.defaults_of(parser, "fit") == {"model.rate": 0.5, "name": None}
    assert "debug" in jsonargparse.known_keys(ArgumentParser()) or jsonargparse.known_keys(ArgumentParser()) == ["help"]


def test_a_parser_without_its_private_parts_is_an_error(parser: ArgumentParser, monkeypatch: pytest.MonkeyPatch):
    with pytest.raises(ConfigError, match=r"_subcommands_action`, for naming the nearest key .* jsonargparse \d"):
        jsonargparse.known_keys(SimpleNamespace(_actions=[]))  # type: ignore[arg-type]
    with pytest.raises(ConfigError, match="_name_parser_map`, for refusing null"):
        jsonargparse.defaults_of(SimpleNamespace(_subcommands_action=SimpleNamespace()), "fit")  # type: ignore[arg-type]
    with pytest.raises(ConfigError, match="_actions"):
        jsonargparse.known_keys(SimpleNamespace(_subcommands_action=None))  # type: ignore[arg-type]


def test_xet_is_switched_off_in_this_process(monkeypatch: pytest.MonkeyPatch):
    from huggingface_hub import _commit_api, constants

    monkeypatch.setattr(constants, "HF_HUB_DISABLE_XET", False)
    huggingface_hub.disable_xet()
    assert not _commit_api.is_xet_available()
    monkeypatch.setattr(_commit_api, "is_xet_available", lambda: True)
    with pytest.raises(ConfigError, match="HF_HUB_DISABLE_XET as a switch"):
        huggingface_hub.disable_xet()
    monkeypatch.delattr(_commit_api, "is_xet_available")
    with pytest.raises(ConfigError, match="_commit_api.is_xet_available"):
        huggingface_hub.disable_xet()
    monkeypatch.delattr(constants, "HF_HUB_DISABLE_XET")
    with pytest.raises(ConfigError, match=r"HF_HUB_DISABLE_XET`, .* huggingface-hub \d"):
        huggingface_hub.disable_xet()


def test_requests_have_deadlines_and_a_factory_that_is_gone_is_an_error(monkeypatch: pytest.MonkeyPatch):
    from huggingface_hub import get_session, set_client_factory
    from huggingface_hub.utils import _http

    huggingface_hub.set_deadlines()
    hooks = get_session().event_hooks["request"]
    assert hooks[:-1] == _http.default_client_factory().event_hooks["request"]
    request = httpx.Request("GET", "https://example.org", extensions={"timeout": {"connect": None, "read": 7.0}})
    hooks[-1](request)
    assert request.extensions["timeout"] == {"connect": 20.0, "pool": 20.0, "read": 7.0, "write": 60.0}
    bare = httpx.Request("GET", "https://example.org")
    hooks[-1](bare)
    assert bare.extensions["timeout"]["read"] == 60.0
    set_client_factory(_http.default_client_factory)
    monkeypatch.delattr(_http, "_GLOBAL_CLIENT_FACTORY")
    with pytest.raises(ConfigError, match="_GLOBAL_CLIENT_FACTORY`, for deadlines for the Hub"):
        huggingface_hub.set_deadlines()


def test_clients_are_still_made_by_the_factory_that_the_program_has_set():
    from huggingface_hub import get_session, set_client_factory
    from huggingface_hub.utils import _http

    def behind_a_proxy() -> httpx.Client:
        return httpx.Client(headers={"x-proxy": "ours"}, timeout=3.0)

    set_client_factory(behind_a_proxy)
    for _ in range(3):
        huggingface_hub.set_deadlines()
    session = get_session()
    huggingface_hub.set_deadlines()
    assert get_session() is session
    assert session.headers["x-proxy"] == "ours"
    (limit,) = session.event_hooks["request"]
    request = session.build_request("GET", "https://example.org")
    limit(request)
    assert set(request.extensions["timeout"].values()) == {3.0}
    set_client_factory(_http.default_client_factory)


def test_the_fingerprint_changes_with_the_rows():
    library = pytest.importorskip("datasets")
    first, second = (library.Dataset.from_dict({"question": [text]}) for text in ("a", "b"))
    assert datasets.fingerprint(first) != datasets.fingerprint(second)
    with pytest.raises(ConfigError, match="_fingerprint"):
        datasets.fingerprint(SimpleNamespace())


def test_settings_of_a_normalizer_are_those_of_tokenizer_json():
    replace = normalizers.Replace(" ", "\u2581")
    assert tokenizers.settings_of(replace) == {"type": "Replace", "pattern": {"String": " "}, "content": "\u2581"}
    assert tokenizers.settings_of(None) == {}


@pytest.mark.parametrize("state", [(1, 2), {"a": 1}, b"\x80pickle", "plain"])
def test_settings_that_are_no_json_any_more_are_an_error(state: object):
    component = type("Replace", (), {"__getstate__": lambda self: state})()
    with pytest.raises(ConfigError, match="Replace.__getstate__ as JSON"):
        tokenizers.settings_of(component)


def test_a_plain_bpe_is_told_from_others(monkeypatch: pytest.MonkeyPatch):
    assert tokenizers.is_plain_bpe(models.BPE())
    assert not tokenizers.is_plain_bpe(models.BPE(dropout=0.1))
    assert not tokenizers.is_plain_bpe(models.BPE(end_of_word_suffix="</w>"))
    assert not tokenizers.is_plain_bpe(models.WordLevel())


def test_a_quantiser_that_is_gone_is_an_error(monkeypatch: pytest.MonkeyPatch):
    pytest.importorskip("xllamacpp")
    xllamacpp.ggml.cache_clear()
    assert xllamacpp.ggml().ggml_quantize_chunk.restype is ctypes.c_size_t
    xllamacpp.ggml.cache_clear()
    monkeypatch.setattr(ctypes, "CDLL", lambda path: SimpleNamespace())
    with pytest.raises(ConfigError, match=r"ggml_quantize_chunk`, for K-quants.* xllamacpp \d"):
        xllamacpp.ggml()
    xllamacpp.ggml.cache_clear()


def test_a_sheet_without_its_source_is_an_error():
    with pytest.raises(ConfigError, match=r"_get_source`, for merged cells and formulas .* openpyxl \d"):
        openpyxl.sheet_source(SimpleNamespace())  # type: ignore[arg-type]
