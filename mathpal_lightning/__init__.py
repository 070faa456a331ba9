"""Fine-tune a small Gemma to solve Vietnamese school mathematics, and check every claim on the way.

The map. Training, each arrow with the file that owns it:

    raw rows            data/sources.py         a Hub id, a file or the generator -> Row, refusals counted
                        data/readers/           one small file for each format
                        data/columns.py, data/split_names.py   which column holds what; which file is which split
                        data/choices.py         of multiple choice, the options and the right one
                        data/preference.py      of preference training, the two sides of a pair
    -> normalised text  text/normalize.py
    -> chat turns       chat.py                 Gemma's template, end-of-turn and stop tokens
    -> ids + loss mask  data/encode.py          Encoded, ids and labels born together
    -> packed batch     data/packing.py, data/collate.py   PackedBatch, PreferenceBatch
                        data/order.py, data/difficulty.py   shuffled by seed and epoch, or easy ones first
    -> hidden states    model/scoring.py        of documents that do not attend to each other
                        model/shared_prompt.py  of pairs whose prompt stands once
                        model/lean/             on a CPU, with less memory traffic
    -> loss             losses/                 token log-probs, then SFT or a preference loss
                        model/reference.py      what the policy as it began gave to each pair
    -> adapter          callbacks/checkpoint.py, export/adapter.py
    -> which weights    run/weights.py          the best checkpoint by the monitor, else the last; damaged ones never
                        export/subject.py       with their base, the way of merging, the vocabulary
    -> merged weights   export/merge/weights.py
    -> GGUF             export/gguf/write.py
    -> proof            export/verify/compare.py  token ids, KL, top-1 agreement, an answer that stops
    -> a pupil's page   serving/web.py          an API in front of llama.cpp, its lines by typeset/
                        llama_cpp/              llama.cpp in a process of its own, and the requests to it
    -> a page on a phone  phone/folder.py       static files: the model and this package's Python, both in the browser
    -> model card, Hub  export/publish/

Evaluation:

    question            curriculum/generate.py, data/sources.py
    -> solution         model/module.py         MathPalModule.generate_solutions
                        model/decode.py         token by token; on a GPU model/decode_fixed.py, recorded by model/record.py
    -> lines            evaluation/solution/    plain text without remarks
    -> answer           evaluation/answer/extract.py   Answer, and the rule that found it
    -> value            evaluation/values/      one class a kind of answer, read once and compared
    -> verdict          evaluation/verdict/judge.py    value, form asked for, no doubt; and why, in Vietnamese
    -> metric           evaluation/scores/metrics.py   torchmetrics
    -> samples.jsonl    run/samples.py   written and read in one place; evaluation/scores/graded.py counts them
    -> two runs         commands/compare.py     intervals, McNemar's test
    -> one HTML page    report/                 the verdict, scores, curves, solutions beside each other, what to try next

Preference pairs:

    problem             data/sources.py
    -> samples          model/sample.py, commands/sampler.py   kept by data/samples.py while they are drawn
    -> pairs, SFT rows  data/mining.py          right against wrong by the answer, lengths balanced

Reinforcement:

    problem             data/drawing.py         those that are neither always nor never solved
    -> group            model/draw.py           k solutions from the policy as it is
    -> rewards          evaluation/reward.py, data/rollouts.py   the strict verdict, or functions of one's own
    -> GroupBatch       data/collate.py         the prompt once, all solutions behind it
    -> loss             losses/policy.py        GRPO, Dr. GRPO, DAPO, GSPO

A sweep:

    space               sweep/space.py          the values that each key may take
    -> trials           sweep/trial.py          each a fit in a process and a run folder of its own
    -> the best config  sweep/standing.py, cli/sweep.py   no winner inside the noise; one look at the test problems

A small vocabulary:

    base                vocabulary/choose.py    the tokens that Vietnamese mathematics needs
    -> small base       vocabulary/base.py      an ordinary Gemma folder, with which all of the above goes on as before

The words are in schema/, the errors in errors.py, files that are whole or absent in files.py, cached folders that
know their digests in sealed.py, digests of artefacts in records.py, what a run is on disk in run/ (its folder, its
summary, its sealed checkpoints), the export formats in formats.py, the families of Gemma in families.py, the key of
every cache in content_key.py, the needs of a run in estimate/. Who may import whom is a table in tests/test_doors.py.
The laws of a batch and the way of a row through the files: docs/architecture.md.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mathpal_lightning.data import MathDataModule
    from mathpal_lightning.model import MathPalModule

__version__ = "0.2.0"
__all__ = ["MathDataModule", "MathPalModule", "__version__"]

_HOMES = {"MathDataModule": "mathpal_lightning.data", "MathPalModule": "mathpal_lightning.model"}


def __getattr__(name: str) -> object:
    """Import a public class when it is first asked for: importing the package loads no torch."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    import_module("mathpal_lightning.messages").silence_others()  # some libraries print while they are imported
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    """What a notebook completes: the two classes, and the rooms with public functions."""
    return sorted([*__all__, "callbacks", "curriculum", "data", "evaluation", "export", "losses", "model", "schema", "text"])
