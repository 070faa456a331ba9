"""A solution in a terminal: each line is marked when it is whole, as on the page."""

from __future__ import annotations

from mathpal_lightning.serving.checked import Checked
from mathpal_lightning.text import states_answer


class Marks:
    """The part of a solution that is written so far.

    Args:
        question: the normalised question. The answer of a direct one is compared with its value; empty compares nothing.
    """

    def __init__(self, question: str = "") -> None:
        self.text = ""
        self.checked = Checked(question)

    def add(self, piece: str) -> str:
        r"""The next piece, with a mark before the end of each line.

        >>> Marks().add("20 + 7 = 22\nĐáp số: 22")
        '20 + 7 = 22   ✗ 20 + 7 = 27, không phải 22\nĐáp số: 22'
        """
        first, *others = piece.split("\n")
        self.text += first
        shown = [first]
        for other in others:
            shown += [self.end(), "\n", other]
            self.text += "\n" + other
        return "".join(shown)

    def end(self) -> str:
        """The mark of the line that ends here."""
        line = self.text.rpartition("\n")[2]
        check = self.checked.add(line, states_answer(line))
        return f"   ✗ {check.wrong}" if check.wrong else "   ✓" if check.checked else ""
