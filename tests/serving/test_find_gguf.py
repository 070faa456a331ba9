"""Which file of a run is served."""

from pathlib import Path

import pytest

from mathpal_lightning.errors import ModelError
from mathpal_lightning.serving import CONTEXT, CONTEXT_OF_LARGE, SLOTS, context_for, find_gguf, run_of
from mathpal_lightning.serving.choosing import Plan
from mathpal_lightning.serving.settings import plan_of
from tests.earlier_weights import merge_anew, run_with_gguf


@pytest.mark.parametrize(
    ("files", "served"),
    [
        (["gguf/model-f16.gguf", "gguf/model-q8_0.gguf", "gguf/model-q4_k_m.gguf"], "gguf/model-q8_0.gguf"),
        (["gguf/model-f16.gguf", "gguf/model-Q4_K_M.gguf", "gguf/model-q5_k_m.gguf"], "gguf/model-q5_k_m.gguf"),
        (["gguf/model-f32.gguf", "gguf/model-bf16.gguf", "gguf/model-f16.gguf"], "gguf/model-f16.gguf"),
        (["gguf/mmproj-q8_0.gguf", "gguf/model-other.gguf"], "gguf/model-other.gguf"),
        (["model-q8_0.gguf"], "model-q8_0.gguf"),
        (["gguf/.bf16.gguf", "gguf/model-f32.gguf"], "gguf/model-f32.gguf"),
    ],
)
def test_the_most_exact_quantised_file_is_served(files: list[str], served: str, tmp_path: Path):
    for name in files:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    assert find_gguf(tmp_path) == tmp_path / served


def test_a_named_file_is_itself(tmp_path: Path):
    (tmp_path / "model-f16.gguf").touch()
    (tmp_path / "model-q8_0.gguf").touch()
    assert find_gguf(tmp_path / "model-f16.gguf") == tmp_path / "model-f16.gguf"


@pytest.mark.parametrize("noted", [True, False])
def test_a_gguf_of_earlier_weights_is_named_in_a_warning(noted: bool, tmp_path: Path, caplog: pytest.LogCaptureFixture):
    run = run_with_gguf(tmp_path / "lop5", noted)
    assert find_gguf(run) == run / "gguf" / "model-q8_0.gguf"
    assert not caplog.records
    merge_anew(run)
    assert find_gguf(run) == run / "gguf" / "model-q8_0.gguf"
    (warning,) = caplog.messages
    assert "was made from other weights than" in warning
    assert warning.endswith("lop5 --formats gguf:q8_0")


@pytest.mark.parametrize("named", [".", "gguf", "gguf/model-q8_0.gguf", "model-f16.gguf"])
def test_the_votes_of_a_run_count_however_its_gguf_is_named(named: str, tmp_path: Path):
    run = tmp_path / "lop5"
    (run / "gguf").mkdir(parents=True)
    (run / "config.yaml").write_text("evaluation: {votes: 8}", encoding="utf-8")
    (run / "gguf" / "model-q8_0.gguf").touch()
    (run / "model-f16.gguf").touch()
    assert plan_of(run_of(run / named).read_config(), None) == Plan(8, True)


def test_a_gguf_outside_of_a_run_has_no_settings_of_a_folder_above(tmp_path: Path):
    (tmp_path / "models").mkdir()
    (tmp_path / "config.yaml").write_text("evaluation: {votes: 8}", encoding="utf-8")
    assert run_of(tmp_path / "models" / "model-q8_0.gguf").read_config() == {}


def test_a_run_without_one_is_told_how_to_make_it(tmp_path: Path):
    with pytest.raises(ModelError, match=rf"gguf/\*\.gguf.*{tmp_path} without one.*folder that `mathpal fit` wrote"):
        find_gguf(tmp_path)
    (tmp_path / "adapter").mkdir()
    with pytest.raises(ModelError, match=rf"{tmp_path} without one.*Write it: mathpal export {tmp_path}"):
        find_gguf(tmp_path)
    with pytest.raises(ModelError, match=r"missing which does not exist.*check the path"):
        find_gguf(tmp_path / "missing")


def test_a_run_that_ended_before_its_first_checkpoint_is_not_told_to_export(tmp_path: Path):
    (tmp_path / "config.yaml").write_text("name: lop5\n", encoding="utf-8")
    with pytest.raises(ModelError, match=r"Train again: mathpal fit --config .*config.yaml --overwrite"):
        find_gguf(tmp_path)


def test_eight_answers_share_the_context_and_three_of_a_large_model(tmp_path: Path):
    small, large = tmp_path / "small.gguf", tmp_path / "large.gguf"
    for file, size in ((small, 117_118_336), (large, 2_200_000_000)):
        with file.open("wb") as opened:
            opened.truncate(size)  # a hole: no disk is used
    assert (context_for(small), context_for(large)) == (16384, 4096)
    slot = 1024 + 256  # an answer, and a question of some lines
    assert (CONTEXT // slot >= SLOTS, CONTEXT_OF_LARGE // slot) == (True, 3)
