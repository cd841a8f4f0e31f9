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
    ("its chain rule, line by line", "L01", "the chain rule, from the end"),
    ("the circuit w(xy + z)", "L02", "∂L/∂w"),
    ("upstream × local, edge by edge", "L02", "the backward pass"),
    ("several paths: the sum of their products", "L03", "the sum over the paths is the gradient"),
    ("each path and its product", "L03", "the paths from x to y"),
    ("topological order", "L04", "reverse topological"),
    ("the wrong answer of naive recursion", "L04", "naive ∂c/∂a"),
    ("the trace table: tangents and adjoints side by side", "L05", "forward and reverse mode"),
    ("whose table it is", "L05", "Baydin, Pearlmutter, Radul and Siskind (2018)"),
    ("the V of truncation and rounding", "L06", "power of δ, central"),
    ("differences take O(n²), backpropagation O(n)", "L06", "power of n, differences"),
    ("products of a pass through layers", "L06", "m³m² + m²m¹ + m¹(N + 1)"),
    ("2(n + m) operations for one moved weight", "L06", "2(n + m)"),
    ("differences of all weights beside backpropagation, on layers", "L06", "layers: both give the same gradient"),
    ("every intermediate result is kept", "L07", "every result of the forward pass is kept"),
    ("backward costs about twice the forward pass", "L07", "backward / forward"),
    ("the optimiser keeps numbers too", "L07", "the numbers that training with Adam keeps"),
    # 2. Neurons and gates
    ("McCulloch–Pitts units: AND, OR, NOT, NOR, majority", "L08", "majority"),
    ("14 of the 16 functions of two inputs", "L08", "separable functions"),
    ("homework: can perceptron learning find an MP unit?", "L08", "perceptron learning finds the function of every"),
    ("and is every perceptron an MP unit?", "L08", "what one unit can do"),
    ("gates by least squares", "L09", "β by the normal equations"),
    ("the normal equations, derived", "L09", "the normal equations"),
    ("the same β by descent", "L09", "descent arrives at it"),
    ("XOR: the linear unit fails", "L09", "the linear unit fails"),
    ("perceptron learning: w ← w + yx where wrong", "L10", "changes in the last epoch"),
    ("Novikoff's bound, with its year", "L10", "Novikoff 1962"),
    ("Novikoff's bound, step by step", "L10", "Novikoff's bound (1962), on OR"),
    ("clouds that overlap: the limit on epochs", "L10", "it stops at the limit of 30 epochs"),
    ("the notes' program: 200 × 3, labels in turn, five epochs", "L10", "the notes' program: 200 × 3, five epochs"),
    ("XOR made separable by φ", "L11", "on φ(x) the perceptron converges"),
    ("any Boolean function with 2ⁿ hidden units", "L12", "functions right with 4 hidden units"),
    ("XOR with two hidden units", "L12", "XOR with 2 hidden units"),
    ("homework: how many units does XOR need?", "L12", "XOR: how many units?"),
    ("parity: 2ᴺ⁻¹ units with one layer, 3(N − 1) deep", "L12", "parity takes 2ᴺ⁻¹ detectors"),
    ("the Karnaugh map: no two ones are neighbours", "L12", "neighbours in the Karnaugh map"),
    ("towers of sigmoids", "L13", "∂tower/∂x"),
    ("the error falls with the number of towers", "L13", "largest error of sine"),
    ("towers in the plane", "L13", "off the corners of hill"),
    ("which σ work", "L13", "which σ: the largest error for the sine"),
    ("not polynomials, and who showed it", "L13", "Leshno, Lin, Pinkus, Schocken 1993"),
    ("other domains than the cube", "L13", "every compact set"),
    ("why depth nevertheless", "L13", "what depth saves: a saw of ReLUs"),
    # 3. Losses and one neuron
    # 4. Backpropagation in networks
    # 5. Descent
    # 6. Bugs, and an engine of one's own
    ("a broken engine, seen only through its numbers", "L29", "program 1"),
    ("the engine's right numbers beside, and a judge that runs what one suspects", "L29", "bug"),
    ("= for +=", "L29", "= for +="),
    ("no zero_grad", "L29", "no zero_grad"),
    ("naive order", "L29", "naive order"),
    ("W for Wᵀ", "L29", "W for Wᵀ"),
    ("σ′ left out", "L29", "σ′ left out"),
    ("post-update weights, and the widespread 0.291027924", "L29", "0.291027924"),
    ("y for z in σ′", "L29", "y for z in σ′"),
    ("sign of the step", "L29", "wrong sign of the step"),
    ("mean forgotten", "L29", "mean forgotten"),
    ("shared weight counted once", "L29", "shared weight counted once"),
    ("after 10,000 steps outputs 0.015912196, 0.984065734", "L29", "0.984065734"),
    ("`Value` from nothing, in eight holes", "L30", "eight holes"),
    ("a program of one's own, judged by the command", "L30", "--file my_engine.py"),
    ("it trains XOR", "L30", "XOR, learnt"),
    ("it is compared with autograd_lite's own engine", "L30", "the two engines"),
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
