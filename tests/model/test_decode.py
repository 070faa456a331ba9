"""Samples with equal beginnings share a row: what is computed is what differs, and every sample sees its own logits."""

import pytest
import torch
from torch import Tensor

from mathpal_lightning.model.decode import Writing, write_growing
from tests.tiny import FAMILIES, Family, tiny_gemma

STOP = 9
PROMPTS = [[2, *range(20, 40)], [2, 70, 71]]
SCRIPT = [[50, 51, 52, 53], [50, 51, STOP], [60, 51, 52, 53], [50, 51, 52, 54], [50, 51, 52, 53], [50, STOP]]
"""What three samples of each prompt write, whatever the model says."""


@pytest.mark.parametrize("family", FAMILIES)
def test_samples_share_a_row_until_they_differ(family: Family):
    model, head = tiny_gemma(family), tiny_gemma(family).get_output_embeddings().weight
    decoder, rows, seen = model.get_decoder(), list[int](), dict[tuple[int, int], Tensor]()

    def choose(logits: Tensor, samples: Tensor, step: int | Tensor) -> Tensor:
        seen.update({(int(sample), int(step)): row.clone() for sample, row in zip(samples, logits, strict=True)})
        return torch.tensor([SCRIPT[sample][int(step)] for sample in samples])

    hook = decoder.register_forward_pre_hook(lambda _, __, inputs: rows.append(len(inputs["input_ids"])), with_kwargs=True)
    with torch.no_grad():
        writing = Writing(decoder, head, PROMPTS, 0, choose, torch.tensor([STOP]), most=4, copies=3)
        assert dict(write_growing(writing, rows=6)) == dict(enumerate(SCRIPT))
        hook.remove()
        # Two prompts. Then 50 and 60 behind the first, 50 behind the second; each of these three goes on in one way.
        assert rows == [2, 3, 3, 3]
        for (sample, step), logits in seen.items():
            ids = torch.tensor([PROMPTS[sample // 3] + SCRIPT[sample][:step]])
            alone = decoder(input_ids=ids, use_cache=False).last_hidden_state[:, -1] @ head.T
            torch.testing.assert_close(logits, alone[0], rtol=1e-4, atol=1e-4)
    assert len(seen) == sum(map(len, SCRIPT))
