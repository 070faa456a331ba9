"""What a question asks for.

In: the question alone. Out: its task (form, unit, order), its options, the value it asks for, the value it can be computed to.
"""
