"""A search for good settings: each trial is a `mathpal fit` in a process and a run folder of its own.

    sweep.yaml      space.py    the values that each key may take
    -> study        study.py    Optuna's study in outputs/NAME/study.db; a killed trial goes on where it was
    -> trial        trial.py    one fit; callbacks/prune_trial.py ends it early where it lags behind
    -> standing     standing.py the best trial, and those that cannot be told from it
    -> page         page.py     report.html: history, importance, trials, the winner's score on the test problems

The objective is a score on validation problems. The winner alone is scored on the test problems, once.
Needs the extra `sweep`.
"""

STUDY = "study.db"
"""The file in a sweep's folder that holds its trials."""
