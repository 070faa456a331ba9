"""Where the answer of a solution stands.

In: question and solution. Out: the final `Answer`, and the rule that found it (`extract.py` calls the others in order).
"""
