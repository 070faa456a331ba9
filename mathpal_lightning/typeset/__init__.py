r"""A line of a solution -> HTML with typeset mathematics: LaTeX and plain fractions as MathML, Markdown, text escaped.

    "Vậy x = 2 3/4 cm^2, tức $\frac{11}{4}$"   ->   "Vậy x = <math>..</math> cm<sup>2</sup>, tức <math>..</math>"

    lines           blocks.py     which lines belong together: a formula, a table, a sum in columns
    -> Markdown     markdown.py   markdown-it-py, without HTML, links and pictures
    -> formulas     formula.py    latex2mathml's tree, from which only listed elements pass; latex.py prepares the LaTeX
    -> other text   plain.py      3/4, cm^2, 2 x 3

A browser typesets MathML itself, so nothing is loaded from anywhere. What the model wrote is text and stays text: every
character is escaped once.
"""

from mathpal_lightning.typeset.blocks import Line, LineTypesetter, typeset_line, typeset_text
from mathpal_lightning.typeset.formula import mathml

__all__ = ["Line", "LineTypesetter", "mathml", "typeset_line", "typeset_text"]
