"""Secrets are known by their form anywhere in a config; what only looks alike is left alone. Every value is made up."""

from pathlib import Path

import pytest

from mathpal_lightning.cli.secrets import refuse_secrets, without_secrets
from mathpal_lightning.errors import ConfigError

A36 = "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"
SECRETS = [
    f"hf_{A36[:34]}",
    f"ghp_{A36}",
    f"gho_{A36}",
    f"ghs_{A36}",
    f"github_pat_{A36}_{A36}",
    f"glpat-{A36[:20]}",
    f"sk-{A36}{A36[:12]}",
    f"sk-proj-{A36}",
    f"sk-ant-api03-{A36}",
    "AKIA" + "ABCD1234EFGH5678",
    "ASIA" + "ABCD1234EFGH5678",
    f"AIza{A36[:35]}",
    f"xoxb-{A36}",
    f"pypi-{A36}",
    f"npm_{A36}",
    f"eyJ{A36[:20]}.eyJ{A36[:20]}.{A36}",
    "-----BEGIN OPENSSH PRIVATE KEY-----",
    "https://lan:hunter22@example.org/data.jsonl",
]
HARMLESS = [
    "google/gemma-3-4b-it",
    "hf_transfer",
    "hf_hub_download_folder_of_this_model",
    "disk-usage-of-the-whole-machine-2026",
    "sk-hynix-model-configuration-file",
    "sk-learn",
    "https://example.org:8080/a@b",
    "git@github.com:lan/maths.git",
    "AKIAN",
    "outputs/eyJ",
    "ghp_short",
    "/home/lan/github_patch/rows.jsonl",
    "task-2026-11-25-questions1234567890",
]


@pytest.fixture(autouse=True)
def no_secrets_of_this_machine(monkeypatch: pytest.MonkeyPatch):
    for name in ("HF_TOKEN", "COMET_API_KEY"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize("secret", SECRETS)
@pytest.mark.parametrize(
    "place",
    [
        lambda secret: {"name": secret},
        lambda secret: {"data": {"train": f"prefix {secret} suffix"}},
        lambda secret: {"trainer": {"callbacks": [{"init_args": {"note": secret}}]}},
        lambda secret: {"data": {"train": Path(f"folder/{secret}")}},
        lambda secret: {"extra": {secret: 1}},
    ],
    ids=["value", "within a text", "in a list", "path", "key"],
)
def test_a_secret_is_refused_wherever_it_stands_and_not_shown(secret: str, place):
    if "://" in secret and isinstance(place(secret).get("data", {}).get("train"), Path):
        return  # a path has no double slash
    with pytest.raises(ConfigError, match="a config without secrets") as caught:
        refuse_secrets(place(secret))
    assert secret not in str(caught.value)
    assert secret not in without_secrets(f"Cannot read {secret}: no such file")


@pytest.mark.parametrize("value", HARMLESS)
def test_what_only_looks_alike_is_allowed(value: str):
    refuse_secrets({"name": value, "data": {"train": [value], "max_length": 1024, "shuffle": True, "test": None}})


def test_a_key_that_is_named_like_a_secret_may_be_empty():
    refuse_secrets({"logger": {"api_key": None, "token": "", "max_new_tokens": 512}})
    with pytest.raises(ConfigError, match=r"one in `logger.api_key`"):
        refuse_secrets({"logger": {"api_key": "anything"}})
