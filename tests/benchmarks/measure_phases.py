"""The peak memory of a whole fit by phase, in a fresh process: training, the evaluation after it, the export.

python tests/benchmarks/measure_phases.py --config configs/quickstart.yaml --max_steps 4 --evaluation.problems 50
"""

import json
import resource
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from measure_memory import status

SEEN: dict[str, int] = {}


def measured(phase: str, hook: Callable[..., Any]) -> Callable[..., Any]:
    """The hook, with the highest memory of what came before it and of itself noted apart."""

    def run(*arguments: Any, **options: Any) -> Any:
        SEEN.setdefault("training", status("VmHWM"))
        Path("/proc/self/clear_refs").write_text("5", encoding="utf-8")
        result = hook(*arguments, **options)
        SEEN[phase] = max(SEEN.get(phase, 0), status("VmHWM"))
        return result

    return run


def main() -> None:
    """Run `mathpal fit` with the arguments given; print the phases as a line of json."""
    from mathpal_lightning.callbacks import EvaluateSolutions, ExportModel, Throughput
    from mathpal_lightning.cli.main import main as mathpal

    def count_afresh(*arguments: Any) -> None:
        SEEN["loading"] = status("VmHWM")
        Path("/proc/self/clear_refs").write_text("5", encoding="utf-8")

    Throughput.on_fit_start = count_afresh  # type: ignore[method-assign]
    EvaluateSolutions.on_train_end = measured("evaluation", EvaluateSolutions.on_train_end)  # type: ignore[method-assign]
    ExportModel.on_fit_end = measured("export", ExportModel.on_fit_end)  # type: ignore[method-assign]
    mathpal(["fit", "--no_comet", "--overwrite", *sys.argv[1:]])
    SEEN["largest process started by the export"] = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024
    print(json.dumps(SEEN))


if __name__ == "__main__":
    main()
