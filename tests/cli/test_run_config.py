"""A run's config.yaml runs again without harm: it never holds what was meant for one call of mathpal."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from mathpal_lightning.cli.main import main
from tests.cli.test_lightning_cli import run, tiny_config


def saved(folder: Path) -> dict[str, Any]:
    return yaml.safe_load((folder / "config.yaml").read_text(encoding="utf-8"))


@pytest.fixture
def replaced(gemma3_folder: Path, tmp_path: Path) -> Path:
    """The folder of a run of two steps that was made with --overwrite, and whose config said so too."""
    config = tiny_config(gemma3_folder, evaluation={"problems": 0}, export={"formats": []}, trainer={"max_steps": 2})
    run("fit", config, tmp_path, "--max_steps", "1")
    run("fit", config | {"overwrite": True}, tmp_path, "--overwrite")
    return tmp_path / "outputs" / "tiny"


def test_a_run_made_with_overwrite_is_not_destroyed_by_its_own_config(
    replaced: Path, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
):
    assert saved(replaced)["overwrite"] is False
    before = (replaced / "summary.json").read_text(encoding="utf-8")
    with pytest.raises(SystemExit) as status:
        main(["fit", "--config", str(replaced / "config.yaml")])
    assert status.value.code == 2
    assert "--overwrite" in capsys.readouterr().err
    config = (replaced / "config.yaml").read_text(encoding="utf-8")
    (replaced / "config.yaml").write_text(config.replace("overwrite: false", "overwrite: true"), encoding="utf-8")
    with pytest.raises(SystemExit) as status:  # a config that an earlier version saved
        main(["fit", "--config", str(replaced / "config.yaml")])
    assert status.value.code == 2
    assert "says `overwrite: True`. That was for an earlier call and is ignored." in caplog.text
    assert (replaced / "summary.json").read_text(encoding="utf-8") == before


def test_a_resumed_run_does_not_keep_the_checkpoint_that_it_went_on_from(replaced: Path, caplog: pytest.LogCaptureFixture):
    main(["fit", "--config", str(replaced / "config.yaml"), "--ckpt_path", "last", "--max_steps", "3"])
    assert saved(replaced)["ckpt_path"] is None
    assert saved(replaced)["trainer"]["max_steps"] == 3
    assert "without the run's training" not in caplog.text
    main(["validate", "--config", str(replaced / "config.yaml")])
    assert "No --ckpt_path is given: this is the base model, without the run's training." in caplog.text


def test_a_config_that_a_person_wrote_may_say_overwrite(gemma3_folder: Path, tmp_path: Path):
    config = tiny_config(gemma3_folder, evaluation={"problems": 0}, export={"formats": []}, trainer={"max_steps": 1})
    for _ in range(2):
        run("fit", config | {"overwrite": True}, tmp_path)
    assert (tmp_path / "outputs/tiny/summary.json").exists()
