"""Pushing over real HTTP to a small Hub on loopback, through the real huggingface_hub, with cuts and refusals."""

import json
import logging
import os
import shlex
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from huggingface_hub import ModelCard, constants

from mathpal_lightning.cli.main import main
from mathpal_lightning.compat import huggingface_hub
from mathpal_lightning.errors import ConfigError, ModelError, PushError
from mathpal_lightning.export import push_to_hub, require_push
from mathpal_lightning.export.publish import hub as publish
from mathpal_lightning.export.publish.facts import BaseModel
from mathpal_lightning.export.publish.hub import finishing_command, why_not
from mathpal_lightning.export.publish.pushed_files import files_to_push
from mathpal_lightning.model.resolve import resolve_model
from tests.earlier_weights import merge_anew, run_with_gguf
from tests.export.hub_server import REPO, TOKEN, WRITER, Hub, Repo


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """A run folder with an adapter of incompressible bytes, and things that nobody else should see."""
    adapter = tmp_path / "run" / "adapter"
    adapter.mkdir(parents=True)
    (adapter / "adapter_model.safetensors").write_bytes(bytes(range(256)) * 4096)
    (adapter / "adapter_config.json").write_text(
        json.dumps({"base_model_name_or_path": "google/gemma-3-270m", "r": 4}), encoding="utf-8"
    )
    (adapter / "tokenizer.json").write_text("{}", encoding="utf-8")
    record = {"base": "google/gemma-3-270m", "model_class": "Gemma3ForCausalLM", "versions": {}}
    (adapter / "mathpal.json").write_text(json.dumps(record), encoding="utf-8")
    for name in (
        ".env",
        ".secrets.json",
        "notes.txt",
        "adapter_model.safetensors.tmp",
        ".adapter_config.json.7.tmp",
        "README.md",
    ):
        (adapter / name).write_text(f"private {TOKEN}", encoding="utf-8")
    return tmp_path / "run"


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_push_is_one_commit_of_the_artefact_and_its_card(hub: Hub, run: Path):
    before = contents(run)
    pushed = push_to_hub(run, REPO)
    repo = hub.repos[REPO]
    assert repo.private
    assert len(repo.commits) == 1
    assert pushed["commit"] == f"{1:040x}"
    own = {"adapter_model.safetensors", "adapter_config.json", "tokenizer.json", "mathpal.json"}
    assert set(repo.files) == own | {"README.md", "NOTICE"}
    for name in own:
        assert repo.files[name] == (run / "adapter" / name).read_bytes(), name
    assert ModelCard(repo.files["README.md"].decode()).data.license == "gemma"
    assert b"ai.google.dev/gemma/terms" in repo.files["NOTICE"]
    assert contents(run) == before, "a push writes nothing"
    assert any(line.startswith("PUT /storage/") for line in hub.requests), "the plain LFS road, though hf_xet is installed"


def test_large_files_go_in_parts_where_the_hub_asks_for_it(hub: Hub, run: Path):
    hub.part_size = 300_000
    push_to_hub(run, REPO, private=False)
    assert len(hub.parts) == 4
    assert not hub.repos[REPO].private
    assert hub.repos[REPO].files["adapter_model.safetensors"] == (run / "adapter/adapter_model.safetensors").read_bytes()


@pytest.mark.parametrize("part_size", [None, 300_000])
def test_an_upload_that_is_cut_once_is_sent_again(part_size: int | None, hub: Hub, run: Path, online: list[float]):
    hub.part_size = part_size
    hub.cut = {"PUT /storage": 2}
    push_to_hub(run, REPO)
    assert hub.cut["PUT /storage"] == 0
    assert len(online) == 2, "two waits before two retries"
    assert hub.repos[REPO].files["adapter_model.safetensors"] == (run / "adapter/adapter_model.safetensors").read_bytes()
    assert len(hub.repos[REPO].commits) == 1


@pytest.mark.parametrize(
    "where", ["POST /api/repos/create", "GET /api/models", "preupload", "objects/batch", "PUT /storage", "/commit/"]
)
def test_a_connection_that_stays_cut_keeps_everything_and_a_second_push_finishes(where: str, hub: Hub, run: Path):
    before = contents(run)
    hub.cut = {where: 1000}
    with pytest.raises(PushError, match=f"Everything is kept.*then run: mathpal export .*run --push {REPO}$") as broken:
        push_to_hub(run, REPO)
    assert broken.value.exit_code == 8
    assert "signature" not in str(broken.value)
    assert contents(run) == before
    assert not hub.repos.get(REPO, Repo(True)).commits
    hub.cut = {}
    push_to_hub(run, REPO)
    assert len(hub.repos[REPO].commits) == 1
    assert hub.repos[REPO].files["adapter_model.safetensors"] == (run / "adapter/adapter_model.safetensors").read_bytes()


def test_a_commit_whose_answer_is_lost_is_not_made_twice(hub: Hub, run: Path):
    hub.cut_after = {"/commit/": 1}
    with pytest.raises(PushError, match="Everything is kept"):
        push_to_hub(run, REPO)
    assert len(hub.repos[REPO].commits) == 1, "it had arrived"
    uploads = sum(line.startswith("PUT") for line in hub.requests)
    assert push_to_hub(run, REPO)["commit"] == f"{1:040x}"
    assert len(hub.repos[REPO].commits) == 1
    assert sum(line.startswith("PUT") for line in hub.requests) == uploads, "nothing is sent again"


@pytest.mark.parametrize(
    ("status", "where", "way_out"),
    [
        (401, "repos/create", "Log in .hf auth login"),
        (403, "preupload", "Give the token the right to write"),
        (403, "/commit/", "Give the token the right to write"),
        (403, "PUT /storage", "Check the connection"),
        (413, "/commit/", "then run"),
        (413, "PUT /storage", "then run"),
    ],
)
def test_a_refusal_says_what_to_do_and_never_the_token(
    status: int, where: str, way_out: str, hub: Hub, run: Path, caplog: pytest.LogCaptureFixture
):
    hub.refuse = {where: status}
    with caplog.at_level(logging.INFO), pytest.raises(PushError, match=way_out) as refused:
        push_to_hub(run, REPO)
    assert str(status) in str(refused.value)
    assert "s3cr3t" not in str(refused.value), "nor the signature of a URL"
    assert TOKEN not in str(refused.value)
    assert TOKEN not in caplog.text
    said = "refused: None" if "storage" in where else "refused: Bearer ***"
    assert said in str(refused.value), "what the server says is shown, but for the token in it"
    assert not hub.repos.get(REPO, Repo(True)).commits


STEPS = ["POST /api/repos/create", "GET /api/models", "xet-write-token", "preupload", "objects/batch", "/commit/"]


@pytest.mark.parametrize("where", STEPS)
def test_a_hub_that_fails_itself_is_asked_again(
    where: str, hub: Hub, run: Path, online: list[float], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(publish, "time", SimpleNamespace(sleep=online.append))
    hub.fail = {where: 2}
    push_to_hub(run, REPO)
    assert online in ([2.0, 8.0], [1, 2])  # ours, or those of huggingface_hub, which tries some requests again by itself
    assert len(hub.repos[REPO].commits) == 1


def test_a_hub_that_keeps_failing_is_given_up(hub: Hub, run: Path, monkeypatch: pytest.MonkeyPatch):
    waits: list[float] = []
    monkeypatch.setattr(publish, "time", SimpleNamespace(sleep=waits.append))
    hub.refuse = {"repos/create": 502}
    with pytest.raises(PushError, match="502.*Everything is kept") as refused:
        push_to_hub(run, REPO)
    assert refused.value.exit_code == 8
    assert waits == list(publish.RETRY_WAITS)


@pytest.mark.parametrize("where", [*STEPS, "PUT /storage"])
def test_a_hub_that_accepts_and_never_answers_ends_with_status_8(
    where: str, hub: Hub, run: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(huggingface_hub, "SILENT_SECONDS", 0.2)
    monkeypatch.setattr(publish, "WAIT_SECONDS", 0.2)
    hub.silent = (where,)
    with pytest.raises(PushError, match="timed out.*Everything is kept.*then run: mathpal export") as broken:
        push_to_hub(run, REPO)
    assert broken.value.exit_code == 8
    assert not hub.repos.get(REPO, Repo(True)).commits
    hub.silent = ()
    push_to_hub(run, REPO)
    assert len(hub.repos[REPO].commits) == 1


def test_a_base_model_from_a_hub_that_never_answers_is_an_error(hub: Hub, monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setattr(huggingface_hub, "SILENT_SECONDS", 0.2)
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path))
    hub.silent = ("GET",)
    with pytest.raises(ModelError, match="Check the name and the connection"):
        resolve_model("lan/gemma-3-270m-toan")


def test_a_wrong_token_is_refused(hub: Hub, run: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("HF_TOKEN", "hf_another")
    with pytest.raises(PushError, match="Log in"):
        push_to_hub(run, REPO)
    assert not hub.repos


def test_the_token_goes_into_headers_only(hub: Hub, run: Path):
    push_to_hub(run, REPO)
    assert not any(TOKEN.encode() in body for body in hub.bodies)
    assert not any(TOKEN in line for line in hub.requests)
    assert not any(TOKEN.encode() in content for content in hub.repos[REPO].files.values())


def test_a_public_repo_is_refused_before_anything_is_sent(hub: Hub, run: Path):
    hub.repos[REPO] = Repo(private=False)
    with pytest.raises(PushError, match="private repo lan/toan-lop-5, but found a public one.*--private false"):
        push_to_hub(run, REPO)
    assert not hub.repos[REPO].commits
    assert not hub.stored
    push_to_hub(run, REPO, private=False)
    assert len(hub.repos[REPO].commits) == 1


def test_offline_mode_is_named(run: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    with pytest.raises(PushError, match=r"HF_HUB_OFFLINE is set\. Everything is kept\. Unset it and run: mathpal export"):
        push_to_hub(run, REPO)
    with pytest.raises(PushError, match=r"HF_HUB_OFFLINE is set\. Unset it, or leave push\.repo out"):
        require_push(REPO)


@pytest.mark.parametrize("repo", ["toan", "a/b/c", "lan/tóan", "", "lan/a--b"])
def test_what_is_no_hub_id_is_refused(repo: str, run: Path):
    with pytest.raises(ConfigError, match="Hub id, owner/name"):
        push_to_hub(run, repo)
    with pytest.raises(ConfigError, match="Hub id, owner/name"):
        require_push(repo)


def test_local_paths_do_not_travel(run: Path, tmp_path: Path):
    adapter = run / "adapter"
    base = tmp_path / "models" / "gemma"
    base.mkdir(parents=True)
    (adapter / "adapter_config.json").write_text(json.dumps({"base_model_name_or_path": str(base), "r": 4}), encoding="utf-8")
    (adapter / "mathpal.json").write_text(json.dumps({"base": str(base), "base_digest": "0af1"}), encoding="utf-8")
    tokenizer = {"vocab_file": f"{base}/tokenizer.model", "local_files_only": True, "bos_token": "<bos>"}
    (adapter / "tokenizer_config.json").write_text(json.dumps(tokenizer), encoding="utf-8")
    files = files_to_push(adapter, "adapter", BaseModel("gemma", "Gemma3ForCausalLM"))
    sent = {name: json.loads(of if isinstance(of, bytes) else of.read_bytes()) for name, of in files.items() if "json" in name}
    assert sent["adapter_config.json"] == {"base_model_name_or_path": None, "r": 4}
    assert sent["mathpal.json"] == {"base": "gemma", "base_digest": "0af1"}
    assert sent["tokenizer_config.json"] == {"bos_token": "<bos>"}


def test_the_offline_gemma_is_known_to_others_by_its_source(run: Path, tmp_path: Path):
    adapter = run / "adapter"
    (adapter / "adapter_config.json").write_text(json.dumps({"base_model_name_or_path": str(tmp_path)}), encoding="utf-8")
    (adapter / "mathpal.json").write_text(json.dumps({"base": "offline-gemma"}), encoding="utf-8")
    files = files_to_push(adapter, "adapter", BaseModel("offline-gemma", "Gemma3ForCausalLM"))
    assert json.loads(files["adapter_config.json"]) == {"base_model_name_or_path": "google/gemma-3-270m"}  # type: ignore[arg-type]
    assert files["mathpal.json"] == adapter / "mathpal.json", "the record keeps the name that `mathpal export` knows"


def test_a_link_out_of_the_folder_is_refused(run: Path, tmp_path: Path):
    (tmp_path / "secret.json").write_text("{}", encoding="utf-8")
    (run / "adapter" / "vocab.json").symlink_to(tmp_path / "secret.json")
    with pytest.raises(PushError, match=r"files of .*adapter only, but found vocab.json, a link to .*secret.json"):
        files_to_push(run / "adapter", "adapter", BaseModel())


def test_an_artefact_that_is_not_there_is_refused(run: Path, hub: Hub):
    with pytest.raises(PushError, match=r"a finished gguf in .*run/gguf, but found no \*\.gguf"):
        push_to_hub(run, REPO, "gguf")
    assert not hub.requests, "nothing is asked of the Hub"


def test_of_a_gguf_folder_only_ggufs_and_modelfiles_travel(run: Path):
    (run / "gguf").mkdir()
    for name in ("model-q8_0.gguf", "Modelfile-q8_0", "model-q8_0.gguf.mathpal.json", ".model-f16.gguf.9.tmp", "log.txt"):
        (run / "gguf" / name).write_text("{}", encoding="utf-8")
    assert set(files_to_push(run / "gguf", "gguf", BaseModel("google/gemma-4-E2B"))) == {"model-q8_0.gguf", "Modelfile-q8_0"}


def test_a_gguf_of_earlier_weights_is_refused(tmp_path: Path):
    run, base = run_with_gguf(tmp_path / "lop5"), BaseModel("google/gemma-3-270m")
    assert "model-q8_0.gguf" in files_to_push(run / "gguf", "gguf", base)
    merge_anew(run)
    with pytest.raises(PushError, match=r"model-q8_0.gguf of the weights that .*merged holds now.*--formats gguf:q8_0"):
        files_to_push(run / "gguf", "gguf", base)


def test_what_a_killed_export_left_is_no_gguf(run: Path):
    (run / "gguf").mkdir()
    (run / "gguf" / ".bf16.gguf").write_bytes(b"")
    with pytest.raises(PushError, match="a finished gguf"):
        files_to_push(run / "gguf", "gguf", BaseModel("google/gemma-3-270m"))


def fine(name: str, *permissions: str) -> dict[str, Any]:
    scoped = [{"entity": {"type": "user", "name": name}, "permissions": list(permissions)}]
    return {"name": "lan", "auth": {"accessToken": {"role": "fineGrained", "fineGrained": {"scoped": scoped}}}}


@pytest.mark.parametrize(
    ("who", "refusal"),
    [
        (WRITER, None),
        ({"name": "lan", "auth": {"accessToken": {"role": "read"}}}, "a token of lan that may only read"),
        ({**WRITER, "name": "minh"}, "a token of minh, who is no member of lan"),
        ({**WRITER, "name": "minh", "orgs": [{"name": "lan", "roleInOrg": "write"}]}, None),
        (
            {**WRITER, "name": "minh", "orgs": [{"name": "lan", "roleInOrg": "read"}]},
            "a token of minh, who may only read in lan",
        ),
        (fine("lan", "repo.content.read", "repo.write"), None),
        (fine(REPO, "repo.write"), None),
        (fine("lan", "repo.content.read"), "a fine-grained token that may write to nothing"),
        (fine("truong-hoc", "repo.write"), "a fine-grained token that may write to truong-hoc"),
        ({"name": "lan"}, None),
    ],
)
def test_a_token_that_cannot_write_is_known_before_training(
    who: dict[str, Any], refusal: str | None, hub: Hub, capsys: pytest.CaptureFixture[str]
):
    assert (why_not(who, REPO) or "").endswith(refusal or "")
    hub.whoami = who
    if refusal is None:
        require_push(REPO)
    else:
        with pytest.raises(PushError, match=refusal):
            require_push(REPO)
    assert not capsys.readouterr().out
    assert not hub.repos, "asking makes nothing"


def test_before_training_a_token_must_be_there_and_valid(hub: Hub, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("HF_TOKEN", "hf_old")
    with pytest.raises(PushError, match="Log in"):
        require_push(REPO)
    monkeypatch.delenv("HF_TOKEN")
    with pytest.raises(PushError, match=r"a token that may write to lan/toan-lop-5, but found none\. Log in"):
        require_push(REPO)


def test_before_training_a_public_repo_is_refused(hub: Hub):
    hub.repos[REPO] = Repo(private=False)
    with pytest.raises(PushError, match="found a public one"):
        require_push(REPO)
    require_push(REPO, private=False)


@pytest.mark.parametrize("trouble", ["cut", "error"])
def test_a_hub_that_cannot_be_asked_is_said_and_training_goes_on(trouble: str, hub: Hub):
    said: list[str] = []
    if trouble == "cut":
        hub.cut = {"whoami": 1}
    else:
        hub.refuse = {"whoami": 503}
    require_push(REPO, say=said.append)
    assert len(said) == 1
    assert said[0].startswith(f"push: could not check whether {REPO} may be pushed to: ")


def test_the_finishing_command_can_be_pasted():
    assert finishing_command(Path("outputs/lớp 5"), REPO, "gguf", private=False) == (
        f"mathpal export 'outputs/lớp 5' --push {REPO} --artefact gguf --private false"
    )
    assert finishing_command(Path("outputs/x"), REPO, "adapter", private=True) == f"mathpal export outputs/x --push {REPO}"


def test_the_command_line_fails_with_its_own_status_and_its_own_advice_finishes(hub: Hub, run: Path):
    command = [sys.executable, "-m", "mathpal_lightning", "export", "--run", str(run), "--push", REPO]
    hub.refuse = {"/commit/": 403}
    environment = os.environ | {"HF_HUB_OFFLINE": "0", "HF_ENDPOINT": hub.url}
    broken = subprocess.run(command, capture_output=True, text=True, env=environment, encoding="utf-8")
    assert broken.returncode == 8
    assert broken.stderr.count("\n") == 1, broken.stderr
    assert TOKEN not in broken.stdout + broken.stderr
    assert "PUT /storage/" in " ".join(hub.requests), "the plain road without any setting of the user"
    hub.refuse = {}
    main(shlex.split(broken.stderr.split("run: mathpal ")[1]))
    assert len(hub.repos[REPO].commits) == 1
