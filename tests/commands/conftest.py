"""A tiny Gemma that has learned six problems, each with a right and a wrong solution: it guesses."""

from pathlib import Path

import pytest
import torch
from torch.nn.utils.rnn import pad_sequence
from transformers import GenerationConfig

from mathpal_lightning.data.encode import encode_rows
from mathpal_lightning.export import save_tokenizer
from mathpal_lightning.schema import IGNORE_INDEX, Row, Turn
from tests.tiny import tiny_gemma, tiny_tokenizer


def problem(number: int, answer: int) -> Row:
    return Row((Turn("user", f"{number} + 1 = ?"), Turn("assistant", f"{number} + 1 = {answer}\nĐáp số: {answer}")), "sums")


GOLD = [problem(number, number + 1) for number in range(6)]


@pytest.fixture(scope="session")
def guesser(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a model that answers n + 1 or n + 3, each about half of the time."""
    folder = tmp_path_factory.mktemp("guesser")
    tokenizer, model = tiny_tokenizer(folder, "gemma3"), tiny_gemma("gemma3", initializer_range=0.05).train()
    rows = encode_rows(tokenizer, [*GOLD, *(problem(number, number + 3) for number in range(6))])
    ids = pad_sequence([torch.tensor(row.input_ids) for row in rows], batch_first=True)
    labels = pad_sequence([torch.tensor(row.labels) for row in rows], batch_first=True, padding_value=IGNORE_INDEX)
    optimizer = torch.optim.AdamW(model.parameters(), lr=5e-3)
    for _ in range(150):
        optimizer.zero_grad()
        model(input_ids=ids, labels=labels, use_cache=False).loss.backward()
        optimizer.step()
    model.generation_config = GenerationConfig(bos_token_id=2, eos_token_id=1, pad_token_id=0)
    model.save_pretrained(folder)
    save_tokenizer(tokenizer, folder)
    return folder
