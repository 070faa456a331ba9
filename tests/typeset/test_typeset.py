r"""What a pupil sees: a table by hand, and the law that no text, however hostile, becomes anything but text and MathML."""

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mathpal_lightning.typeset import LineTypesetter, mathml, typeset_line, typeset_text
from tests.serving.formulas import FORMULAS

THREE_QUARTERS = "<math><mfrac><mn>3</mn><mn>4</mn></mfrac></math>"


@pytest.mark.parametrize(
    ("latex", "inside"),
    [
        (r"\frac{3}{4}", "<mfrac><mrow><mn>3</mn></mrow><mrow><mn>4</mn></mrow></mfrac>"),
        (r"2\frac{3}{4}", "<mn>2</mn><mfrac><mrow><mn>3</mn></mrow><mrow><mn>4</mn></mrow></mfrac>"),
        (r"2,5 \times 3", "<mn>2,5</mn><mo>×</mo><mn>3</mn>"),
        ("54 000", "<mn>54\u202f000</mn>"),
        ("1 250 000 : 2", '<mn>1\u202f250\u202f000</mn><mo lspace=".22em" rspace=".22em">:</mo><mn>2</mn>'),
        (r"x \div 5 \neq 2", "<mi>x</mi><mo>÷</mo><mn>5</mn>|<mo>≠</mo><mn>2</mn>"),
        ("12cm^2", "<mn>12</mn><msup><mtext>cm</mtext><mn>2</mn></msup>"),
        (r"90^\circ", "<msup><mn>90</mn><mo>∘</mo></msup>"),
        (r"20\%", "<mn>20</mn><mo>%</mo>"),
        (r"\sqrt{16}", "<msqrt><mrow><mn>16</mn></mrow></msqrt>"),
        (r"\overline{ab}", '<mrow class="overline"><mrow><mi>a</mi><mi>b</mi></mrow></mrow>'),
        (r"\overrightarrow{AB}", '<mrow class="arrow"><mrow><mi>A</mi><mi>B</mi></mrow></mrow>'),
        (r"\boxed{5}", '<mrow class="box"><mrow><mn>5</mn></mrow></mrow>'),
        (r"\cancel{3}", '<mrow class="strike"><mrow><mn>3</mn></mrow></mrow>'),
        (r"12 (quả)", '<mn>12</mn><mo stretchy="false">(</mo><mtext>quả</mtext><mo stretchy="false">)</mo>'),
        (
            r"\frac{tổng số học sinh}{số lớp} = 30 bạn nam",
            "<mfrac><mrow><mtext>tổng\xa0số\xa0học\xa0sinh</mtext></mrow><mrow><mtext>số\xa0lớp</mtext></mrow></mfrac>|"
            "<mo>=</mo><mn>30</mn><mtext>\xa0bạn\xa0nam</mtext>",
        ),
        (r"a là \textit{số lẻ}", '<mi>a</mi><mtext>\xa0là</mtext><mtext mathvariant="italic">số\xa0lẻ</mtext>'),
        (r"\Rightarrow x < 3", "<mo>⇒</mo><mi>x</mi>|<mo>&lt;</mo><mn>3</mn>"),
    ],
)
def test_latex_becomes_mathml_that_may_break_before_a_relation(latex: str, inside: str):
    assert mathml(latex).replace("</math><math>", "|") == f"<math>{inside}</math>"


@pytest.mark.parametrize("latex", ["x^", r"\frac", "", r"\left( 1", "{" * 3000, "{" * 900 + "}" * 900])
def test_what_is_no_latex_stays_as_it_was_written(latex: str):
    assert mathml(latex) == f'<code class="latex">{latex}</code>'


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("3/4", THREE_QUARTERS),
        ("còn 3/4 số cam", f"còn {THREE_QUARTERS} số cam"),
        ("2 3/4", "<math><mn>2</mn><mfrac><mn>3</mn><mn>4</mn></mfrac></math>"),
        ("250 000/3", "<math><mfrac><mn>250 000</mn><mn>3</mn></mfrac></math>"),
        ("60 km/giờ", "60 km/giờ"),
        ("ngày 20/11, lớp 5/2", "ngày 20/11, lớp 5/2"),
        ("5/9/2023", "5/9/2023"),
        ("100 cm^2, 10^{-3}, 100 cm²", "100 cm<sup>2</sup>, 10<sup>−3</sup>, 100 cm<sup>2</sup>"),
        ("x_1 + a^n", "x<sub>1</sub> + a<sup>n</sup>"),
        ("√16 + √(a + b)", "<math><msqrt><mn>16</mn></msqrt></math> + <math><msqrt><mn>a + b</mn></msqrt></math>"),
        ("35 - 18 = 17, -5", "35 − 18 = 17, −5"),
        ("ki-lô-gam", "ki-lô-gam"),
        ("3 x x = 9, 5x3, 2 * S", "3 × x = 9, 5 × 3, 2 × S"),
        ("54 000 đồng", "54\u202f000 đồng"),
        ("a <= b => b >= a", "a ≤ b ⇒ b ≥ a"),
        ("**Vậy** a < b", "<strong>Vậy</strong> a &lt; b"),
        (r"60 \times 2 = \frac{1}{2}", "60 × 2 = <math><mfrac><mn>1</mn><mn>2</mn></mfrac></math>"),
        ("Giá 5$ thôi", "Giá 5$ thôi"),
        ("Bút 5$ một cái, vở 10$ hai quyển", "Bút 5$ một cái, vở 10$ hai quyển"),
        ("Bút 5$, tính $x$", "Bút 5$, tính <math><mi>x</mi></math>"),
        ("1/ 25 + 17 = 42", "1/ 25 + 17 = 42"),
        ("12/ 3/4", f"12/ {THREE_QUARTERS}"),
        ("2 + 3/ 4", f"2 + {THREE_QUARTERS}"),
        (r"Rút gọn $\frac{1}{2", r"Rút gọn $\frac{1}{2"),
        (r"Vậy $x = 5$.", "Vậy <math><mi>x</mi></math><math><mo>=</mo><mn>5</mn></math>."),
        (r"Vậy \(x\).", "Vậy <math><mi>x</mi></math>."),
    ],
)
def test_plain_mathematics_is_typeset_too(text: str, html: str):
    assert typeset_line(text) == html


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        r"$\text{<script>alert(1)</script>}$",
        r"$\text{&lt;script&gt;alert(1)&lt;/script&gt;}$",
        "&lt;script&gt;alert(1)&lt;/script&gt;",
        r"$\frac{<script>alert(1)</script>}{2}$",
        "**<script>alert(1)</script>**",
        "√(<script>alert(1)</script>)",
        "2^{<script>alert(1)</script>}",
        r"\text{<script>alert(1)</script>} \frac{1}{2}",
        "x^<script>alert(1)</script>",
    ],
)
def test_a_script_tag_is_shown_as_text(hostile: str):
    html = typeset_line(hostile)
    assert "<script" not in html
    assert "&lt;" in html
    assert "alert" in re.sub(r"<[^>]*>", "", html), "what the model wrote is to be seen"


@pytest.mark.parametrize("latex", [r"\href{javascript:alert(1)}{x}", r"\style{x:y}{z}", r"\class{a}{b}", r"\color{red}{x}"])
def test_of_latex_only_known_elements_and_attributes_pass(latex: str):
    assert "=" not in mathml(latex)


TAGS = {
    "math", "mrow", "mi", "mn", "mo", "mtext", "mspace", "mfrac", "msqrt", "mroot", "msup", "msub", "msubsup", "mover",
    "munder", "munderover", "mtable", "mtr", "mtd", "mstyle", "mpadded", "mphantom", "strong", "sup", "sub", "code", "em",
}  # fmt: skip
BLOCK_TAGS = {"p", "div", "ul", "ol", "li", "table", "thead", "tbody", "tr", "th", "td", "pre", "hr"}
ATTRIBUTES = {
    *(
        "class",
        "stretchy",
        "fence",
        "form",
        "accent",
        "displaystyle",
        "scriptlevel",
        "mathvariant",
        "width",
        "lspace",
        "rspace",
    ),
}


class _Seen(HTMLParser):
    def __init__(self, html: str):
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_comment(self, data: str) -> None:
        self.tags.add("<!--")


PIECES = st.sampled_from(
    [
        "$",
        "\\text{",
        "}",
        "{",
        "<img src=x onerror=a>",
        "<",
        ">",
        "&lt;",
        "&",
        '"',
        "\\frac",
        "^",
        "_",
        "**",
        "√(",
        ")",
        "3/4",
        " ",
    ]
    + [
        "\\href{",
        "\\style{",
        "\\overline{",
        "\\boxed{",
        "\\unicode{",
        "x",
        "<!--",
        "</math>",
        "\\color{",
        "\\begin{array}",
        "\\\\",
        "\n",
        "| a |",
        "|---|",
        "$$",
        "- ",
        "7. ",
        "# ",
        "```",
        "---",
    ]
)


@given(st.lists(PIECES, max_size=12).map("".join) | st.text(max_size=40))
@settings(max_examples=300, deadline=None)
def test_no_text_becomes_an_element_that_is_not_listed(text: str):
    seen = _Seen(typeset_line(text))
    assert seen.tags <= TAGS
    assert seen.attributes <= ATTRIBUTES
    seen = _Seen(typeset_text(text))
    assert seen.tags <= TAGS | BLOCK_TAGS
    assert seen.attributes <= ATTRIBUTES | {"start"}


def test_lines_grow_and_a_begun_formula_waits():
    typesetter = LineTypesetter()
    seen = [typesetter.add(piece) for piece in ("Ta có $\\fr", "ac{1}{2}", "$", " kg\nĐáp", " số: 5")]
    assert [[(line.number, line.html.split("<")[0]) for line in lines] for lines in seen] == [
        [(0, "Ta có")],
        [(0, "Ta có")],
        [(0, "Ta có ")],
        [(0, "Ta có "), (1, "Đáp")],
        [(1, "Đáp số: 5")],
    ]
    assert "<mfrac>" in seen[2][0].html
    assert [line.is_answer for line in seen[4]] == [True]


def test_an_unclosed_formula_is_shown_at_the_end():
    typesetter = LineTypesetter()
    assert typesetter.add("Giá 5$ mỗi cái")[0].html == "Giá 5"
    assert typesetter.end()[0].html == "Giá 5$ mỗi cái"


def lines_of(text: str, size: int) -> list[str]:
    typesetter, lines = LineTypesetter(), {}
    for start in range(0, len(text), size):
        lines |= {line.number: line.html for line in typesetter.add(text[start : start + size])}
    lines |= {line.number: line.html for line in typesetter.end()}
    assert sorted(lines) == list(range(len(text.split("\n")))), "every line has its number, in a block too"
    return [lines[number] for number in sorted(lines)]


@given(st.text(alphabet="a1$\\{}/^ \n|-[]", max_size=30), st.integers(1, 5))
@settings(max_examples=200, deadline=None)
def test_pieces_give_the_same_lines_as_the_whole(text: str, size: int):
    assert lines_of(text, size) == lines_of(text, len(text) or 1)


@pytest.mark.parametrize(
    ("text", "begins", "holds"),
    [
        ("$$\nx = \\frac{1}{2}\n$$", '<div class="display"><math>', ["<mfrac>"]),
        ("\\[\nx = 1\n\\]", '<div class="display"><math>', ["<mn>1</mn>"]),
        ("\\begin{cases} x = 1 \\\\ y = 2 \\end{cases}", "<math>", ["{</mo><mtable>"]),
        ("$$\\begin{aligned} x &= 1 \\\\ y &= 2 \\end{aligned}$$", '<div class="display">', ['<mtd class="right"><mi>y</mi>']),
        ("$\\begin{array}{r} 54 \\\\ -18 \\\\ \\hline 36 \\end{array}$", "<math><mtable>", ['"right ruled"><mo>−']),
        ("| a | b |\n|:-:|--:|\n| $|x|$ | 1/2 |", '<div class="table"><table>', ['"center">a', "<mo stretchy", "<mfrac>"]),
        ("  548\n+ 76\n-----\n  624", '<pre class="column">', ["  548\n+  76\n─────\n  624"]),
        ("## Bài giải", '<strong class="heading">Bài giải', []),
        ("- Dài: 5 m", "<ul>", ["<li>Dài: 5 m</li>"]),
        ("7. Tính", '<ol start="7">', []),
        ("- 7 + 3 = -4", "- 7 + 3 = −4", []),
        ("2*3*4 = 24", "2 × 3 × 4 = 24", []),
        ("---", "<hr>", []),
        ("```\n1 < 2\n```", '<pre class="column">1 &lt; 2</pre>', []),
    ],
)
def test_markdown_and_blocks_of_several_lines(text: str, begins: str, holds: list[str]):
    first, *others = lines_of(text, 3)
    assert first.startswith(begins)
    assert all(part in first for part in holds)
    assert not any(others), "the other lines of a block are empty"


def test_a_display_that_is_never_closed_is_text():
    assert lines_of("$$\nx = 1\n\nVậy 5", 2)[1:] == ["x = 1", "", "Vậy 5"]


def test_a_hundred_formulas_are_all_read_and_none_is_lost():
    assert len(FORMULAS) >= 98
    assert [latex for latex in FORMULAS if "<code" in mathml(latex)] == []
    assert "\\" not in "".join(map(mathml, FORMULAS)), "no command is left"


def test_a_text_is_a_paragraph_a_line():
    assert typeset_text("Tính:\na) 1/2") == "<p>Tính:</p><p>a) <math><mfrac><mn>1</mn><mn>2</mn></mfrac></math></p>"
