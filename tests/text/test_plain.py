"""LaTeX and markdown written out."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mathpal_lightning.text import plain_text


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("**Vậy** $x = 2\\frac{{3}}{4} \\times 5$ cm$^2$", "Vậy x = 2 3/4 × 5 cm^2"),
        ("$\\frac{12}{18}$", "12/18"),
        ("\\frac{a + b}{2}", "((a + b)/2)"),
        ("\\boxed{36}", "⟦36⟧"),
        ("\\boxed4", "⟦4⟧"),
        ("$\\frac mk + \\dfrac3a + \\frac{1}b$", "m/k + 3/a + 1/b"),
        ("\\Big[t^3\\Big]_0^3", "[t^3]_0^3"),
        ("$0{,}1\\pi\\ \\text{s}$", "0,1π s"),
        ("S_{ABC} = \\overline{ab}", "S_ABC = ab"),
        ("5 x 3 và 15cm x 20cm", "5 × 3 và 15cm × 20cm"),
        ("x = 3, 2x = 6", "x = 3, 2x = 6"),
        ("43,75\\%", "43,75%"),
        ("60^\\circ", "60°"),
        ("$\\widehat{ABC} = 35^0 + 5^{0} = 40^0$", "∠ABC = 35° + 5° = 40°"),
        ("góc A bằng 60⁰ 30'", "góc A bằng 60° 30'"),
        ("x = 35^o", "x = 35°"),
        ("x = 180^0 - 135^0", "x = 180° - 135°"),
        ("5^0 = 1; 12^0 = 1; 2024^0 = 1; 3 × 10^0; x^0", "5^0 = 1; 12^0 = 1; 2024^0 = 1; 3 × 10^0; x^0"),
        ("# Bài giải\n* Số bi: 5", "Bài giải\nSố bi: 5"),
        ("a) 1 + 1 = 2 b) 2 + 2 = 4", "a) 1 + 1 = 2\nb) 2 + 2 = 4"),
    ],
)
def test_written_out(text: str, plain: str):
    assert plain_text(text) == plain


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.sampled_from(["\\frac", "{", "}", "1", "x", "\\sqrt", "\\boxed", "_", "^", " ", "$", "\\", "**", "\n"]), max_size=40
    ).map("".join)
)
def test_never_raises(text: str):
    plain_text(text)
