"""The written arithmetic of a solution, computed again.

In: a solution. Out: how many statements were checked, and those that do not hold.
"""
