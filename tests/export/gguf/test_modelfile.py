import json
import shutil
import subprocess
from pathlib import Path

import jinja2
import pytest

from mathpal_lightning.chat import GEMMA_3, GEMMA_4, ChatFormat
from mathpal_lightning.errors import ExportError
from mathpal_lightning.export import write_modelfile
from mathpal_lightning.export.gguf.modelfile import ollama_template
from tests.export.gguf.test_header import file  # noqa: F401 (a fixture: a GGUF with a foreign template)


def test_the_modelfile_of_a_gemma_3(exported, tmp_path: Path):
    text = write_modelfile(exported()["gguf"], exported()["gguf"].with_name("Modelfile")).read_text(encoding="utf-8")
    assert text.startswith("FROM ./model-q8_0.gguf\n")
    assert 'PARAMETER stop "<end_of_turn>"\n' in text
    assert "PARAMETER temperature 0\n" in text
    assert f'TEMPLATE """{ollama_template(GEMMA_3)}"""' in text


def test_the_template_of_gemma_3_in_full():
    assert ollama_template(GEMMA_3) == (
        '{{ $system := .System }}{{ range .Messages }}{{ if eq .Role "user" }}<start_of_turn>user\n'
        '{{ if $system }}{{ $system }}\n\n{{ $system = "" }}{{ end }}{{ .Content }}<end_of_turn>\n'
        '{{ else if eq .Role "assistant" }}<start_of_turn>model\n'
        "{{ .Content }}<end_of_turn>\n"
        "{{ end }}{{ end }}<start_of_turn>model\n"
    )


GO_PROGRAM = """package main
import ("encoding/json"; "os"; "text/template")
type Message struct{ Role, Content string }
type Chat struct{ Template, System string; Messages []*Message }
func main() {
    var chat Chat
    json.NewDecoder(os.Stdin).Decode(&chat)
    template.Must(template.New("").Parse(chat.Template)).Execute(os.Stdout, chat)
}
"""
CHATS = [
    [("user", "2 + 3 = ?")],
    [("system", "Nhớ ghi đáp số."), ("user", "2 + 3 = ?")],
    [("system", "Nhớ ghi đáp số."), ("user", "2 + 3 = ?"), ("assistant", "5"), ("user", "Vì sao?\nGiải thích.")],
]


@pytest.mark.skipif(shutil.which("go") is None, reason="no Go toolchain: Ollama's template language is Go's")
@pytest.mark.parametrize("form", [GEMMA_3, GEMMA_4], ids=["gemma3", "gemma4"])
def test_go_renders_what_training_renders(form: ChatFormat, tmp_path: Path):
    (tmp_path / "main.go").write_text(GO_PROGRAM, encoding="utf-8")
    subprocess.run(["go", "build", "-o", "render", "main.go"], cwd=tmp_path, check=True)
    for chat in CHATS:
        messages = [{"Role": role, "Content": content} for role, content in chat]
        system = "".join(content for role, content in chat if role == "system")
        given = json.dumps({"Template": ollama_template(form), "System": system, "Messages": messages})
        rendered = subprocess.run(
            [tmp_path / "render"], input=given, capture_output=True, text=True, check=True, encoding="utf-8"
        ).stdout
        asked = [{"role": role, "content": content} for role, content in chat]
        expected = jinja2.Template(form.template).render(messages=asked, bos_token="", add_generation_prompt=True)
        assert rendered == expected


def test_a_foreign_template_is_not_translated_by_guessing(file: Path, tmp_path: Path):  # noqa: F811
    with pytest.raises(ExportError, match="the chat template of mathpal_lightning.chat.*Xin"):
        write_modelfile(file, tmp_path / "Modelfile")
