"""Run folders -> one HTML page that needs nothing else: what training changed, how sure that is, and what to do next.

    summary.json, samples.jsonl, metrics.csv, config.yaml
    -> run          reported_run.py   what the files of a run say; each may be missing
    -> column       column.py         the solutions of one evaluation, and how many are right
    -> verdict      verdict.py        one sentence, which says when a difference may be chance
    -> advice       advice.py         what to try next
    -> samples      samples.py        some problems of each kind of outcome, with the solutions beside each other
    -> charts       charts.py         curves as Matplotlib's SVG, which takes the colours of the page
    -> page         page.py           page.html with its style sheet inside

All texts of the page stand in words.yaml, in English and in Vietnamese. Drawing needs the extra `report`; `page` and `charts`
import it, the verdict needs nothing.
"""

from importlib.util import find_spec

_NEEDED = ("matplotlib", "jinja2", "latex2mathml")


def why_no_report() -> str:
    """The missing parts of the extra `report`, and how to install them; empty where a report can be written."""
    missing = [name for name in _NEEDED if find_spec(name) is None]
    return f"{', '.join(missing)}: pip install 'mathpal-lightning[report]'" if missing else ""
