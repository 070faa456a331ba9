"""Easy rows first: rows -> stages of rising difficulty -> packs with rows of one stage only.

    source A, difficulties   4.1  5.2  3.3  5.1        ranks  1  3  0  2        stages of two  0  1  0  1
    source B, no column      80   20   tokens          ranks  1  0              stages of two  1  0

Each source is divided into stages alone, so a mixture has its weights in every stage. If no row of a source has a difficulty,
the length of a row replaces it. If only some rows have one, the others get the median.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Literal

import numpy as np

from mathpal_lightning.data.packing import Packs, best_fit_packs, single_packs

if TYPE_CHECKING:
    from mathpal_lightning.data.prepare import Part

log = logging.getLogger(__name__)

Order = Literal["shuffled", "easy_first"]
MOST_STAGES = 10
PACKS_A_STAGE = 4
"""Fewest packs in a stage. Small sets get fewer stages, because the last pack of each stage is about half empty."""


def stages_of(difficulties: np.ndarray, lengths: np.ndarray, sources: np.ndarray, number: int) -> np.ndarray:
    """Divide the rows of each source into stages of equal size and rising difficulty.

    Args:
        difficulties: of each row, float64 [rows]; NaN where unknown.
        lengths: tokens of each row; of two equally difficult rows the shorter is the easier.
        sources: the number of each row's source, int64 [rows].
        number: of stages.

    Returns:
        The stage of each row from 0, the easiest, int64 [rows].
    """
    stages = np.empty(len(difficulties), dtype=np.int64)
    for source in np.unique(sources):
        rows = np.flatnonzero(sources == source)
        known = difficulties[rows]
        middling = np.nanmedian(known) if not np.isnan(known).all() else 0.0
        easiest_first = np.lexsort((lengths[rows], np.nan_to_num(known, nan=middling)))
        stages[rows[easiest_first]] = np.arange(len(rows)) * number // len(rows)
    return stages


def pack_part(part: Part, capacity: int, *, packing: bool = True, order: Order = "shuffled") -> tuple[Packs, np.ndarray | None]:
    """Pack a part's documents; with `easy_first`, each stage alone.

    Args:
        part: the documents.
        capacity: positions of a pack.
        packing: False gives each document a pack of its own.
        order: how training will go through the packs.

    Returns:
        The packs and, with `easy_first`, the stage of each, int64 [packs].
    """
    lengths = part.lengths
    if order == "shuffled":
        return (best_fit_packs(lengths, capacity) if packing else single_packs(len(lengths))), None
    least = int(lengths.sum()) // (PACKS_A_STAGE * capacity) if packing else len(lengths)
    number = min(MOST_STAGES, max(1, least))
    if number == 1 and len(lengths) > 1:
        log.warning("data.order: easy_first has no effect: the rows fill too few packs for two stages.")
    stages = stages_of(part.difficulties, lengths, part.encoded.source_of(part.documents), number)
    if not packing:
        return single_packs(len(lengths)), stages
    return _packs_of_stages(lengths, stages, capacity)


def _packs_of_stages(lengths: np.ndarray, stages: np.ndarray, capacity: int) -> tuple[Packs, np.ndarray]:
    documents, sizes, stage_of_pack = [], [], []
    for stage in np.unique(stages):
        rows = np.flatnonzero(stages == stage)
        packs = best_fit_packs(lengths[rows], capacity)
        documents.append(rows[packs.documents])
        sizes.append(np.diff(packs.starts))
        stage_of_pack.append(np.full(len(packs), stage))
    empty = [np.empty(0, dtype=np.int64)]
    starts = np.concatenate([[0], np.cumsum(np.concatenate(sizes or empty))]).astype(np.int64)
    return Packs(np.concatenate(documents or empty), starts), np.concatenate(stage_of_pack or empty)
