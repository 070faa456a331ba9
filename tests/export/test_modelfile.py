from pathlib import Path

import pytest

from mathpal_lightning.chat import GEMMA_3, GEMMA_4
from mathpal_lightning.errors import ExportError
from mathpal_lightning.export import write_modelfile
from mathpal_lightning.export.modelfile import ollama_template
from tests.export.test_gguf_header import file  # noqa: F401 (a fixture: a GGUF with a foreign template)


def test_the_modelfile_of_a_gemma_3(exported, tmp_path: Path):
    text = write_modelfile(exported()["gguf"], exported()["gguf"].with_name("Modelfile")).read_text()
    assert text.startswith("FROM ./model-q8_0.gguf\n")
    assert 'PARAMETER stop "<end_of_turn>"\n' in text
    assert "PARAMETER temperature 0\n" in text
    assert f'TEMPLATE """{ollama_template(GEMMA_3)}"""' in text


# Rendered by Go's text/template for [system "Nhớ ghi đáp số.", user "2 + 3 = ?"]; {{ bos_token }} is Ollama's to add.
def test_the_templates_hold_the_turns_of_training():
    assert "<start_of_turn>user\n" in ollama_template(GEMMA_3)
    assert ollama_template(GEMMA_3).endswith("<start_of_turn>model\n")
    assert ollama_template(GEMMA_4).endswith("<|turn>model\n")
    assert ollama_template(GEMMA_4).count("<turn|>\n") == 1


def test_a_foreign_template_is_not_translated_by_guessing(file: Path, tmp_path: Path):  # noqa: F811
    with pytest.raises(ExportError, match="the chat template of mathpal_lightning.chat.*Xin"):
        write_modelfile(file, tmp_path / "Modelfile")
