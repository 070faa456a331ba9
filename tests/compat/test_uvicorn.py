"""The parts of uvicorn's protocol that our deadlines rely on are there, and are missed with a clear error."""

import pytest

from mathpal_lightning.compat import uvicorn
from mathpal_lightning.errors import ConfigError


def test_the_protocol_has_every_part():
    assert uvicorn.http_protocol() is uvicorn.H11Protocol


@pytest.mark.parametrize("name", ["send_400_response", "on_response_complete"])
def test_a_protocol_without_a_hook_is_an_error(name: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delattr(uvicorn.H11Protocol, name)
    with pytest.raises(ConfigError, match=rf"uvicorn with `H11Protocol\.{name}`, for the deadlines"):
        uvicorn.http_protocol()


def test_a_protocol_with_another_name_for_a_part_is_an_error(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(uvicorn, "_PARTS", ("conn", "no_such_part"))
    with pytest.raises(ConfigError, match=r"H11Protocol\.no_such_part"):
        uvicorn.http_protocol()
