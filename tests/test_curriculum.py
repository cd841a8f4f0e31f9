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
    ("losses of one score: 0/1, hinge, logistic, squared", "L14", "losses, by the margin m"),
    ("the perceptron's loss, and the logistic one as its rounded form", "L14", "perceptron: max(0, −m)"),
    ("multiclass hinge and its gradient", "L14", "∂L/∂s"),
    ("a penalty on the weights", "L14", "‖W‖²"),
    ("risk, and empirical risk as its mean over a sample", "L14", "an error that falls like 1/√n"),
    ("density estimation by −log q", "L14", "the loss −log q of densities q"),
    ("a rule without a loss: k nearest neighbours", "L14", "the nearest neighbours vote"),
    ("what a squared loss costs where classes are meant", "L14", "least squares puts 1 on the wrong side"),
    ("∂J/∂a of the cross-entropy", "L15", "∂J/∂a"),
    ("∂a/∂z = a(1 − a)", "L15", "∂a/∂z is a(1 − a)"),
    ("their product a − y", "L15", "their product ∂J/∂z is a − y"),
    ("∂J/∂w = (a − y)x", "L15", "∂J/∂w is (a − y)x"),
    ("the derivation of a − y", "L15", "from the loss back to the weights"),
    ("OR and AND trained", "L15", "trained on AND"),
    ("the Jacobian of softmax", "L16", "∂pᵢ/∂zⱼ is pᵢ(δᵢⱼ − pⱼ)"),
    ("p − y", "L16", "∂J/∂z is p − y"),
    ("∂J/∂W = (p − y)xᵀ", "L16", "∂J/∂W is (p − y)xᵀ"),
    ("softmax of two logits", "L16", "is the sigmoid of their difference"),
    ("the chain rule through the Jacobian", "L16", "through the Jacobian of softmax"),
    ("the step over many points", "L17", "a step of SGD is W ← W − (α/n)(A − Y)Xᵀ"),
    ("the gradient in matrix form", "L17", "the gradient is (1/n)(A − Y)Xᵀ"),
    ("dW₂ and db₂ of two layers", "L17", "∂J/∂b₂"),
    ("dW₁ and db₁ of two layers", "L17", "∂J/∂b₁"),
    ("two layers and n points in matrices", "L17", "two layers and three points in matrices"),
    ("both conventions of shape", "L17", "two conventions"),
    # 4. Backpropagation in networks
    ("the δ of every layer", "L18", "δ¹"),
    ("the four equations against the engine", "L18", "the gradient of the nodes z"),
    ("∂C/∂W = δaᵀ and ∂C/∂b = δ", "L18", "δaᵀ, found by hand"),
    ("the update w ← w − ηδa", "L18", "a step of SGD is w ← w − ηδa"),
    ("the recursion of δ, derived in three steps", "L18", "the recursion, in the notes' three steps"),
    ("w¹₂₃, from the third input", "L18", "w¹₂₃ after"),
    ("⊙ defined", "L18", r"$\odot$ multiplies number by number"),
    ("the tutorial's network", "L19", "∂E/∂w₇"),
    ("the tutorial's weights after a step", "L19", "w₁…w₄ after"),
    ("where 0.291027924 comes from", "L19", "0.291027924"),
    ("the bug found from the number", "L19", "wrong ∂E/∂w₁"),
    ("the mean squared error's gradients", "L20", "∂J/∂W¹ = −1/N Σ(t − z)·σ′·w²·σ′·x"),
    ("the ReLU exercise", "L21", "∂J/∂W"),
    ("one step of the exercise", "L21", "W after"),
    ("∂J/∂W = (δ ⊙ [Wx > 0])xᵀ", "L21", "∂J/∂W = (δ ⊙ [Wx > 0])xᵀ"),
    ("the derivation in matrices", "L21", "back through the ReLUs, in matrices"),
    ("the factor ½", "L21", "With $c = 1/2$ every derivative is half as large"),
    ("the unit that is off", "L21", "a unit that is off keeps its weights"),
    ("a step that switches both units off", "L21", "η that switches off"),
    ("a skip and a shared weight", "L22", "dl/dw₁"),
    ("dl/dx₁ as a sum of Jacobians", "L22", "dl/dx₁ is the sum of the Jacobians"),
    ("the graph with vectors, where Jᵀ matters", "L22", "the same graph with vectors"),
    ("the Jacobian of a composition", "L23", "the product of the Jacobians"),
    ("forward against reverse, counted", "L23", "edges reverse"),
    ("XOR learnt", "L24", "all four outputs are on the right side of 0.5"),
    ("why random weights", "L24", "y after 500 epochs from zeros"),
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
