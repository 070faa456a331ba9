"""Verdicts added up.

In: the verdicts or the solutions of many problems. Out: shares with intervals, votes, the digest of a set of problems.
"""
