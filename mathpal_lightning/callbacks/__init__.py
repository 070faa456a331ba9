"""Lightning callbacks: one hook, one call, one log line. They work in any Trainer."""

from mathpal_lightning.callbacks.checkpoint import AdapterCheckpoint
from mathpal_lightning.callbacks.evaluate_solutions import EvaluateSolutions
from mathpal_lightning.callbacks.export_model import ExportModel
from mathpal_lightning.callbacks.health import StopOnDivergence
from mathpal_lightning.callbacks.interruption import SaveOnInterruption
from mathpal_lightning.callbacks.preflight import Preflight
from mathpal_lightning.callbacks.push_to_hub import PushToHub
from mathpal_lightning.callbacks.rollouts import KeepRollouts
from mathpal_lightning.callbacks.summary import RunSummary
from mathpal_lightning.callbacks.throughput import Throughput
from mathpal_lightning.callbacks.write_solutions import WriteSolutions

__all__ = [
    "AdapterCheckpoint",
    "EvaluateSolutions",
    "ExportModel",
    "KeepRollouts",
    "Preflight",
    "PushToHub",
    "RunSummary",
    "SaveOnInterruption",
    "StopOnDivergence",
    "Throughput",
    "WriteSolutions",
]
