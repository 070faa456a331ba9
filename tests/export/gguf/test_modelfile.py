import json
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jinja2
import pytest

from mathpal_lightning.chat import CHAT_FORMATS, GEMMA_3, ChatFormat
from mathpal_lightning.errors import ExportError
from mathpal_lightning.export import write_modelfile
from mathpal_lightning.export.gguf.modelfile import ollama_template
from tests.export.gguf.test_header import file  # noqa: F401 (a fixture: a GGUF with a foreign template)


def test_the_modelfile_of_a_gemma_3(exported, tmp_path: Path):
    gguf = str(exported()["gguf"])
    text = write_modelfile(gguf, gguf.replace("model-q8_0.gguf", "Modelfile")).read_text(encoding="utf-8")
    assert text.startswith("FROM ./model-q8_0.gguf\n")
    assert 'PARAMETER stop "<end_of_turn>"\n' in text
    assert "PARAMETER temperature 0\n" in text
    assert "PARAMETER repeat_penalty 1\n" in text, "with 1.1, an older default of Ollama's, solutions are nonsense"
    assert f'TEMPLATE """{ollama_template(GEMMA_3)}"""' in text


def test_the_template_of_gemma_3_in_full():
    assert ollama_template(GEMMA_3) == (
        '{{ $system := .System }}{{ range .Messages }}{{ if eq .Role "user" }}<start_of_turn>user\n'
        '{{ if $system }}{{ $system }}\n\n{{ $system = "" }}{{ end }}{{ .Content }}<end_of_turn>\n'
        '{{ else if eq .Role "assistant" }}<start_of_turn>model\n'
        "{{ .Content }}<end_of_turn>\n"
        "{{ end }}{{ end }}<start_of_turn>model\n"
    )


# Ollama parses templates with these functions besides Go's own (template/template.go in github.com/ollama/ollama).
GO_PROGRAM = """package main
import ("encoding/json"; "os"; "strings"; "text/template"; "time")
type Message struct{ Role, Content string }
type Chat struct{ Template, System string; Messages []*Message }
func main() {
    functions := template.FuncMap{
        "json": func(v any) string { b, _ := json.Marshal(v); return string(b) },
        "currentDate": func(args ...string) string { return time.Now().Format("2006-01-02") },
        "toTypeScriptType": func(v any) string { return "any" },
        "lower": strings.ToLower,
    }
    var chats []Chat
    if err := json.NewDecoder(os.Stdin).Decode(&chats); err != nil { panic(err) }
    out := json.NewEncoder(os.Stdout)
    for _, chat := range chats {
        var text strings.Builder
        t := template.Must(template.New("").Option("missingkey=zero").Funcs(functions).Parse(chat.Template))
        if err := t.Execute(&text, chat); err != nil { panic(err) }
        if err := out.Encode(text.String()); err != nil { panic(err) }
    }
}
"""
CHATS = [
    [("user", "2 + 3 = ?")],
    [("system", "Nhớ ghi đáp số."), ("user", "2 + 3 = ?")],
    [("system", "Nhớ ghi đáp số."), ("user", "2 + 3 = ?"), ("assistant", "5"), ("user", "Vì sao?\nGiải thích.")],
    [("user", 'So sánh: 2 < 3, "5" & {{ 7 }}'), ("assistant", "2 < 3"), ("user", "Đúng chưa?")],
]


@pytest.fixture(scope="module")
def render(tmp_path_factory: pytest.TempPathFactory) -> Callable[[list[dict[str, Any]]], list[str]]:
    """Go's text/template with Ollama's functions, compiled once. CI installs Go: there its absence is a failure."""
    if shutil.which("go") is None:
        assert not os.environ.get("CI_RUN"), "no Go toolchain in CI: .ci/run installs golang-go"
        pytest.skip("no Go toolchain: Ollama's template language is Go's")
    folder = tmp_path_factory.mktemp("go")
    (folder / "main.go").write_text(GO_PROGRAM, encoding="utf-8")
    subprocess.run(["go", "build", "-o", "render", "main.go"], cwd=folder, check=True)

    def rendered(chats: list[dict[str, Any]]) -> list[str]:
        given = json.dumps(chats)
        done = subprocess.run([folder / "render"], input=given, capture_output=True, text=True, check=True, encoding="utf-8")
        return [json.loads(line) for line in done.stdout.splitlines()]

    return rendered


@pytest.mark.parametrize("form", CHAT_FORMATS, ids=lambda form: form.name)
def test_go_renders_what_training_renders(form: ChatFormat, render: Callable[[list[dict[str, Any]]], list[str]]):
    given, expected = [], []
    for chat in CHATS:
        system = "".join(content for role, content in chat if role == "system")
        messages = [{"Role": role, "Content": content} for role, content in chat]
        given.append({"Template": ollama_template(form), "System": system, "Messages": messages})
        asked = [{"role": role, "content": content} for role, content in chat]
        expected.append(jinja2.Template(form.template).render(messages=asked, bos_token="", add_generation_prompt=True))
    assert render(given) == expected
    assert len(set(expected)) == len(CHATS)


def test_a_foreign_template_is_not_translated_by_guessing(file: Path, tmp_path: Path):  # noqa: F811
    with pytest.raises(ExportError, match="the chat template of mathpal_lightning.chat.*Xin"):
        write_modelfile(file, tmp_path / "Modelfile")
