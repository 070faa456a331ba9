"""School mathematics as grammars: arithmetic with exact rationals, algebra, units.

In: an expression or a unit as text. Out: its value, its tree, its dimension. Nothing here knows Vietnamese sentences.
"""
