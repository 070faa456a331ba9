"""Each verb has a page of its own: one screen, examples first, every flag that its function takes."""

import os
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest

from mathpal_lightning.cli.function_flags import flags_of
from mathpal_lightning.cli.help import WIDTH, front_page, page_of
from mathpal_lightning.cli.named import find_config
from mathpal_lightning.cli.signature import read_signature
from mathpal_lightning.cli.verbs import EXAMPLES, FUNCTIONS, LIGHTNING_VERBS, OTHER_VERBS
from mathpal_lightning.curriculum.syllabus import choose_topics

COMMANDS = [(verb, ()) for verb in LIGHTNING_VERBS | OTHER_VERBS]
COMMANDS += [(verb, (name,)) for verb, names in FUNCTIONS.items() if len(names) > 1 for name in names]


@pytest.mark.parametrize(("verb", "words"), COMMANDS, ids=str)
def test_a_page_is_one_screen_with_its_examples_first(verb: str, words: tuple[str, ...]):
    lines = page_of(verb, words).splitlines()
    assert len(lines) <= 48
    assert max(map(len, lines)) <= WIDTH
    command = " ".join(["mathpal", verb, *words])
    assert lines[0].startswith(f"{command}: ")
    examples = EXAMPLES[" ".join([verb, *words])]
    first = next(line for line in lines if line.startswith("  "))
    assert first.strip().startswith(examples[0][0])


@pytest.mark.parametrize(("verb", "words"), [each for each in COMMANDS if each[0] in FUNCTIONS and each[0] != "data"], ids=str)
def test_a_page_names_every_flag(verb: str, words: tuple[str, ...]):
    page = page_of(verb, words)
    name = words[0] if words else FUNCTIONS[verb][0]
    for flag in flags_of(read_signature(f"commands.{verb}", name)):
        assert flag.rpartition(".")[2] in page or flag.upper() in page


def test_topics_and_configs_of_the_examples_are_there():
    """Whoever types an example as it stands must not be told that it is wrong."""
    words = [example.split() for examples in EXAMPLES.values() for example, _ in examples]
    named = [(flag, name) for each in words for flag, name in pairwise(each) if flag in ("--topics", "--config")]
    topics = [topic for flag, names in named if flag == "--topics" for topic in names.split(",")]
    configs = [name for flag, name in named if flag == "--config" and not name.startswith("outputs/")]
    assert topics
    assert configs
    choose_topics("mathematics", topics, None)
    assert all(Path(find_config(name)).is_file() for name in configs)


def test_the_front_page_names_every_verb_and_fits_a_screen():
    page = front_page()
    assert all(f"\n  {verb} " in page for verb in LIGHTNING_VERBS | OTHER_VERBS)
    assert page.count("\n") <= 40
    assert max(map(len, page.splitlines())) <= WIDTH


def test_the_shell_is_offered_verbs_flags_configs_and_runs(tmp_path):
    """One start of Python for each of the questions that a shell asks."""
    (tmp_path / "outputs" / "lop5").mkdir(parents=True)
    for line, offered in (("mathpal fi", "fit"), ("mathpal fit --config quick", "quickstart"), ("mathpal test lo", "lop5")):
        file = tmp_path / "offered"
        environment = os.environ | {
            "_ARGCOMPLETE": "1",
            "_ARGCOMPLETE_STDOUT_FILENAME": str(file),
            "COMP_LINE": line,
            "COMP_POINT": str(len(line)),
            "_ARGCOMPLETE_IFS": "\n",
            "_ARGCOMPLETE_SUPPRESS_SPACE": "1",
        }
        subprocess.run([sys.executable, "-m", "mathpal_lightning"], env=environment, cwd=tmp_path, check=True)
        assert offered in file.read_text(encoding="utf-8").split("\n")
