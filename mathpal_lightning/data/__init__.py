"""Raw rows -> packed batches. `MathDataModule` is the door; the functions behind it are usable alone."""

from mathpal_lightning.data.collate import collate
from mathpal_lightning.data.columns import Columns
from mathpal_lightning.data.datamodule import MathDataModule
from mathpal_lightning.data.encode import encode_rows
from mathpal_lightning.data.generated import Generator
from mathpal_lightning.data.packing import best_fit_packs
from mathpal_lightning.data.report import DataReport, Refusal
from mathpal_lightning.data.rollouts import Rewards, encode_group

__all__ = [
    "Rewards",
    "encode_group",
    "Columns",
    "DataReport",
    "Generator",
    "MathDataModule",
    "Refusal",
    "best_fit_packs",
    "collate",
    "encode_rows",
]
