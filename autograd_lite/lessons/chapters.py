"""The lessons in their chapters, and how one is found."""

from __future__ import annotations

from difflib import get_close_matches

from autograd_lite.engine.notebook import table
from autograd_lite.engine.text import counted, shortened
from autograd_lite.lessons.building import riddles
from autograd_lite.lessons.building.lesson import build_it
from autograd_lite.lessons.chain import chain_rule, costs, differences, orders
from autograd_lite.lessons.descent import capacity, curvature, descent, moons
from autograd_lite.lessons.gates import approximation, gates, hidden, perceptron
from autograd_lite.lessons.lesson import Lesson, LessonError
from autograd_lite.lessons.networks import equations, graphs, jacobians, mean_square, relu, tutorial, xor
from autograd_lite.lessons.neuron import losses, neurons, points, softmax

CHAPTERS: dict[str, list[Lesson]] = {
    "The chain rule on a graph": [
        chain_rule.exponential,
        chain_rule.circuit,
        chain_rule.several_paths,
        orders.order,
        orders.trace_table,
        differences.differences,
        costs.cost_and_memory,
    ],
    "Neurons and gates": [
        gates.mcculloch_pitts,
        gates.least_squares,
        perceptron.perceptron,
        hidden.features,
        hidden.boolean,
        approximation.towers,
    ],
    "Losses and one neuron": [
        losses.what_is_minimised,
        neurons.sigmoid_neuron,
        softmax.softmax_classifier,
        points.many_points,
    ],
    "Backpropagation in networks": [
        relu.relu_exercise,
        tutorial.tutorial,
        equations.equations,
        mean_square.mean_square,
        graphs.shared,
        jacobians.composition,
        xor.xor_learnt,
    ],
    "Descent": [descent.six_methods, curvature.second_order, capacity.capacity, moons.two_moons],
    "Build it yourself": [riddles.find_the_bug, build_it],
}


class Lessons(dict[str, Lesson]):
    """The lessons by their ids, which a notebook shows as a table."""

    def _repr_html_(self) -> str:
        rows = [[lesson.id, lesson.title, name] for name, lessons in CHAPTERS.items() for lesson in lessons]
        return table(counted(len(self), "lesson"), ["id", "title", "chapter"], rows)


LESSONS = Lessons((lesson.id, lesson) for lessons in CHAPTERS.values() for lesson in lessons)


def find(name: str) -> Lesson:
    """The lesson with an id, such as L01, l1 or 1. Raises LessonError, which names lessons that come close.

    >>> find("l1")
    <Lesson L01: e^sin(x²)>
    """
    plain = name.strip().upper().removeprefix("L")
    key = f"L{int(plain):02}" if plain.isascii() and plain.isdigit() and len(plain) < 4 else name.strip()
    if key not in LESSONS:
        raise LessonError(
            f"there is no lesson {shortened(name)}{_near(name, key)}; `autograd-lite lessons` lists them all"
        )
    return LESSONS[key]


def _near(name: str, key: str) -> str:
    """The lessons whose id or title is close to a name, or contains it."""
    titles = {lesson.title.lower(): lesson for lesson in LESSONS.values()}
    word = name.strip().lower()
    found = [lesson for title, lesson in titles.items() if len(word) > 2 and word in title]
    found += [titles[title] for title in get_close_matches(word, titles)]
    found += [LESSONS[id_] for id_ in get_close_matches(key.upper(), LESSONS)]
    near = list(dict.fromkeys(lesson.id + " (" + lesson.title + ")" for lesson in found))[:4]
    return f"; did you mean {', '.join(near)}" if near else ""
