"""The verbs of `mathpal`: what each does, its examples, and the functions behind those that are not Lightning's."""

from __future__ import annotations

LIGHTNING_VERBS = {
    "fit": "train, evaluate and export",
    "validate": "the loss on the validation rows of a trained model",
    "test": "exact match of a trained model on the test rows; writes every graded sample",
    "predict": "turn a file of questions into a file of solutions",
    "preflight": "check a config before training: every problem in one table, nothing is trained",
    "bench": "how fast this machine trains a config, and where the time goes; nothing is written into the run folder",
}
OTHER_VERBS = {
    "data": "report on, look at or generate data; draw preference pairs",
    "compare": "two runs on the same test problems: is the difference more than chance?",
    "export": "adapter -> merged weights -> GGUF, verified; or push one to the Hub",
    "serve": "an OpenAI-compatible API and a page where a pupil asks",
    "chat": "ask in the terminal",
    "improve": "train a finished run on its own judged solutions, and keep what solves more",
    "report": "one page about a run, or one that compares several (about data: mathpal data report)",
    "sweep": "search for good settings; bad trials end early, a killed sweep goes on",
    "rehearse": "try every stage of a long run on this machine, in about ten minutes",
    "vocabulary": "does the small vocabulary cover your rows, and which further tokens do they need",
    "migrate": "convert a config of the older pipeline or of another trainer; says what was dropped",
    "cache": "how much disk prepared models and encoded rows take; clear them",
    "doctor": "is this machine ready? versions, GPU, memory, optional parts, each with its fix",
    "completion": "completion by the Tab key for bash, zsh or fish",
}
OTHER_WORDS = {
    **dict.fromkeys(("train", "finetune", "fine-tune", "run", "sft", "start", "resume"), "fit"),
    **dict.fromkeys(("eval", "evaluate", "score"), "test"),
    **dict.fromkeys(("infer", "inference", "solve", "answer"), "predict"),
    **dict.fromkeys(("ask", "generate"), "chat"),
    **dict.fromkeys(("web", "ui", "server", "app", "demo"), "serve"),
    **dict.fromkeys(("merge", "convert", "push", "gguf", "quantize"), "export"),
    **dict.fromkeys(("check", "plan"), "preflight"),
    **dict.fromkeys(("info", "env", "env-check"), "doctor"),
    "benchmark": "bench",
    "tune": "sweep",
    "version": "--version",
}
"""What other programs call a verb."""
FUNCTIONS = {
    "data": ("report", "preview", "generate", "catalogue", "pairs"),
    "compare": ("compare",),
    "export": ("export",),
    "serve": ("serve",),
    "chat": ("chat",),
    "improve": ("improve",),
    "report": ("report",),
    "rehearse": ("rehearse",),
    "vocabulary": ("vocabulary",),
    "migrate": ("migrate",),
    "cache": ("show", "clear"),
    "doctor": ("doctor",),
    "completion": ("completion",),
}
POSITIONAL = {"data", "vocabulary", "compare", "completion", "migrate"}
"""Verbs whose required arguments are written without a flag."""
FIRST = {"cache": "show"}
"""The function of a verb that is meant where none is named."""
OF_A_RUN = {"test": "best", "validate": "best", "predict": "best"}
"""Lightning's verbs that take the name of a run, and the checkpoint that it means."""

EXAMPLES = {
    "fit": (
        ("mathpal fit --config quickstart", "no GPU, no download, no data of your own"),
        ("mathpal fit --config own_data_laptop --data.train problems.xlsx --name lop5", "your problems, on a laptop"),
        ("mathpal fit --config sft --data.train problems.jsonl --name lop5", "your problems, on one GPU"),
        ("mathpal fit --config outputs/lop5/config.yaml --ckpt_path last", "go on with a stopped run"),
    ),
    "validate": (("mathpal validate lop5", "the best checkpoint of outputs/lop5"),),
    "test": (
        ("mathpal test lop5", "its best checkpoint on its test rows"),
        ("mathpal test lop5 --data.test exam.jsonl", "on other problems"),
        ("mathpal test outputs/lop5/gguf/model-q8_0.gguf", "what pupils get, through llama.cpp"),
        ("mathpal test --config outputs/lop5/config.yaml --ckpt_path last", "the last checkpoint"),
    ),
    "predict": (
        ("mathpal predict lop5 questions.jsonl", "writes outputs/lop5/solutions.jsonl and solutions.xlsx"),
        ("mathpal predict lop5 questions.xlsx --ckpt_path last", "the last checkpoint instead of the best"),
    ),
    "preflight": (
        ("mathpal preflight --config quickstart", ""),
        ("mathpal preflight --config sft --data.train problems.jsonl --json", "for a script"),
    ),
    "bench": (("mathpal bench --config quickstart", ""), ("mathpal bench --config sft --steps 20 --json", "for a script")),
    "data": (
        ("mathpal data report problems.xlsx", "what is kept, refused, wrong"),
        ("mathpal data preview problems.xlsx", "the tokens of a row, supervised ones in green"),
        ("mathpal data generate practice.jsonl --count 1000 --grades 4,5", ""),
        ("mathpal data pairs --model lop5 --problems problems.jsonl --out pairs.jsonl", ""),
    ),
    "data report": (
        ("mathpal data report problems.xlsx", ""),
        ("mathpal data report problems.csv --columns.question 'Đề bài' --columns.solution 'Lời giải'", ""),
        ("mathpal data report problems.xlsx --lang vi", "in Vietnamese"),
        ("mathpal data report problems.jsonl --json", "for a script"),
    ),
    "data preview": (("mathpal data preview problems.xlsx --rows 2 --first 10", ""),),
    "data generate": (
        ("mathpal data generate practice.jsonl --count 1000 --grades 4,5", ""),
        ("mathpal data generate questions.jsonl --split test --count 300 --topics linear_equation,map_scale", ""),
    ),
    "data catalogue": (("mathpal data catalogue topics.html", "every topic with problems of every level"),),
    "data pairs": (
        ("mathpal data pairs --model lop5 --problems problems.jsonl --out pairs.jsonl", "what the model gets right and wrong"),
        ("mathpal data pairs --out pairs.jsonl", "no model: problems and their typical mistakes"),
    ),
    "compare": (
        ("mathpal compare lop5 lop5-longer", "after `mathpal test` of both"),
        ("mathpal compare lop5 lop5-longer --lang vi", "in Vietnamese"),
    ),
    "export": (
        ("mathpal export lop5", "adapter, 16-bit weights and Q8_0"),
        ("mathpal export lop5 --formats adapter,merged_16bit,gguf:q4_k_m", ""),
        ("mathpal export lop5 --push your-name/toan-lop5", "the adapter with its model card"),
    ),
    "serve": (
        ("mathpal serve lop5", "http://127.0.0.1:8080"),
        ("mathpal serve lop5 --host 0.0.0.0", "for the class: shows the address and a key"),
    ),
    "chat": (("mathpal chat lop5", ""), ("mathpal chat lop5 < problems.txt", "a problem a line")),
    "improve": (("mathpal improve lop5", "each stage is a command of its own, and goes on where it stopped"),),
    "report": (
        ("mathpal report lop5", "writes outputs/lop5/report.html"),
        ("mathpal report lop5 lop5-longer --lang vi", "two runs beside each other, in Vietnamese"),
    ),
    "sweep": (
        ("mathpal sweep --config quickstart --space configs/spaces/sweep.yaml --trials 20", ""),
        ("mathpal sweep --config sft --space sweep.yaml --trials 40 --workers 2 --objective val/loss", "by the loss"),
    ),
    "rehearse": (
        ("mathpal rehearse", "the offline Gemma; needs no connection"),
        ("mathpal rehearse --model unsloth/gemma-3-4b-it --minutes 20", "the model of configs/sft.yaml"),
    ),
    "vocabulary": (
        ("mathpal vocabulary problems.jsonl", ""),
        ("mathpal vocabulary problems.jsonl --out lop5.vocabulary", "then: --model.vocabulary lop5.vocabulary"),
    ),
    "migrate": (
        ("mathpal migrate old.yaml --out new.yaml", ""),
        ("mathpal migrate old.yaml --arguments '--max-steps 200 --lora-r 32'", "prints the config"),
    ),
    "cache": (
        ("mathpal cache", "what it holds; --json for a script"),
        ("mathpal cache clear --kinds data", "encoded rows only"),
    ),
    "cache show": (("mathpal cache", ""), ("mathpal cache show --json", "for a script")),
    "cache clear": (("mathpal cache clear", ""), ("mathpal cache clear --kinds data,preflight", "")),
    "doctor": (("mathpal doctor", ""), ("mathpal doctor --json", "for a script")),
    "completion": (
        ('eval "$(mathpal completion bash)"', "in ~/.bashrc; zsh: the same with zsh in ~/.zshrc"),
        ("mathpal completion fish > ~/.config/fish/completions/mathpal.fish", ""),
    ),
}
"""Commands and what they do, the usual one first."""
