"""Rewards that a tiny random Gemma can earn."""


def length(question: str, gold: str, solution: str) -> float:
    """Long texts are good: what a policy can learn in a few steps."""
    return len(solution) / 100


def length_of(question: str, gold: str, solution: str) -> float:
    """Another function of a name that a test of rewards has too."""
    return 1.0


def odd_length(question: str, gold: str, solution: str) -> float:
    """Half of all texts are right."""
    return float(len(solution) % 2)


def constant(question: str, gold: str, solution: str) -> float:
    return 0.5


def never(question: str, gold: str, solution: str) -> float:
    return 0.0
