"""A solution made ready for reading.

In: question and solution as they were written. Out: plain text in lines, without remarks and marks (`Solution`).
"""
