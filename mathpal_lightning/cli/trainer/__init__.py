"""MathPalTrainer: Lightning's Trainer with the verbs `preflight` and `bench`, and what they measure."""

from mathpal_lightning.cli.trainer.trainer import MathPalTrainer

__all__ = ["MathPalTrainer"]
