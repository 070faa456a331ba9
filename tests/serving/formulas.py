r"""A hundred formulas and blocks as chat models write them, for tests and for pictures that a person looks at.

python -m tests.serving.formulas     draws them in Chromium into tests/serving/pictures/, at 390 x 844 and 1280 x 800
"""

from __future__ import annotations

import tempfile
from pathlib import Path

FORMULAS = tuple(
    r"""
\frac{1}{2} + \frac{3}{4} = \frac{5}{4}
\dfrac{a}{b}
\frac12
2\frac{3}{4}
\frac{\frac{1}{2}}{\frac{3}{4}}
\sqrt{2}
\sqrt2
\sqrt{\dfrac{a}{b}}
\sqrt[3]{27} = 3
\sqrt{1 + \sqrt{1 + \sqrt{2}}}
\sqrt{a^2 + b^2}
\sqrt{\frac{x^2+1}{x-1}}
x^2
x^{10}
a_1 + a_2
x_{1,2}
10^{-3}
2^{3^2}
\left(\frac{1}{2}\right)^2
\left[\frac{1}{2} + \frac{1}{3}\right]
\left\{\frac{1}{2}, \frac{1}{3}\right\}
|x - 1|
\left|\frac{x}{2}\right|
\lvert x \rvert
\overline{ab}
\overline{abc} = 100a + 10b + c
\widehat{ABC} = 90^\circ
\widehat{A} + \widehat{B}
\hat{A}
\overset{\frown}{AB}
\wideparen{AB}
\vec{u}
\overrightarrow{AB} + \overleftarrow{CD}
\angle ABC = 60^{\circ}
45\degree
\triangle ABC \sim \triangle DEF
AB \parallel CD
AB \perp CD
\underbrace{1 + 1 + 1}_{3}
x = \frac{-b \pm \sqrt{\Delta}}{2a}
\Delta = b^2 - 4ac
\pi r^2
S = \frac{a \times h}{2}
V = \frac{4}{3}\pi r^3
C = 2\pi r
3{,}14
2,5 \times 4
54\,000
54 000 : 9
12 \div 4
3 \cdot 5
3 \times 5 = 15
20\%
\frac{20}{100}
1\,250\,000
5\,\text{cm}
12cm^2
60\ \text{km/giờ}
100\mathrm{m}^2
a < b
a \leq b
a \geq b
a \leqslant b
a \neq b
a \approx 3,33
a \Rightarrow b
a \Leftrightarrow b
a \implies b
a \iff b
x \in \mathbb{N}
x \notin \mathbb{Z}
A \cup B
A \cap B
A \subset B
\varnothing
\{1, 2, 3\}
\infty
\dots
\cdots
\alpha + \beta = 180^\circ
\lim_{x \to 0} x
\sum_{i=1}^{n} i
\boxed{x = 5}
\cancel{12}
\text{ƯCLN}(12, 18) = 6
\operatorname{BCNN}(4, 6) = 12
\xrightarrow{\times 2}
\mathbf{5}
\not= 
\log_2 8 = 3
\sin 30^\circ
\tan 45^\circ = 1
\frac{x}{x+1} \div \frac{2}{x^2-1}
(a+b)^2 = a^2 + 2ab + b^2
\overline{1a2} = 100 + 10a + 2
\sqrt{16} + \sqrt{9} = 7
-5 + (-3) = -8
\left(-\frac{2}{3}\right)^3 = -\frac{8}{27}
""".strip().split("\n")
)
BLOCKS = (
    "## Bài giải\n**Bước 1:** Tính nửa chu vi.\n- Chiều dài: $12$ m\n- Chiều rộng: $8$ m\n1. Cộng\n2. Nhân",
    "| Số | Bình phương | Căn |\n|:--|:-:|--:|\n| $4$ | $4^2 = 16$ | $\\sqrt{4} = 2$ |\n| $\\frac{1}{2}$ | 1/4 | $|x|$ |",
    "  548\n+ 276\n-----\n  824",
    "$$\nx = \\frac{-b \\pm \\sqrt{b^2 - 4ac}}{2a}\n$$",
    "\\[\n\\begin{aligned}\n3x - 7 &= 20 \\\\\n3x &= 27 \\\\\nx &= 9\n\\end{aligned}\n\\]",
    "\\begin{cases} x + y = 10 \\\\ x - y = 4 \\end{cases}",
    "$\\left[\\begin{array}{l} x = 1 \\\\ x = -\\frac{1}{2} \\end{array}\\right.$",
    "$\\begin{pmatrix} 1 & 2 \\\\ 3 & 4 \\end{pmatrix}$",
    "$\\begin{array}{r} 54 \\\\ - 18 \\\\ \\hline 36 \\end{array}$ và $54 - 18 = 36$ (kg), vận tốc 60 km/giờ, 100 cm², 2 x 3",
)
_PICTURES = Path(__file__).with_name("pictures")


def solution() -> str:
    """All of it, as one solution: the formulas in lines of six, then the blocks."""
    rows = [" ; ".join(f"${one}$" for one in FORMULAS[at : at + 6]) for at in range(0, len(FORMULAS), 6)]
    return "\n".join([*rows, *BLOCKS])


def main() -> None:
    """Draw the pictures."""
    from tests.serving.browser import Browser
    from tests.serving.conftest import page_server
    from tests.serving.scripted import scripted_llama

    _PICTURES.mkdir(exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as profile,
        Browser(Path(profile)) as browser,
        scripted_llama([solution()]) as scripted,
        page_server(scripted.llama) as page,
    ):
        for width, height, phone in ((390, 844, True), (1280, 800, False)):
            browser.resize(width, height, phone)
            browser.open(page.url)
            browser.wait_for("document.querySelector('.example') !== null")
            browser.click(".example")
            browser.wait_for("document.querySelector('.actions') !== null")
            browser.wait_for("document.fonts.status === 'loaded'")
            browser.picture(_PICTURES / f"formulas-{width}.png", of=".solution")


if __name__ == "__main__":
    main()
