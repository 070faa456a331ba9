"""RunFolder: every path of a run, its summary read and written in one place, its lock, and the earlier run that it replaces.

    outputs/lop5/
        config.yaml           the settings of the fit; a fit with this file repeats the run
        checkpoints/          step=100.ckpt, step=100.adapter/, last.ckpt, last.adapter/
        adapter/              the adapter that was exported, with its tokenizer
        merged/, merged_4bit/ the merged weights
        gguf/                 model-q8_0.gguf, Modelfile-q8_0
        web/                  the page that needs no server
        samples.jsonl         every graded solution of the fit; test_samples.jsonl: of `mathpal test`
        solutions.jsonl       what `mathpal predict` wrote; solutions.xlsx: for Excel; solutions.1.jsonl: of earlier calls
        rollouts.jsonl        what `objective: grpo` drew, with its rewards; rollouts.1.jsonl: earlier parts
        metrics.csv           what was logged; metrics.1.csv: before the run went on
        summary.json          the figures of the run
        README.md             its model card
        report.html           scores, curves, samples and checks on one page
        comet/                an offline archive
        failed_step.json      the batches of a step that failed

No other file of the package writes these names.
"""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import yaml

from mathpal_lightning.compat.locks import Held
from mathpal_lightning.errors import ConfigError
from mathpal_lightning.files import OUTPUTS, hold, whole_file
from mathpal_lightning.records import ADAPTER_CONFIG
from mathpal_lightning.run.config import SECTIONS, RunConfig
from mathpal_lightning.run.figures import Summary
from mathpal_lightning.run.paths import absolute_paths, require_local

CONFIG = "config.yaml"
SUMMARY = "summary.json"
CARD = "README.md"
REPORT = "report.html"
METRICS = "metrics.csv"
SAMPLES = "samples.jsonl"
OF_A_FIT = ("before", "during", "after")
"""The moments of an evaluation whose samples are in samples.jsonl; those of all others are in test_samples.jsonl."""
SOLUTIONS = "solutions.jsonl"
ROLLOUTS = "rollouts.jsonl"
CHECKPOINTS = "checkpoints"
LAST = "last.ckpt"
ADAPTER = "adapter"
MERGED = "merged"
MERGED_4BIT = "merged_4bit"
GGUF = "gguf"
WEB = "web"
LONGEST_NAME = 200
"""In bytes. File systems allow 255, and a lock's or a temporary file's name is longer than that of its run."""


@dataclass(frozen=True, slots=True)
class RunFolder:
    """The folder of a run; nothing in it needs to exist."""

    path: Path

    @classmethod
    def of(cls, path: str | Path) -> RunFolder:
        """The run folder at a path."""
        return cls(Path(path))

    @classmethod
    def of_export(cls, place: str | Path) -> RunFolder:
        """Where an export of a path goes: into a run's folder, else `<name>.export` beside the adapter folder or checkpoint."""
        place = Path(place)
        is_adapter = (place / ADAPTER_CONFIG).is_file()
        if place.is_dir() and not is_adapter:
            return cls(place)
        named = place.resolve() if place.name in ("", "..") else place  # `.` and `..` have no name of their own
        return cls(named.with_name(f"{named.name if is_adapter else named.stem}.export"))

    @classmethod
    def named(cls, output_dir: str, name: str) -> RunFolder:
        """The folder of a run by its name.

        Raises:
            ConfigError: the name would lead out of the output folder, or that is an address, such as s3://bucket.
        """
        require_local("output_dir", output_dir)
        if name in ("", ".", "..") or Path(name).name != name or "\0" in name:
            raise ConfigError("a run name that is a single folder name", repr(name), "Choose a --name without slashes.")
        if (size := len(name.encode())) > LONGEST_NAME:
            way_out = "Choose a shorter --name; a Vietnamese letter takes up to 3 bytes."
            raise ConfigError(f"a run name of at most {LONGEST_NAME} bytes", f"{size} bytes: {name[:40]}...", way_out)
        return cls(Path(output_dir) / name)

    @property
    def short_name(self) -> str:
        """How a command that is given in this folder names the run: the name alone where it lies in outputs/."""
        path = self.path.resolve()
        return path.name if path.parent == Path.cwd() / OUTPUTS else str(self.path)

    @property
    def config(self) -> Path:
        """The settings of the fit."""
        return self.path / CONFIG

    @property
    def summary(self) -> Path:
        """The figures of the run."""
        return self.path / SUMMARY

    @property
    def card(self) -> Path:
        """The model card."""
        return self.path / CARD

    @property
    def metrics(self) -> Path:
        """What was logged at each step."""
        return self.path / METRICS

    @property
    def samples(self) -> Path:
        """The graded solutions of the fit."""
        return self.samples_of("after")

    def samples_of(self, moment: str) -> Path:
        """The file of the graded solutions of a moment of `evaluation` in summary.json; nothing in it needs to exist.

        Runs of before summary.json named the file have it in the run folder, under the name `evaluation.file` of the config.
        """
        scores = self.read_summary().get("evaluation", {})
        noted = scores.get(moment, {}).get("samples")
        if not noted and moment == "after":  # the fit is under way
            noted = scores.get("before", {}).get("samples")
        if noted:
            return self.path / noted
        name = self.read_config().get("evaluation", {}).get("file") or SAMPLES
        return self.path / (name if moment in OF_A_FIT else f"test_{name}")

    @property
    def report(self) -> Path:
        """The page about the run."""
        return self.path / REPORT

    @property
    def rollouts(self) -> Path:
        """What the policy drew, with its rewards; rollouts.1.jsonl and so on: earlier parts of it."""
        return self.path / ROLLOUTS

    @property
    def failed_step(self) -> Path:
        """The batches of the step at which training went wrong."""
        return self.path / "failed_step.json"

    @property
    def adapter(self) -> Path:
        """The exported adapter."""
        return self.path / ADAPTER

    @property
    def merged(self) -> Path:
        """The merged 16-bit weights."""
        return self.path / MERGED

    @property
    def merged_4bit(self) -> Path:
        """The merged weights in NF4."""
        return self.path / MERGED_4BIT

    @property
    def gguf(self) -> Path:
        """The folder of GGUF files."""
        return self.path / GGUF

    @property
    def web(self) -> Path:
        """The page that solves problems in a browser, for any web server."""
        return self.path / WEB

    @property
    def comet(self) -> Path:
        """The folder of Comet's offline archives."""
        return self.path / "comet"

    @property
    def checkpoints(self) -> Path:
        """The folder of checkpoints: `checkpoint.dirpath` of the run's config, else the one inside the run folder."""
        elsewhere = self.read_config().get("checkpoint", {}).get("dirpath")
        if not elsewhere:
            return self.own_checkpoints
        return Path(str(absolute_paths(self.read_settings(), self.path).get("checkpoint.dirpath", elsewhere)))

    @property
    def own_checkpoints(self) -> Path:
        """The folder of checkpoints inside the run folder."""
        return self.path / CHECKPOINTS

    @property
    def earlier(self) -> Path:
        """Where the run that this one replaces is kept until this one has taken its first step."""
        return self.path.with_name(f".{self.path.name}.earlier")

    @property
    def is_empty(self) -> bool:
        """Whether the folder is missing or holds nothing."""
        return not self.path.exists() or not any(self.path.iterdir())

    def read_settings(self) -> dict[str, object]:
        """Everything that config.yaml holds, whoever wrote it; empty where there is no such file.

        Raises:
            ConfigError: the file is there and cannot be read.
        """
        if not self.config.is_file():
            return {}
        try:
            settings = yaml.safe_load(self.config.read_text(encoding="utf-8"))
        except (yaml.YAMLError, ValueError) as error:  # ValueError: bytes that are not UTF-8
            said = str(error).splitlines()[0]
            raise ConfigError(f"{self.config} in YAML", said, "Correct it, or put the file back as it was.") from error
        return settings if isinstance(settings, dict) else {}

    def read_config(self) -> RunConfig:
        """The settings of the fit; empty where there are none. A section that is not a mapping is left out.

        Raises:
            ConfigError: the file is there and cannot be read.
        """
        settings = self.read_settings().items()
        return cast(RunConfig, {key: of for key, of in settings if key not in SECTIONS or isinstance(of, dict)})

    def read_summary(self) -> Summary:
        """The figures of the run; empty if there are none yet.

        Raises:
            ConfigError: the file is there and cannot be read.
        """
        if not self.summary.exists():
            return {}
        try:
            figures = json.loads(self.summary.read_text(encoding="utf-8"))
        except ValueError as error:  # a JSONDecodeError, or bytes that are not UTF-8
            raise ConfigError(
                f"{self.summary} in JSON",
                str(error),
                "Remove the file: the run's figures are then collected anew, and its weights stay as they are.",
            ) from error
        return cast(Summary, dict(figures))

    def note(self, **figures: object) -> None:
        """Put figures into the summary under their names; the other figures stay. The file is whole at every moment."""
        with whole_file(self.summary) as temporary:
            text = json.dumps(dict(self.read_summary()) | figures, ensure_ascii=False, indent=2)
            temporary.write_text(text + "\n", encoding="utf-8")

    def hold(self, verb: str = "fit") -> Held:
        """Lock the run folder for this process; the lock ends with the process, however it ends.

        Args:
            verb: what writes into it. A run may be scored while it trains, but two commands of one kind would mix their files.

        Raises:
            ConfigError: another process trains into the folder, or scores into it.
        """
        kind = "" if verb == "fit" else f".{verb}"
        lock = hold(self.path.with_name(f".{self.path.name}{kind}.lock"))
        if lock is None:
            raise ConfigError(
                f"a run folder {self.path} for this run alone",
                "another process training into it" if verb == "fit" else f"another `mathpal {verb}` writing into it",
                "Choose another --name, or wait until it has ended.",
            )
        return lock

    def set_aside(self) -> Path:
        """Move the run in the folder to `earlier`, and say where that is.

        If `earlier` holds a run already, that run is kept and the one in the folder is removed, because it never took a step.
        """
        if self.earlier.exists():
            shutil.rmtree(self.path)
        else:
            self.path.rename(self.earlier)
        return self.earlier

    def forget_earlier(self) -> None:
        """Remove the run that this one replaces."""
        if self.earlier.exists():
            shutil.rmtree(self.earlier)

    def artefacts(self) -> list[Path]:
        """The existing artefacts that a person may look for, in the order in which they were made."""
        found = (self.config, self.checkpoints, self.adapter, self.merged, self.merged_4bit, self.web)
        figures = (self.samples, self.metrics, self.summary, self.card, self.report)
        ggufs = sorted(file for file in self.gguf.glob("*.gguf") if not file.name.startswith("."))
        return [path for path in (*found, *figures) if path.exists()] + ggufs
