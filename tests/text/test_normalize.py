"""Normalisation: literals, and the laws that nothing mathematical is lost and that it is idempotent."""

import json
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mathpal_lightning.text import comparison_key, normalize_text
from tests.own_rows import OWN_ROWS
from tests.pace import seconds

ROWS = Path(__file__).parents[3] / "shared" / "data" / "exam_grade6_train.json"


@pytest.mark.parametrize(
    ("text", "normalised"),
    [
        ("Diện&nbsp;tích: 5 ∶ 2 − 1 = 1,5 (cm<sup>2</sup>)", "Diện tích: 5 : 2 - 1 = 1,5 (cm^2)"),
        ("36 cm$^2$, 36 cm², 36 cm<sup>2</sup>", "36 cm^2, 36 cm^2, 36 cm^2"),
        ("S<sub>ABC</sub> = 12 m³", "S_{ABC} = 12 m^3"),
        ("\\(x + 1\\) và \\[y\\]", "$x + 1$ và $y$"),
        ("\\frac{{12}}{{18}} và \\dfrac{1}{2}", "\\frac{12}{18} và \\frac{1}{2}"),
        ("<strong>Đáp án: A</strong>", "Đáp án: A"),
        ("a &lt; b &amp;lt; c", "a < b < c"),
        ("1 < 2 và 3 > 2", "1 < 2 và 3 > 2"),
        ("a\u00a0\u200bb\t c\r\n\n\n\nd ", "a b c\n\nd"),
        ("![](https://img.vn/19_1.PNG)", "[hình]"),
        ("35 – 31 ÷ 2 ％ ５", "35 - 31 : 2 % 5"),
        ("2½ giờ", "2 1/2 giờ"),
        ("Tìm 𝑥 biết 𝑥 + 5 = 𝟏𝟐, ℎ = 𝜋", "Tìm x biết x + 5 = 12, h = π"),
        ("³⁄₄ + 2³⁄₄ + ¹²⁄₂₅", "3/4 + 2 3/4 + 12/25"),
        ("<sup>3</sup>/<sub>4</sub> kg, 2<sup>1</sup>&frasl;<sub>2</sub>", "3/4 kg, 2 1/2"),
        ("x³/₄, 10⁻³/₂, a₁/b₂, m²/s", "x^3/_4, 10^{-3}/_2, a_1/b_2, m^2/s"),
        ("⅐ ⅑ ⅒ ⅟7", "1/7 1/9 1/10 1/7"),
        ("5 \uf0b4 3 \uf03d 15 \uf0b8 1", "5 × 3 = 15 : 1"),
        ("Chọn:\n \uf0a7 1 + 1 = 2\n<b>\uf0d8\xa0Ta có</b>", "Chọn:\n1 + 1 = 2\nTa có"),
        ("3 ✖\ufe0f 4 ➕ 5 ➖ 6 ➗ 2", "3 × 4 + 5 - 6 : 2"),
        ("\u202a\u2066Ðáp án\u2069\u202c: B, ðúng", "Đáp án: B, đúng"),
        ("ho\u0061\u0300", "hoà"),  # NFC: a + combining grave
    ],
)
def test_one_spelling(text: str, normalised: str):
    assert normalize_text(text) == normalised


MARKUP = [
    "<sup>",
    "</sup>",
    '"',
    "<!--",
    "-->",
    "<p class=",
    "<b>",
    "<s<b>up>",
    "&nbsp;",
    "&amp;",
    "&lt;",
    "lt;",
    "{",
    "}",
    "$",
    "\\(",
    "\\frac",
    "²",
    "½",
    "![](",
    ")",
]
MARKUP += ["⁄", "/", "³", "₄", "</sub>", "<sub>", "\ufe0f", "\uf0b4", "⅟"]
MARKUP += ["1", "2,5", "x", "+", ":", "−", "<", ">", "=", "\n", " ", "\u00a0", "à", "\u0300", "\\,", "\\\\", "^", "_"]


@settings(max_examples=600, deadline=None)
@given(st.one_of(st.text(max_size=80), st.lists(st.sampled_from(MARKUP), max_size=25).map("".join)))
def test_idempotent(text: str):
    once = normalize_text(text)
    assert normalize_text(once) == once


@pytest.mark.parametrize("text", ["<![>", "<![ >", "a <![-]> b", "<![ifx]>", "<![1]>"])
def test_a_bracket_that_opens_no_section_is_no_tag(text: str):
    assert normalize_text(text) == text  # html.parser raises an AssertionError on these


PLAIN = st.text(alphabet="0123456789+-×:=<>,.()/%^ abcxyzđăôơư\n", max_size=120)


@pytest.mark.parametrize(
    "text",
    ["Biết 3 <a và b> 5", "<a >", "5 <b + c> 2", "x <s = 3> y"]
    + ["Tìm x biết 2<x:3 và x:3>1", "Với 0<AB:CD và EF>2, tính", "3<x:2>1", "Nếu a<b:2 thì c>d", "Cho 12<a:b; c>5", "0<v:t>2"]
    + ["Biết AB<TH và TH>3, tính", "MN<TD và TD>5 cm", "AB<EM và MN>EF", "0<DT>2", "chị<em và ông>bà", "S<ABC:ABD>2"],
)
def test_comparisons_without_spaces_are_no_tags(text: str):
    assert normalize_text(text) == text


@pytest.mark.parametrize(
    "text",
    ["<a href=\"x.html\" target='_blank'>5</a>", "<p style='a: b'>5</p >", "<b/>5", "<span lang=vi>5</span>"]
    + [
        "<td nowrap width=64 valign=top>5</TD>",
        '<st1:place w:st="on">5</st1:place>',
        "<O:P></O:P>5<o:p>",
        "<w:View>5<hr noshade/>",
    ]
    + ["<DIV>5</DIV><TT></TT>", "5<v:t></v:t>", "<table border=0 cellpadding=0><tr><td>5"],
)
def test_tags_with_attributes_are_tags(text: str):
    assert normalize_text(text) == "5"


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ('<img src="h.png" alt="x > y">5', "[hình]5"),
        ("<p class=MsoNormal><o:p></o:p>5</p>", "5"),
        ("<!-- ghi chú -->5", "5"),
        ("<!-- 3 > 2 -->5", "5"),
        ("<!--[if gte mso 9]><xml><w:View>Normal</w:View></xml><![endif]-->5", "5"),
        ("<h2>Bài 1</h2><blockquote>2 + 3</blockquote>", "Bài 1\n\n2 + 3"),
        ("<B>2</B><BR CLEAR=all>3", "2\n3"),
        ("<?xml version='1.0'?>5", "5"),
        ("<code>7</code><mark>8</mark>", "78"),
        ("từ<b>khoá</b>, H&lt;B&gt;2&lt;/B&gt;O, <b>Bài", "từkhoá, H2O, Bài"),
        ("<table><tr><td>1</td><td>2</td></tr></table>Tổng? <ul><li>một</li></ul>Hai", "1 2\nTổng?\nmột\nHai"),
    ],
)
def test_what_word_and_web_pages_leave_is_read_as_a_browser_reads_it(text: str, read: str):
    assert normalize_text(text) == read


@pytest.mark.parametrize(
    "text",
    ["a<b>c", "So sánh: x<i>y", "<m:f><m:num>1</m:num></m:f>"]
    + ["<mfrac><mn>1</mn><mn>2</mn></mfrac>", "3 <? > 5", "2 <a b=3> 1", 'dài 5" < 3 và 7 > 6', "<p", "x <!-- 3", "<n! >"],
)
def test_what_is_no_markup_stays(text: str):
    assert normalize_text(text) == text


def test_many_quotes_and_brackets_take_linear_time():
    assert seconds(lambda: normalize_text('<a "' + '> "' * 20_000), 1) < 1


@settings(max_examples=400, deadline=None)
@given(PLAIN)
def test_loses_no_digit_operator_or_letter(text: str):
    def signs(text: str) -> list[str]:
        return re.findall(r"\S", re.sub(r"<[ab]/?>|</[ab]\s*>", "", text))  # <b> may be markup

    assert signs(normalize_text(text)) == signs(text)


@pytest.mark.skipif(not ROWS.exists(), reason="the real rows are not here")
def test_real_rows_keep_their_mathematics():
    rows = [text for row in json.loads(ROWS.read_text(encoding="utf-8")) for text in row.values()]
    assert len(rows) > 2000
    _keep_their_mathematics(rows)


def test_rows_in_our_own_words_keep_their_mathematics():
    _keep_their_mathematics([text for row in OWN_ROWS for text in (row["question"], row["solution"])])


def _keep_their_mathematics(rows: list[str]) -> None:
    for text in rows:
        once = normalize_text(text)
        assert normalize_text(once) == once
        if "&#" not in text and "](" not in text:
            digits = re.sub(r"[²³]", lambda power: {"²": "2", "³": "3"}[power[0]], text)
            assert re.findall(r"\d", once) == re.findall(r"\d", digits)
            assert len(re.findall(r"[=+×]", once)) == len(re.findall(r"[=+×]", re.sub(r'="[^"]*"|<[a-z][^<>]*>', "", text)))


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [("hoà", "hòa", True), ("Khoẻ", "khỏe", True), ("thuý", "thúy", True), ("kỹ", "kĩ", True), ("tỷ số", "tỉ số", True),
     ("hoà", "hoá", False), ("quy", "qui", False), ("ma", "mà", False)],
)  # fmt: skip
def test_comparison_key(first: str, second: str, same: bool):
    assert (comparison_key(first) == comparison_key(second)) is same
