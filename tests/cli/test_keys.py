"""The keys that are known without torch are those of the real parser."""

import json
from pathlib import Path

import pytest

from mathpal_lightning.cli.keys import OTHER_WORDS, is_known, known_keys, nearest, signatures
from mathpal_lightning.cli.signature import read_signature

GOLDEN = json.loads((Path(__file__).parents[1] / "fixtures/public_names.json").read_text(encoding="utf-8"))["keys"]


@pytest.mark.parametrize("verb", sorted(GOLDEN))
def test_every_key_of_the_golden_list_is_known(verb: str):
    assert GOLDEN[verb]
    assert [key for key in GOLDEN[verb] if not is_known(key)] == []


def test_the_keys_are_those_of_the_real_parser():
    from tests.test_public_names import keys_of_verbs

    real = {key for keys in keys_of_verbs().values() for key in keys}
    assert [key for key in sorted(real) if not is_known(key)] == []
    of_parser_alone = {"print_config", "help", "optimizer", "lr_scheduler", "trainer"}
    assert sorted(set(known_keys()) - real - of_parser_alone) == []


@pytest.mark.parametrize(
    ("key", "near"),
    [
        ("model.learning_rat", "model.learning_rate"),
        ("modle.lora_r", "model.lora_r"),
        ("data.generator.cout", "data.generator.count"),
        ("lora_rank", "model.lora_r"),
        ("batch_size", "data.batch_size"),
        ("lr", "learning_rate"),
        ("training.max_seq_length", "data.max_length"),
        ("xyzzy", ""),
    ],
)
def test_the_nearest_key(key: str, near: str):
    assert not is_known(key)
    assert nearest(key) == near


@pytest.mark.parametrize("key", ["trainer.logger.init_args.name", "model.policy.rewards.my.reward", "trainer.callbacks+"])
def test_what_lies_inside_a_key_is_known(key: str):
    assert is_known(key)


@pytest.mark.parametrize("key", ["model.policy.reward", "data.columns.quesion", "model", "evaluation.problem"])
def test_a_section_does_not_make_its_keys_known(key: str):
    assert is_known(key) == (key == "model")


def test_the_words_of_other_trainers_lead_to_keys_or_short_flags():
    from mathpal_lightning.cli.flags import ALIASES

    short = {name.lstrip("-") for name in ALIASES}
    assert [word for word in OTHER_WORDS.values() if word not in known_keys() and word not in short] == []


def test_signatures_say_what_the_source_says():
    report = read_signature("commands.data", "report")
    source, columns = report.named("source"), report.named("columns")
    assert source is not None
    assert source.default is None
    assert "a file, a folder or a Hub id" in source.meaning
    assert columns is not None
    assert columns.section == ("data.columns", "Columns")
    assert read_signature("commands.data", "pairs").named("samples").default == "8"  # type: ignore[union-attr]
    grades = read_signature("data", "Generator").named("grades")
    assert grades is not None
    assert grades.is_list
    with pytest.raises(LookupError, match="nothing"):
        read_signature("commands.data", "nothing")


def test_every_key_of_ours_has_a_meaning():
    said = {f"{section}.{each.name}": each.meaning for section, of in signatures() for each in of.arguments}
    assert len(said) > 100
    assert [key for key, meaning in said.items() if not meaning] == []
