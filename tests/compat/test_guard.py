"""The error of a library that lacks what this package relies on."""

import types

import pytest

from mathpal_lightning.compat import guard
from mathpal_lightning.errors import ConfigError


def test_what_is_there_is_returned():
    assert guard.require(types.SimpleNamespace(flag=False), "flag", "peft", "a test") is False


def test_what_is_gone_is_named_with_library_version_purpose_and_way_out(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(guard, "version", lambda library: "9.9.9")
    monkeypatch.setattr(guard, "requires", lambda package: ["torch>=2.9", "peft <0.22,>=0.21", 'trl==1.15.0; extra == "bench"'])

    class Layer: ...

    with pytest.raises(ConfigError) as caught:
        guard.require(Layer, "_cast", "peft", "fast LoRA layers")
    assert str(caught.value) == (
        "Expected peft with `Layer._cast`, for fast LoRA layers, but found peft 9.9.9 without it. "
        "Install a version that was tested with this package: pip install 'peft<0.22,>=0.21'."
    )
    assert guard.tested_versions("TRL") == "trl==1.15.0"
    assert guard.tested_versions("unknown") == "unknown"


def test_a_library_that_is_not_installed_has_no_version():
    assert guard.installed_version("no-such-library-of-ours") == "(not installed)"
