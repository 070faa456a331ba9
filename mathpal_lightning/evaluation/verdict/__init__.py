"""Is the answer right, in the form that was asked for, and does the solution stand by it?

In: question, reference and solution. Out: a verdict with its reason in Vietnamese (`judge.py`).
"""
