"""sweep.yaml -> the values that each key may take.

model.learning_rate: {low: 1e-4, high: 2e-3, log: true}
model.lora_r: [8, 16, 32]
data.max_length: {low: 256, high: 1024, step: 256}
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

from mathpal_lightning.errors import ConfigError

if TYPE_CHECKING:
    import optuna

Value = bool | int | float | str | None
_OF_A_RANGE = {"low", "high", "log", "step"}


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several values."""

    values: tuple[Value, ...]

    def suggest(self, trial: optuna.Trial, key: str) -> Value:
        """The value that a trial takes."""
        return trial.suggest_categorical(key, self.values)


@dataclass(frozen=True, slots=True)
class Range:
    """A number between two ends, which may be taken too; a whole number where both ends, and the step if any, are whole."""

    low: float
    high: float
    log: bool = False
    """Whether 1 to 10 is as long as 10 to 100."""
    step: float | None = None

    @property
    def examples(self) -> tuple[float, ...]:
        """Both ends and, where they are not whole, a value between: what the key must be able to take."""
        if isinstance(self.low, int) and isinstance(self.high, int):
            return self.low, self.high
        return self.low, self.low + (self.step or 0.618 * (self.high - self.low)), self.high

    def suggest(self, trial: optuna.Trial, key: str) -> Value:
        """The value that a trial takes."""
        step = 1 if self.step is None else self.step
        if isinstance(self.low, int) and isinstance(self.high, int) and isinstance(step, int):
            return trial.suggest_int(key, self.low, self.high, step=step, log=self.log)
        return trial.suggest_float(key, self.low, self.high, step=self.step, log=self.log)


Space = Mapping[str, Choice | Range]


def read_space(file: Path) -> Space:
    """Read a space from a YAML file.

    Raises:
        ConfigError: the file is not there, holds no keys, or a key has neither a list nor a range.
    """
    if not file.is_file():
        raise ConfigError(f"a file {file} with the space of the sweep", "none", "Write one: docs/sweeps.md has an example.")
    try:
        found = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (yaml.YAMLError, ValueError) as error:
        raise ConfigError(f"{file} in YAML", str(error).splitlines()[0], "Correct it.") from error
    if not isinstance(found, dict) or not found:
        raise ConfigError(f"keys of a config with their values in {file}", repr(found), "For example: model.lora_r: [8, 16]")
    return {str(key): _read(file, str(key), of) for key, of in found.items()}


def _read(file: Path, key: str, of: object) -> Choice | Range:
    if isinstance(of, list) and len(of) > 1 and not any(isinstance(value, list | dict) for value in of):
        return Choice(tuple(of))
    if isinstance(of, dict) and {"low", "high"} <= of.keys() <= _OF_A_RANGE:
        low, high = _number(file, key, of["low"]), _number(file, key, of["high"])
        step = None if of.get("step") is None else _number(file, key, of["step"])
        if not all(isinstance(number, int) for number in (low, high, step) if number is not None):
            low, high, step = float(low), float(high), None if step is None else float(step)
        log = of.get("log", False)
        fits = low < high and (step is None or (step > 0 and round((high - low) / step, 9) >= 1))  # 0.3 - 0.2 < 0.1
        if fits and isinstance(log, bool) and not (log and (low <= 0 or step)):
            return Range(low, high, log, step)
    raise ConfigError(
        "two values or more, or {low: A, high: B} with A < B (and log: true for A > 0, or step: C above 0 and at most B - A) "
        f"for {key} in {file}",
        repr(of),
        "For example: model.learning_rate: {low: 1e-4, high: 2e-3, log: true}",
    )


def _number(file: Path, key: str, value: object) -> float:
    """A number, a whole one as an int; YAML 1.1 reads `1e-4` as a text, and `'8'` is one."""
    text = "nan" if isinstance(value, bool) else str(value).strip()
    if re.fullmatch(r"[+-]?[0-9]+", text):
        return int(text)
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise ConfigError(f"a number as low, high or step of {key} in {file}", repr(value), "Correct it.")
    return number


def in_words(space: Space) -> dict[str, str]:
    """What each key may be, equal for equal spaces.

    >>> in_words({"model.lora_r": Choice((8, 16))})
    {'model.lora_r': '[8, 16]'}
    """
    return {
        key: json.dumps(list(of.values) if isinstance(of, Choice) else asdict(of), ensure_ascii=False)
        for key, of in space.items()
    }


def flags(values: Mapping[str, Value]) -> list[str]:
    """The values of a trial as flags of `mathpal fit`.

    >>> flags({"model.lora_r": 8, "model.compile": True, "trainer.max_time": None})
    ['--model.lora_r=8', '--model.compile=true', '--trainer.max_time=null']
    """
    words = {True: "true", False: "false", None: "null"}
    return [f"--{key}={words[value] if isinstance(value, bool | None) else value}" for key, value in values.items()]
