"""Vietnamese words that every stage needs: characters, clauses, words of doubt and denial.

In: a text. Out: what its words do. Nothing here knows a question, a solution or a value.
"""
