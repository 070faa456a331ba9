"""Answers that are said in words: a name, an order, a day, yes or no, a number spelled out.

In: a `Solution` and a sentence of it. Out: the answer in words, or None.
"""
