"""AnswerAccuracy: hand-counted figures, every error message, and two real processes."""

import math
import pickle
from pathlib import Path

import pytest
import torch
import torch.multiprocessing as mp

from mathpal_lightning.evaluation.scores.metrics import AnswerAccuracy

PREDS = ["Đáp số: 5 cm", "Đáp số: 6 cm", "Chiều dài là:", "Đáp số: 1", "Đáp số: 20%"]
GOLDS = ["Đáp số: 0,05 m", "Đáp số: 5 cm", "Đáp số: 7", "Ta xếp như sau:", "Đáp số: 1/5"]
TOPICS = ["length", "length", "other", "other", "percent"]


def test_figures_by_hand():
    metric = AnswerAccuracy(topics=["length", "percent", "empty"])
    metric.update(PREDS, GOLDS, topics=TOPICS)
    figures = {name: value.item() for name, value in metric.compute().items()}
    assert figures["accuracy"] == 0.5  # correct, wrong, no answer, (unreadable), correct
    assert figures["accuracy_stderr"] == pytest.approx(math.sqrt(0.5 * 0.5 / 4))
    assert figures["no_answer_rate"] == 0.25
    assert (figures["gold_unreadable"], figures["count"]) == (1, 4)
    assert (figures["accuracy/length"], figures["count/length"], figures["accuracy/percent"]) == (0.5, 2, 1)
    assert math.isnan(figures["accuracy/empty"])


def test_questions_map_letters():
    metric = AnswerAccuracy()
    metric.update(["Chọn B"], ["Đáp số: 6"], questions=["Số nào? A. 5 B. 6"])
    assert metric.compute()["accuracy"] == 1


def test_reset_and_pickle():
    metric = AnswerAccuracy(topics=["length"])
    metric.update(PREDS, GOLDS, topics=TOPICS)
    assert pickle.loads(pickle.dumps(metric)).compute()["accuracy"] == 0.5
    metric.reset()
    metric.update("Đáp số: 1", "Đáp số: 1")
    assert metric.compute()["accuracy"] == 1


def test_messages():
    with pytest.raises(ValueError, match=r"^Expected argument `topics` to be a sequence of strings, but got 'length'$"):
        AnswerAccuracy(topics="length")
    with pytest.raises(ValueError, match=r"^Expected argument `topics` to hold each topic once, but got \['a', 'a'\]$"):
        AnswerAccuracy(topics=["a", "a"])
    with pytest.raises(ValueError, match=r"^Expected argument `target` to be a sequence as long as `preds`, but got 1 and 2$"):
        AnswerAccuracy().update(["1", "2"], ["1"])
    with pytest.raises(ValueError, match=r"^Expected argument `verdict` to be one of \('correct', .*\), but got 'maybe'$"):
        AnswerAccuracy().add_verdict("maybe")


def _process(rank: int, store: str) -> None:
    torch.distributed.init_process_group("gloo", init_method=f"file://{store}", rank=rank, world_size=2)
    metric = AnswerAccuracy(topics=["length"])
    metric.update(PREDS[rank::2], GOLDS[rank::2], topics=TOPICS[rank::2])
    figures = metric.compute()
    assert (figures["accuracy"].item(), figures["count"].item(), figures["count/length"].item()) == (0.5, 4, 2)
    torch.distributed.destroy_process_group()


def test_two_processes_count_what_one_counts(tmp_path: Path):
    mp.spawn(_process, args=(str(tmp_path / "store"),), nprocs=2)
