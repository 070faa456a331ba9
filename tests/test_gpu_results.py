"""The GPU section of RESULTS.md is filled from a report by a command, and the rest of the page stays as it is."""

from tests.benchmarks.gpu_results import RESULTS, TITLE, filled, section

REPORT = {
    "machine": {
        "cards": [{"name": "Tesla T4", "memory": "15360 MiB", "driver": "550.54", "capability": 7.5}],
        "cuda": "12.8",
        "versions": {"torch": "2.13.0", "triton": ""},
    },
    "tried": {"model": "offline-gemma", "bits": 4},
    "stages": [{"stage": "fit", "what": "5 steps", "status": "passed", "found": "losses 1.5 | 1.4", "seconds": 31.4}],
}


def test_a_report_becomes_a_table():
    text = section(REPORT)
    assert "Tesla T4 (15360 MiB, driver 550.54); CUDA 12.8; torch 2.13.0." in text
    assert "| fit | passed | 5 steps: losses 1.5 \\| 1.4 | 31 |" in text


def test_only_the_section_changes():
    page = RESULTS.read_text(encoding="utf-8")
    assert page.count(f"\n{TITLE}\n") == 1
    after = filled(page, section(REPORT))
    assert after.count(f"\n{TITLE}\n") == 1
    assert after.replace(section(REPORT), "") != after
    before, _, behind = page.partition(f"\n{TITLE}\n")
    assert after.startswith(before)
    assert filled(after, section(REPORT)) == after
    assert behind
