"""TCVN3 and VNI: the tables are the standards', and only certain text is converted."""

import shutil
import subprocess

import pytest

from mathpal_lightning.curriculum import generate_problems
from mathpal_lightning.data.legacy import _TCVN3, CONVERTERS, is_suspect, legacy_encoding, tcvn3, vni
from tests.pace import seconds

LETTERS = "àảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵăâêôơưđĂÂÊÔƠƯĐ"
MODERN = "Một hình chữ nhật có chiều dài 12 cm, chiều rộng bằng nửa chiều dài. Tính diện tích và chu vi hình đó."


def as_tcvn3(text: str) -> str:
    back = {chr(letter): chr(written) for written, letter in _TCVN3.items()}
    return "".join(back.get(letter, letter) for letter in text)


def test_the_tcvn3_table_is_that_of_iconv():
    if shutil.which("iconv") is None:
        pytest.skip("iconv is absent")
    for letter in LETTERS:
        written = as_tcvn3(letter)
        found = subprocess.run(
            ["iconv", "-f", "TCVN5712-1", "-t", "UTF-8"], input=written.encode("latin-1"), capture_output=True
        )
        assert found.stdout.decode() == letter
    assert len({as_tcvn3(letter) for letter in LETTERS}) == len(LETTERS) == 74


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("Baøi toaùn: Moät hình chöõ nhaät coù chieàu daøi", "Bài toán: Một hình chữ nhật có chiều dài"),
        (
            "Ñaùp soá: ñöôøng troøn, nöûa ngaøy, kyû luïc, nghæ, luõy thöøa",
            "Đáp số: đường tròn, nửa ngày, kỷ lục, nghỉ, lũy thừa",
        ),
        ("TÍNH TOÅNG CUÛA HAI SOÁ", "TÍNH TỔNG CỦA HAI SỐ"),
        ("bò, ñòa chæ, vó nhaân", "bị, địa chỉ, vĩ nhân"),
    ],
)
def test_vni_as_people_wrote_it(written: str, text: str):
    assert vni(written) == text


def test_tcvn3_as_people_wrote_it():
    assert tcvn3("Bµi to¸n: Mét h×nh ch÷ nhËt cã chiÒu dµi. §¸p sè: ®­êng trßn") == (
        "Bài toán: Một hình chữ nhật có chiều dài. Đáp số: đường tròn"
    )


def test_a_source_is_recognised_and_converted_back():
    questions = [one.question for one in generate_problems(80, seed=1)]
    questions = [one for one in questions if not set(one) & set("×²³°·")]  # whose places TCVN3 gives to letters
    assert len(questions) > 10
    assert legacy_encoding(map(as_tcvn3, questions)) == "TCVN3"
    assert [CONVERTERS["TCVN3"](as_tcvn3(question)) for question in questions] == questions
    assert legacy_encoding(["Moät hình chöõ nhaät coù chieàu daøi 5 cm"]) == "VNI"


@pytest.mark.parametrize(
    "text",
    [
        MODERN,
        "là và có hình bài toán góc tính",
        "L'élève façonne une règle très générale, déjà vu à l'hôtel",
        "5 × 3 ÷ 2 = 7½ · 2°",
        "1 900 cm² là bao nhiêu dm²? Hãy tính: 97,7 - 3,8. Tính: 5,03 × 1 000 m³",
        "Em hãy làm bài toán: Tính α, β và Δ. Vì sao π là 3,14?",
        "",
    ],
)
def test_what_is_unicode_stays(text: str):
    assert legacy_encoding([text]) is None


def test_a_mixture_is_not_certain():
    garbled = ["TÝnh diÖn tÝch", "h×nh ch÷ nhËt", "ærø blåbær smørrebrød", "Ýmöt æðing þór"]
    assert legacy_encoding(garbled) == "unclear"
    assert is_suspect(garbled[0])
    assert not is_suspect(MODERN)


def test_long_runs_are_judged_in_linear_time():
    long_runs = ["\xe0" * 200_000, "a" * 200_000 + "\xe0"]
    assert legacy_encoding(long_runs) is None
    assert seconds(lambda: legacy_encoding(long_runs), 2) < 2
