"""A question -> the events of a page: the question typeset, then each line of the solution as it grows, then its end."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

from mathpal_lightning.errors import DataError
from mathpal_lightning.llama_cpp import Ending, LlamaCpp
from mathpal_lightning.serving.typeset import LineTypesetter, typeset_text
from mathpal_lightning.text import needs_picture

TOO_LONG = "Đề bài dài quá. Em viết ngắn lại nhé."
TROUBLE = "Máy giải bài vừa gặp trục trặc. Em thử lại nhé."
NEEDS_PICTURE = "Bài này có vẻ cần hình vẽ, mà máy không xem được hình, nên lời giải có thể sai."
CUT = "Lời giải dài quá nên bị cắt ở đây."


def solution_events(llama: LlamaCpp, question: str) -> Generator[dict[str, Any]]:
    """Solve a normalised question.

    Yields:
        {"question": html}, {"note": text}, {"line": number, "html": html, "answer": bool} where a number comes again with
        more of its line, {"error": text}, and last {"end": tokens per second} if it came to an end.
    """
    yield {"question": typeset_text(question)}
    if needs_picture(question):
        yield {"note": NEEDS_PICTURE}
    typesetter = LineTypesetter()
    try:
        for piece in llama.solve(question):
            lines = [typesetter.end()] if isinstance(piece, Ending) else typesetter.add(piece)
            for line in lines:
                yield {"line": line.number, "html": line.html, "answer": line.is_answer}
            if isinstance(piece, Ending):
                if not piece.stopped:
                    yield {"note": CUT}
                yield {"end": piece.tokens_per_second}
    except DataError:
        yield {"error": TOO_LONG}
    except OSError:
        yield {"error": TROUBLE}
