"""A run folder or an adapter folder -> its model card: what the files there say, and nothing else.

Format: https://huggingface.co/docs/hub/model-cards. Local folders are named by their last part; of the configuration only
what trains and scores the model is repeated, so that keys and accounts of loggers stay where they are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import cast

import yaml
from huggingface_hub import EvalResult, ModelCardData

from mathpal_lightning import __version__
from mathpal_lightning.evaluation.statistics import p_text, wilson_interval
from mathpal_lightning.export.publish.artefacts import ARTEFACTS
from mathpal_lightning.export.publish.facts import (
    OFFLINE_GEMMA_SOURCE,
    Artefact,
    RunFacts,
    gguf_files,
    is_hub_id,
    public_name,
    read_facts,
)
from mathpal_lightning.export.publish.usage import SERVERS, usage
from mathpal_lightning.export.verify.checks import verdict_of
from mathpal_lightning.families import OFFLINE_PACKAGE, licence_named
from mathpal_lightning.files import whole_file
from mathpal_lightning.formats import WEB
from mathpal_lightning.model.resolve import OFFLINE_GEMMA
from mathpal_lightning.run import RunFolder, Scores
from mathpal_lightning.run.config import DataConfig

MOMENTS = {"before": "before training", "after": "after training", "test": "after training, test rows"}
HYPERPARAMETERS = (
    *("objective", "preference", "policy", "finetune", "bits"),
    *("lora_r", "lora_alpha", "lora_dropout", "lora_rslora", "lora_dora"),
    *("learning_rate", "schedule", "warmup_share", "optimizer", "weight_decay", "max_length", "packing", "batch_size"),
    *("accumulate_grad_batches", "gradient_clip_val", "precision", "max_epochs", "max_steps", "seed_everything"),
)
LORA = {
    "lora_r": "r",
    "lora_alpha": "lora_alpha",
    "lora_dropout": "lora_dropout",
    "lora_rslora": "use_rslora",
    "lora_dora": "use_dora",
}
"""Settings of a run -> what adapter_config.json calls them."""
LOSSES = {"preference": "dpo", "policy": "grpo"}
"""Settings that count for one objective only."""


def write_model_card(run: str | Path) -> Path:
    """Write README.md of a run folder: the card of every artefact there."""
    file = RunFolder.of(run).card
    with whole_file(file) as temporary:
        temporary.write_text(model_card(run), encoding="utf-8")
    return file


def model_card(run: str | Path, repo: str | None = None, artefact: Artefact | None = None) -> str:
    """The card of a run folder, or of a bare adapter folder, of which less is known.

    Args:
        run: the folder.
        repo: the Hub id under which the artefact is found; None: the card speaks of the files in the folder.
        artefact: the one that lies in the repo; None: all that are there.

    Returns:
        Markdown with YAML metadata.
    """
    facts = read_facts(run)
    licence = licence_named(facts.base.licence)
    title = repo.split("/")[-1] if repo else facts.name
    how = usage(Path(run), facts.base, repo, artefact, bits=facts.config.get("model", {}).get("bits"))
    sections = {
        "": _introduction(facts),
        "Scores": _scores(facts),
        "Data": _data(facts),
        "Training": _training(facts),
        "Verification": _verification(facts, _written(Path(run), artefact)),
        "Use": f"{how}\n\n{SERVERS}" if how and (facts.config or facts.record) else how,
        "Licence": licence.text if licence else "The licence of the base model applies to these weights.",
        "Configuration": _configuration(facts),
    }
    body = "\n\n".join(f"## {name}\n\n{text}" if name else text for name, text in sections.items() if text)
    return f"---\n{_metadata(facts, title, artefact).to_yaml()}\n---\n\n# {title}\n\n{body}\n"


def _metadata(facts: RunFacts, title: str, artefact: Artefact | None) -> ModelCardData:
    after = facts.summary.get("evaluation", {}).get("after")
    sources = _sources(facts.config.get("data", {}))
    datasets = [name.split(":")[0] for name in sources if is_hub_id(name.split(":")[0])]
    row = ARTEFACTS[artefact or "adapter"]
    results = None
    if after:
        results = [
            EvalResult(
                task_type="text-generation",
                dataset_type=datasets[0] if len(sources) == 1 and datasets else "held-out-problems",
                dataset_name=f"held-out problems ({', '.join(sources) or 'of the run'})",
                metric_type="exact_match",
                metric_name=f"exact match, {_percent(after)}",
                metric_value=round(100 * after["accuracy"], 2),
            )
        ]
    return ModelCardData(
        language="vi",
        license=facts.base.licence,
        base_model=facts.base.hub_id,
        base_model_relation=row.relation if facts.base.hub_id else None,
        library_name=row.library,
        pipeline_tag="text-generation",
        datasets=datasets or None,
        tags=["mathpal-lightning", "mathematics", "vietnamese"],
        model_name=title,
        eval_results=results,
    )


def _introduction(facts: RunFacts) -> str:
    base = facts.base
    source = f"[{base.hub_id}](https://huggingface.co/{base.hub_id})" if base.hub_id else f"`{base.name}`"
    trained = f"fine-tuned from {source if base.name else 'a base model that its files do not name'}"
    if not facts.config and not facts.record:  # somebody else's adapter
        return f"A PEFT adapter, {trained}."
    lines = [
        "Mô hình ngôn ngữ nhỏ giải toán phổ thông bằng tiếng Việt: đọc đề bài, viết lời giải từng bước và đáp số.",
        f"A small language model that solves Vietnamese school mathematics step by step, {trained} with mathpal-lightning "
        f"{__version__}. It makes mistakes: check an answer before you rely on it.",
    ]
    if quantized := facts.record.get("quantized"):
        lines.append(
            f"The adapter was trained on the base in {quantized[0]['bits']} bits, whose weights are not the published ones. "
            "Weights merged into what training saw are the trained model; the adapter on 16-bit weights is not quite."
        )
    if base.name == OFFLINE_GEMMA:
        package = OFFLINE_PACKAGE.replace("_", "-")
        lines.append(
            f"The base was the Q4_K_M copy of {OFFLINE_GEMMA_SOURCE} in the Python package {package}, "
            f"de-quantised. On {OFFLINE_GEMMA_SOURCE} itself the adapter meets slightly other weights than it was trained on."
        )
    return "\n\n".join(lines)


def _label(label: str, scores: Scores) -> str:
    """A run without test rows was tested on its validation rows: the card must not call them test rows."""
    return label.replace("test rows", f"{scores['rows']} rows") if "rows" in scores else label


def _scores(facts: RunFacts) -> str:
    scores = facts.summary.get("evaluation", {})
    rows = [(label, scores[moment]) for moment, label in MOMENTS.items() if moment in scores]
    if not rows:
        return ""
    table = _table(
        ("", "exact match", "problems", "no answer found"),
        [(_label(label, of), _percent(of), str(of["problems"]), f"{100 * of['no_answer']:.1f} %") for label, of in rows],
    )
    lines = [
        "Share of held-out problems whose final answer is the same mathematics as the reference's, with Wilson's interval "
        "of 95 %; solutions are generated greedily. The problems before training are the first of those after it.",
        table,
    ]
    if changed := scores.get("after", {}).get("change"):
        lines.append(
            f"Of {changed['problems']} problems tried before and after training, {changed['only_after']} were solved only "
            f"after and {changed['only_before']} only before (McNemar's test: {p_text(changed['p_value'])})."
        )
    if digests := [f"{label} `{of['digest']}`" for label, of in rows if "digest" in of]:
        lines.append(f"Digest of the problems, equal for equal sets: {', '.join(digests)}.")
    if monitor := facts.config.get("checkpoint", {}).get("monitor"):
        lines.append(f"The checkpoint was chosen by `{monitor}`; validation rows are therefore not quite unseen.")
    if facts.configuration:
        again = "mathpal fit --config config.yaml       # the configuration at the end of this card: trains and scores again"
        test = f"\nmathpal test --config outputs/{facts.name}/config.yaml --ckpt_path best       # the test rows"
        lines.append(f"The same figures again:\n\n```sh\n{again}{test if 'test' in scores else ''}\n```")
    return "\n\n".join(lines)


def _data(facts: RunFacts) -> str:
    reports = facts.summary.get("data", {})
    sources = ", ".join(f"`{name}`" for name in _sources(facts.config.get("data", {})))
    lines = [f"Training rows: {sources}."] if sources else []
    if reports:
        rows = [
            (
                split,
                f"{of['read']:,}",
                f"{of['kept']:,}",
                ", ".join(f"{count} {reason}" for reason, count in of["refused"].items()) or "none",
                f"{of['tokens']:,} ({of['supervised_tokens']:,})",
            )
            for split, of in reports.items()
        ]
        lines.append(_table(("", "rows read", "kept", "refused", "tokens (supervised)"), rows))
    return "\n\n".join(lines)


def _training(facts: RunFacts) -> str:
    settings: dict[str, object] = {}
    for name, section in facts.configuration.items():
        settings |= section if isinstance(section, dict) else {name: section}
    adapter = cast(Mapping[str, object], facts.adapter)  # a given one keeps its own rank, whatever the config says
    settings |= {key: adapter[name] for key, name in LORA.items() if name in adapter}
    unused = {name for name, objective in LOSSES.items() if settings.get("objective") != objective}
    settings = {name: value for name, value in settings.items() if name not in unused}
    rows = [(f"`{key}`", str(settings[key])) for key in HYPERPARAMETERS if settings.get(key) not in (None, False, -1)]
    if small := facts.vocabulary:
        kept = f"{small['tokens']:,} of the base's {small['of']:,} tokens (`{small['name']}`, digest `{small['digest'][:16]}`)"
        rows.append(("vocabulary", kept))
    if training := facts.summary.get("training"):
        rows.append(("optimizer steps", f"{training['steps']:,}"))
        rows.append(("tokens seen", f"{training['tokens']:,} ({training['supervised_tokens']:,} supervised)"))
        rows.append(("time, peak memory", f"{training['training_seconds']:,.0f} s, {training['peak_memory_gb']:.2f} GB"))
    if versions := facts.record.get("versions"):
        rows.append(("versions", ", ".join(f"{name} {number}" for name, number in versions.items())))
    return _table(("", ""), rows) if rows else ""


def _verification(facts: RunFacts, written: Sequence[str]) -> str:
    export = facts.summary.get("export", {})
    rows = [
        (
            check["artefact"],
            check["name"],
            check["value"] if isinstance(check["value"], str) else f"{check['value']:.3g}",
            check["bound"],
            verdict_of(check["ok"], check.get("empty", False), check["likely_cause"]),
        )
        for check in export.get("checks", ())
    ]
    lines = []
    if rows:
        lines.append("Compared with the trained model, on fixed problems:")
        lines.append(_table(("artefact", "check", "value", "bound", "verdict"), rows))
    if unchecked := [name for name in written if name not in {row[0] for row in rows}]:
        lines.append(f"Not compared with the trained model: {', '.join(unchecked)}.")
    if into := {"trained": "the weights that training saw", "original": "the base as published"}.get(
        export.get("merge_into", "")
    ):
        lines.append(f"The adapter was merged into {into}.")
    if solved := export.get("solved"):
        lines.append(
            "Held-out problems solved, by what it was merged into: " + ", ".join(f"{k} {n}" for k, n in solved.items()) + "."
        )
    return "\n\n".join(lines)


def _written(run: Path, artefact: Artefact | None) -> list[str]:
    """The artefacts made from the adapter, by the names that the checks call them."""
    merged: tuple[Artefact, ...] = ("merged", "merged_4bit")
    folders = [name for name in merged if artefact in (None, name) and (run / name).is_dir()]
    page = [WEB] if artefact is None and RunFolder(run).web.is_dir() else []
    return [*folders, *(gguf_files(RunFolder(run).gguf) if artefact in (None, "gguf") else ()), *page]


def _configuration(facts: RunFacts) -> str:
    if not facts.configuration:
        return ""
    text = yaml.safe_dump(facts.configuration, allow_unicode=True, sort_keys=False)
    return f"config.yaml, without paths of the machine that it ran on:\n\n```yaml\n{text}```"


def _sources(data: DataConfig) -> list[str]:
    """The names of the training sources, a mixture's too."""
    train = data.get("train") or []
    return [public_name(name) for name in ([train] if isinstance(train, str) else train)]


def _percent(scores: Scores) -> str:
    """`62.2 % (55.1 to 68.4)`; a summary of an earlier version has no interval."""
    share = f"{100 * scores['accuracy']:.1f} %"
    low, high = scores.get("interval") or wilson_interval(round(scores["accuracy"] * scores["problems"]), scores["problems"])
    return f"{share} ({100 * low:.1f} to {100 * high:.1f})"


def _table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    def lines() -> Iterator[str]:
        for cells in (header, ["---"] * len(header), *rows):
            yield f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"

    return "\n".join(lines())
