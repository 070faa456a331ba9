"""Small rows and a tiny Gemma tokenizer for the data room."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from transformers import PreTrainedTokenizerBase

from tests.tiny import tiny_tokenizer

REAL_ROWS = Path(__file__).parents[3] / "shared/data/exam_grade6_train.json"


@pytest.fixture(scope="session")
def tokenizer(tmp_path_factory: pytest.TempPathFactory) -> PreTrainedTokenizerBase:
    """A tiny Gemma 3 tokenizer with our chat template."""
    return tiny_tokenizer(tmp_path_factory.mktemp("tokenizer"), "gemma3")


@pytest.fixture
def write_jsonl(tmp_path: Path) -> Callable[..., str]:
    """`write_jsonl(rows)` writes one object a line and gives the path; a str is written as it is."""

    def write(rows: Sequence[Any], name: str = "rows.jsonl") -> str:
        lines = [row if isinstance(row, str) else json.dumps(row, ensure_ascii=False) for row in rows]
        (tmp_path / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
        return str(tmp_path / name)

    return write


@pytest.fixture(scope="session")
def real_rows() -> Path:
    """The real exam set; the test is skipped where it is absent."""
    if not REAL_ROWS.is_file():
        pytest.skip(f"{REAL_ROWS} is absent")
    return REAL_ROWS


def sums(number: int) -> list[dict[str, str]]:
    """Rows whose questions all differ: 0 + 0 = ?, 1 + 3 = ?, ..."""
    return [{"question": f"{i} + {3 * i} = ?", "solution": f"Tổng là {4 * i}. Đáp số: {4 * i}"} for i in range(number)]
