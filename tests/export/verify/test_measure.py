"""KL by hand, and its coarse form against the full one."""

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from mathpal_lightning.export.verify.measure import agreement, coarse_kl, mean_kl

HALVES = torch.tensor([0.5, 0.5]).log()
QUARTER = torch.tensor([0.25, 0.75]).log()


def test_kl_by_hand():
    by_hand = 0.5 * math.log(0.5 / 0.25) + 0.5 * math.log(0.5 / 0.75)  # 0.1438 nats
    assert mean_kl(HALVES[None], QUARTER[None]) == pytest.approx(by_hand, rel=1e-6)
    assert mean_kl(torch.stack([HALVES, HALVES]), torch.stack([QUARTER, HALVES])) == pytest.approx(by_hand / 2, rel=1e-6)
    assert mean_kl(HALVES[None], HALVES[None]) == 0


def test_coarse_kl_counts_the_unknown_as_one_token():
    p = torch.tensor([0.5, 0.3, 0.2]).log()
    by_hand = 0.5 * math.log(0.5 / 0.6) + 0.5 * math.log(0.5 / 0.4)
    assert coarse_kl(p, {0: math.log(0.6)}) == pytest.approx(by_hand, rel=1e-5)


@given(st.lists(st.floats(-8, 8), min_size=24, max_size=24), st.integers(1, 12))
def test_coarse_kl_is_between_zero_and_the_full_kl(logits: list[float], top: int):
    p, q = torch.tensor(logits, dtype=torch.float64).view(2, 12).log_softmax(-1)
    known = {int(token): q[token].item() for token in q.topk(top).indices}
    full = mean_kl(p[None], q[None])
    assert -1e-9 <= coarse_kl(p, known) <= full + 1e-9
    if top == 12:
        assert coarse_kl(p, known) == pytest.approx(full, abs=1e-9)


def test_agreement():
    assert agreement([1, 2, 3, 4], [1, 2, 3, 5]) == 0.75
