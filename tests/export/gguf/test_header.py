"""The header reader against the gguf package, and one value added without moving a tensor."""

from pathlib import Path

import gguf
import numpy
import pytest

from mathpal_lightning.errors import ExportError
from mathpal_lightning.export.gguf.header import read_header, set_uint32


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "tiny.gguf"
    writer = gguf.GGUFWriter(path, "gemma3")
    writer.add_chat_template("{{ bos_token }}Xin chào")
    writer.add_token_list(["<pad>", "một", "▁hai"])
    writer.add_token_scores([0.0, -1.5, -2.0])
    writer.add_eos_token_id(1)
    writer.add_add_bos_token(True)
    writer.add_tensor("token_embd.weight", numpy.arange(12, dtype=numpy.float32).reshape(3, 4))
    writer.add_tensor("output_norm.weight", numpy.ones(4, dtype=numpy.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def test_scalars_are_read_as_they_are_and_arrays_by_their_length(file: Path):
    metadata = read_header(file).metadata
    assert metadata["general.architecture"] == "gemma3"
    assert metadata["tokenizer.chat_template"] == "{{ bos_token }}Xin chào"
    assert metadata["tokenizer.ggml.eos_token_id"] == 1
    assert metadata["tokenizer.ggml.add_bos_token"] is True
    assert metadata["tokenizer.ggml.tokens"] == 3
    assert metadata["tokenizer.ggml.scores"] == 3
    tensors = read_header(file).tensors
    assert [(tensor.name, tensor.shape, tensor.kind, tensor.offset) for tensor in tensors] == [
        ("token_embd.weight", (4, 3), 0, 0),
        ("output_norm.weight", (4,), 0, 64),
    ]


def test_an_added_value_is_read_by_the_gguf_package_and_no_tensor_moves(file: Path):
    set_uint32(file, "tokenizer.ggml.eot_token_id", 106)
    reader = gguf.GGUFReader(file)
    assert reader.fields["tokenizer.ggml.eot_token_id"].contents() == 106
    assert reader.fields["tokenizer.ggml.tokens"].contents() == ["<pad>", "một", "▁hai"]
    tensors = {tensor.name: tensor.data for tensor in reader.tensors}
    assert tensors["token_embd.weight"].tolist() == numpy.arange(12, dtype=numpy.float32).reshape(3, 4).tolist()
    assert tensors["output_norm.weight"].tolist() == [1.0] * 4


@pytest.mark.parametrize("size", [0, 10, 60, 150])
def test_a_cut_file_is_an_error(file: Path, size: int):
    file.write_bytes(file.read_bytes()[:size])
    with pytest.raises(ExportError, match="GGUF"):
        read_header(file)


def test_another_kind_of_file_is_an_error(tmp_path: Path):
    (tmp_path / "x.gguf").write_bytes(b"PK\x03\x04" + b"\0" * 100)
    with pytest.raises(ExportError, match="a GGUF file of version 2 or 3.*PK"):
        read_header(tmp_path / "x.gguf")
