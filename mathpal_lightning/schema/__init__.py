"""The dictionary: every type and constant that travels between rooms. It imports nothing of ours and does not load torch.

`words.py` has labels, roles, objectives, verdicts and kinds of answers; `rows.py` what a person reads; `batches.py` what a
model reads; `samples.py` what a model writes, `solver.py` who writes it; `answers.py` answers and judgements;
`checkpoint.py` what a checkpoint holds.
"""

from mathpal_lightning.schema.answers import Answer, Judgement, vietnamese_form
from mathpal_lightning.schema.batches import Batch, Encoded, EncodedGroup, EncodedPair, GroupBatch, PackedBatch, PreferenceBatch
from mathpal_lightning.schema.checkpoint import Checkpoint, Held, RandomStates, ReferenceRecord, plain_value
from mathpal_lightning.schema.rows import Problem, Prompt, Row, Turn, prompt_of, prompt_question, prompt_text, prompt_turns
from mathpal_lightning.schema.samples import DrawnGroup, DrawnSolution, GradedSample, Sample
from mathpal_lightning.schema.solver import Solver
from mathpal_lightning.schema.words import IGNORE_INDEX, AnswerKind, Objective, Role, Verdict

__all__ = [
    "IGNORE_INDEX",
    "Answer",
    "AnswerKind",
    "Batch",
    "Checkpoint",
    "DrawnGroup",
    "DrawnSolution",
    "Encoded",
    "EncodedGroup",
    "EncodedPair",
    "GradedSample",
    "GroupBatch",
    "Held",
    "Judgement",
    "Objective",
    "PackedBatch",
    "PreferenceBatch",
    "Problem",
    "Prompt",
    "RandomStates",
    "ReferenceRecord",
    "Role",
    "Row",
    "Sample",
    "Solver",
    "Turn",
    "Verdict",
    "plain_value",
    "prompt_of",
    "prompt_question",
    "prompt_text",
    "prompt_turns",
    "vietnamese_form",
]
