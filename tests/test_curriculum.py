"""Every item of the lecture notes has its lesson: a table of what they have, and where it is found."""

from __future__ import annotations

import functools

import pytest

from autograd_lite.lessons import LESSONS
from autograd_lite.lessons.outcome import Outcome

run_once: functools._lru_cache_wrapper[Outcome] = functools.cache(lambda name: LESSONS[name]())

# What the notes have, the lesson that has it, and there the name of a number, a claim, a table or a derivation, or a
# word of its statement or of what it asks.
ITEMS = [
    # 1. The chain rule on a graph
    ("e^sin(x²), differentiated three times", "L01", "f‴"),
    # 2. Neurons and gates
    # 3. Losses and one neuron
    # 4. Backpropagation in networks
    # 5. Descent
    (
        "six ways to a minimum: random directions, differences, batch, mini-batch, stochastic, online",
        "L25",
        "Two problems, six ways",
    ),
    ("probing random directions", "L25", "random direction"),
    ("a gradient by finite differences", "L25", "with the gradient by differences"),
    ("online learning", "L25", "one that is new each time (online)"),
    ("a step that is too long diverges", "L25", "diverge: $\\lambda$ is the largest eigenvalue"),
    ("the convex problem reaches the closed form", "L25", "$(X^T X)^{-1} X^T y$"),
    ("a problem that is not convex", "L25", "Not convex: a network"),
    (
        "Δf = J_f Δx, and why −∇f is the steepest way",
        "L25",
        "`directions`: the change of a function along all directions",
    ),
    (
        "local minima: single samples get away, batches do not",
        "L25",
        "batches end in a local minimum and single samples get away",
    ),
    ("the proxy is not the goal: loss against accuracy", "L25", "a loss that falls while mistakes are made"),
    ("steps must shrink: Robbins and Monro", "L25", "Robbins"),
    ("two steps of descent by hand", "L25", "With pen and paper"),
    ("the quadratic model and its error", "L26", "the error of the quadratic model"),
    ("the largest error of the model, over all directions", "L26", "largest errors"),
    ("gradient and Hessian of Rosenbrock's function", "L26", "H"),
    ("minimum, maximum or saddle by eigenvalues", "L26", "eigenvalues"),
    ("Newton's step", "L26", "Newton's step"),
    ("saddles outnumber minima", "L26", "in many dimensions minima are rare"),
    ("the share falls like exp(−c n²)", "L26", "$c = (\\ln 3)/4$"),
    ("polynomials of rising degree, training against test error", "L27", "the degree"),
    ("the test error is U-shaped", "L27", "the test error is smallest between the lowest and the highest degree"),
    ("the penalty shrinks the weights", "L27", "‖w‖ never rises with λ"),
    ("bias and variance over 200 training sets", "L27", "bias² + variance"),
    ("features and preprocessing as control of capacity", "L27", "standardising a feature"),
    ("weight decay", "L27", "weight_decay for λ = 0.1"),
    ("micrograd's demo: 337 parameters, all points right", "L28", "gets all points right"),
    ("the hinge loss and its margin", "L28", "margin"),
    ("the gradient of the hinge with a penalty, by hand", "L28", "Which points pull?"),
    # 6. Bugs, and an engine of one's own
]


@pytest.mark.parametrize(("item", "name", "there"), ITEMS, ids=[row[0] for row in ITEMS])
def test_every_item_of_the_notes_has_its_lesson(item: str, name: str, there: str) -> None:
    """What the notes have is in the lesson that the table names: in its numbers, claims, tables or words."""
    lesson = LESSONS[name]
    words = lesson.statement + lesson.asked.question + "".join(map("".join, lesson.asked.exercises))
    if there in words:
        return
    outcome = run_once(name)
    titles = [*(part.title for part in outcome.tables), *(part.title for part in outcome.derivations)]
    assert any(there in known for known in (*outcome.numbers, *outcome.further, *outcome.claims, *titles)), item
