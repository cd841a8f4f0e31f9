"""Pictures of training: the curves that are drawn, the colours of a decision boundary, networks read back from SVG."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import matplotlib
import numpy
import pytest
from matplotlib import pyplot
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from pages import ONE_LINE, SVG, TITLE, Page

from autograd_lite import nn, plots
from autograd_lite.engine.value import plain
from autograd_lite.plots import COLOURS, decision_boundary, loss_curves, network
from autograd_lite.train import History
from autograd_lite.views.picture.styles import DARK, GRAD, VALUE

CORNERS = [[-1.0, -2.0], [1.0, 4.0]]
LOSSES = {"loss": [1.5, 0.75, 0.3], "validation_loss": [1.6, 0.9, 0.8]}
METRICS = {"accuracy": [0.5, 0.75, 1.0], "validation_accuracy": [0.4, 0.7, 0.9]}


@pytest.fixture(autouse=True)
def _without_a_display() -> Iterator[None]:
    """Figures are drawn into memory, and closed after each test."""
    matplotlib.use("Agg")
    yield
    pyplot.close("all")


class Formula(nn.Module):
    """A model without parameters."""

    def __init__(self, formula: Callable[[list[float]], Any]) -> None:
        self.formula = formula

    def forward(self, x: Any) -> Any:
        """What the formula makes of the inputs."""
        return self.formula(x)


def linear(w: list[list[float]], b: list[float]) -> nn.MLP:
    """A model of one linear layer."""
    model = nn.MLP(len(w[0]), [len(w)])
    model.load_state_dict({"layers.0.weight": w, "layers.0.bias": b})
    return model


def curves(ax: Any) -> dict[str, tuple[Any, ...]]:
    """The lines on axes: the numbers across and up by the label."""
    return {line.get_label(): tuple(map(list, line.get_data())) for line in ax.get_lines()}


def test_loss_curves_draw_the_numbers_of_the_history() -> None:
    """Losses over the epochs 1, 2, ... are on the axes returned, metrics on others at the right; a legend names all."""
    ax = loss_curves(History(loss=LOSSES["loss"], metrics={"validation_loss": LOSSES["validation_loss"]} | METRICS))
    _, right = ax.figure.axes
    assert curves(ax) == {name.replace("_", " "): ([1, 2, 3], values) for name, values in LOSSES.items()}
    assert curves(right) == {name.replace("_", " "): ([1, 2, 3], values) for name, values in METRICS.items()}
    assert (ax.get_xlabel(), ax.get_ylabel(), right.get_ylabel()) == ("epoch", "loss", "metrics")
    assert [text.get_text() for text in ax.get_legend().get_texts()] == [*curves(ax), *curves(right)]
    assert len({(line.get_color(), line.get_linestyle()) for a in (ax, right) for line in a.get_lines()}) == 4
    ax.figure.canvas.draw()  # without a warning


def test_no_curve_is_left_out() -> None:
    """Any number of losses and metrics is drawn, each with its numbers."""
    losses = {f"{name}_loss": [1.0, 0.1 * i] for i, name in enumerate("abcdef", start=1)}
    metrics = {f"metric_{i}": [0.0, 0.1 * i] for i in range(9)}
    ax = loss_curves(History(loss=[2.0, 1.0], metrics=losses | metrics))
    assert [up for _, up in curves(ax).values()] == [[2.0, 1.0], *losses.values()]
    assert [up for _, up in curves(ax.figure.axes[1]).values()] == [*metrics.values()]


def test_only_positive_losses_have_a_logarithmic_scale() -> None:
    """One loss that is 0 or negative, also of the validation, or no epoch at all, gives a linear scale."""
    for losses, scale in (([2.0, 1e-9], "log"), ([2.0, 0.0], "linear"), ([-1.0, 2.0], "linear"), ([], "linear")):
        validated = History(loss=[1.0] * len(losses), metrics={"validation_loss": losses})
        assert [loss_curves(history).get_yscale() for history in (History(loss=losses), validated)] == [scale] * 2


@pytest.mark.parametrize(
    ("up", "marks"), [((1e-7, 1e3), {"1e−5", "0.001", "0.1", "10"}), ((2, 40), {"2", "5", "10", "20"})]
)
def test_logarithmic_axes_bear_plain_numbers(up: tuple[float, float], marks: set[str]) -> None:
    """The numbers at a logarithmic axis are written as everywhere, without formulas, also where a decade is not full."""
    ax = plots.curves({"a": ([1, 10], up)}, x="n", y="error", log="xy", ax=Figure().subplots())
    losses = loss_curves(History(loss=[*up]), Figure().subplots())
    for axes in (ax, losses):
        axes.figure.canvas.draw()
        texts = {text.get_text() for text in axes.yaxis.get_ticklabels(which="both")}
        assert marks <= texts
        assert not {"$", "\\"} & set("".join(texts))


def test_curves_on_given_axes() -> None:
    """`History.plot` and `loss_curves` draw on the axes that they are given; what is there already stays unnamed."""
    ax = Figure().subplots()
    ax.axhline(0.5)
    assert History(loss=[1.0], metrics={"accuracy": [0.5]}).plot(ax) is ax
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["loss", "accuracy"]
    assert loss_curves(History(loss=[1.0])).get_legend() is None
    assert len(pyplot.get_fignums()) == 1


def seen(model: nn.Module, points: Any, **options: Any) -> list[int | None]:
    """The number of the colour of the picture at each point, without the samples; None where it is another."""
    figure = Figure(figsize=(6.0, 6.0), dpi=100)
    canvas: Any = FigureCanvasAgg(figure)
    ax = figure.subplots()
    decision_boundary(model, CORNERS, [0, 1], ax=ax, equal=False, **options)
    for collection in ax.collections[-2:]:
        collection.remove()
    canvas.draw()
    pixels = numpy.asarray(canvas.buffer_rgba())[::-1, :, :3].astype(float)
    shades = 255.0 * (1.0 - 0.22 * (1.0 - numpy.array([to_rgb(colour) for colour in COLOURS])))  # on white paper
    across, up = ax.transData.transform(points).astype(int).T
    distances = abs(pixels[up, across][:, None, :] - shades).max(axis=2)
    return [int(row.argmin()) if row.min() < 2.0 else None for row in distances]


def grid(gap: Callable[[float, float], float]) -> list[tuple[float, float]]:
    """Points of the picture where the distance to the border, as scores tell, is more than a cell of the picture."""
    across, up = numpy.linspace(-1.28, 1.28, 30).tolist(), numpy.linspace(-2.85, 4.85, 30).tolist()
    return [(x, y) for x in across for y in up if abs(gap(x, y)) > 0.5]


@pytest.mark.parametrize("threshold", [0.0, 0.5, -3.0])
def test_regions_of_one_output_are_the_sides_of_its_line(threshold: float) -> None:
    """For the score 2x - y + 0.3, every point has the colour of class 1 exactly where that is above the threshold."""
    points = grid(lambda x, y: 2.0 * x - y + 0.3 - threshold)
    expected = [int(2.0 * x - y + 0.3 > threshold) for x, y in points]
    model = linear([[2.0, -1.0]], [0.3])
    assert seen(model, points, threshold=threshold) == expected
    assert seen(nn.Sequential(*model.layers), points, threshold=threshold) == expected  # returns a list of one number


def test_regions_of_several_outputs_are_those_of_the_largest() -> None:
    """For three linear scores, every point has the colour of the one that is largest there."""

    def scores(x: float, y: float) -> list[float]:
        return [-2.0 * x, x + 2.0 * y + 0.1, x - 2.0 * y]

    points = grid(lambda x, y: sorted(scores(x, y))[2] - sorted(scores(x, y))[1])
    expected = [scores(x, y).index(max(scores(x, y))) for x, y in points]
    assert set(expected) == {0, 1, 2}
    assert seen(linear([[-2.0, 0.0], [1.0, 2.0], [1.0, -2.0]], [0.0, 0.1, 0.0]), points) == expected


def test_no_third_colour_lies_between_two_regions() -> None:
    """Where class 0 borders on class 2 there is no strip of class 1, which never wins."""
    points = [(x, 0.0) for x in numpy.linspace(-0.1, 0.1, 400)]
    assert 1 not in seen(Formula(lambda x: [-x[0], -9.0, x[0]]), points)


def test_samples_have_the_colours_of_their_classes() -> None:
    """Samples have the colour of their class, also where only some classes occur, and the name that is given to it."""

    def drawn(outputs: int, y: Any, **options: Any) -> dict[str, tuple[Any, list[Any]]]:
        ax = decision_boundary(nn.MLP(2, [outputs]), CORNERS, y, resolution=5, **options)
        scatters = ax.collections[-len(set(y)) :]
        assert [text.get_text() for text in ax.get_legend().get_texts()] == [s.get_label() for s in scatters]
        return {s.get_label(): (tuple(s.get_facecolor()[0][:3]), s.get_offsets().tolist()) for s in scatters}

    low, high, colours = [CORNERS[0]], [CORNERS[1]], [to_rgb(colour) for colour in COLOURS]
    assert drawn(1, [1, 0]) == {"class 0": (colours[0], high), "class 1": (colours[1], low)}
    assert drawn(1, [1, 1]) == {"class 1": (colours[1], CORNERS)}
    assert drawn(1, [1, -1], classes=["no", "yes"]) == {"no": (colours[0], high), "yes": (colours[1], low)}
    assert drawn(1, numpy.array([0.0, 1.0]), classes=["a", "b"]) == {"a": (colours[0], low), "b": (colours[1], high)}
    assert drawn(4, [3, 1]) == {"class 1": (colours[1], high), "class 3": (colours[3], low)}


def test_axes_of_a_decision_boundary() -> None:
    """All samples lie inside of the picture, its axes have the names given, and given axes are those returned."""
    ax = decision_boundary(nn.MLP(2, [1]), [[0, 10], [4, 30]], [0, 1], resolution=5, names=["length", "width"])
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("length", "width")
    (left, right), (bottom, top) = ax.get_xlim(), ax.get_ylim()
    assert left < 0 < 4 < right
    assert bottom < 10 < 30 < top
    own = Figure().subplots()
    for model in (nn.MLP(2, [1], init="zeros"), Formula(lambda _: 1.0)):  # no border to draw
        assert decision_boundary(model, [[5, 5]], [0], ax=own, resolution=5) is own


def image(model: nn.Module, confidence: str, **options: Any) -> Any:
    """The colours that say how sure a model is: red, green, blue, and how deep."""
    axes = Figure().subplots()
    decision_boundary(model, CORNERS, [0, 1], ax=axes, confidence=confidence, resolution=21, **options)
    (picture,) = axes.get_images()
    return numpy.asarray(picture.get_array())


def test_the_surer_the_deeper() -> None:
    """The depth of the colour follows the probability, by each way to come to one; it is 0 where classes are equal."""
    slope = [[1.0, 0.0]]
    across = numpy.linspace(-1.3, 1.3, 21)
    wanted = {
        "sigmoid": numpy.tanh(abs(across) / 2.0),
        "tanh": numpy.clip(abs(across), 0.0, 1.0),
        "probability": numpy.clip(abs(across), 0.0, 1.0),
    }
    for confidence, sureness in wanted.items():
        shift = 0.5 * (confidence == "probability")
        model = Formula(lambda x, shift=shift: shift + (0.5 if shift else 1.0) * x[0])  # type: ignore[misc]
        colours = image(model, confidence, threshold=shift)
        assert colours[7, :, 3] == pytest.approx(colours[0, :, 3])
        assert colours[0, :, 3] == pytest.approx(0.44 * sureness, abs=1e-9)
        assert [tuple(c) for c in colours[0, [0, -1], :3]] == [to_rgb(COLOURS[0]), to_rgb(COLOURS[1])]
    colours = image(linear([[0.0, 0.0], *slope, [-1.0, 0.0]], [0.0, 0.0, 0.0]), "softmax")
    powers = numpy.exp(numpy.array([0.0 * across, across, -across]))
    best = (powers / powers.sum(axis=0)).max(axis=0)
    assert colours[0, :, 3] == pytest.approx(0.44 * (best - 1.0 / 3.0) * 1.5)
    with pytest.raises(ValueError, match="confidence is one of"):
        image(linear(slope, [0.0]), "sure")


def test_held_out_samples_are_hollow() -> None:
    """They have their class's colour as an edge and no fill, lie inside the picture, and the legend names them once."""
    held = ([[5.0, 0.0], [0.0, 0.0]], [1, 0])
    ax = decision_boundary(nn.MLP(2, [1]), CORNERS, [0, 1], held=held, resolution=5, ax=Figure().subplots())
    *_, hollow0, hollow1, _ = ax.collections
    for place, scatter in enumerate((hollow0, hollow1)):
        assert len(scatter.get_facecolor()) == 0
        assert tuple(scatter.get_edgecolor()[0][:3]) == to_rgb(COLOURS[place])
        assert scatter.get_offsets().tolist() == [held[0][1 - place]]
    assert ax.get_xlim()[1] > 5.0
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["class 0", "class 1", "held out"]


def test_axes_have_one_scale_where_that_can_be_seen() -> None:
    """By default unless one range is more than five times the other, or as asked for."""

    def aspect(high: float, **options: Any) -> Any:
        points = [[0.0, 0.0], [1.0, high]]
        ax = decision_boundary(nn.MLP(2, [1]), points, [0, 1], resolution=5, ax=Figure().subplots(), **options)
        return ax.get_aspect()

    assert [aspect(4.9), aspect(5.1), aspect(0.1), aspect(9.0, equal=True), aspect(1.0, equal=False)] == [
        1.0, "auto", "auto", 1.0, "auto",
    ]  # fmt: skip


SIZES = [(3, [[1, 2, 3]], [0]), (3, CORNERS, [0, 1]), (1, [[1], [2]], [0, 1]), (2, [], []), (2, CORNERS, [0])]


@pytest.mark.parametrize(("nin", "samples", "y"), SIZES)
def test_what_has_not_two_inputs_is_refused(nin: int, samples: Any, y: Any) -> None:
    """Samples or a model of other than two inputs, no samples, and classes too few, are refused in one line."""
    with pytest.raises(ValueError, match=ONE_LINE):
        decision_boundary(nn.MLP(nin, [1]), samples, y)


def test_without_matplotlib(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where matplotlib is not installed, the error says how to install it."""
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    message = r"^a plot needs matplotlib, which is not installed: pip install matplotlib$"
    with pytest.raises(ImportError, match=message):
        loss_curves(History(loss=[1.0]))
    with pytest.raises(ImportError, match=message):
        decision_boundary(nn.MLP(2, [1]), CORNERS, [0, 1])


def lines(page: Page) -> dict[tuple[str, str], tuple[float, float, str | None, bool]]:
    """The lines of a network by the circles that they join: weight, width, colour, and whether they are dashed."""
    found = {}
    for group in page.svg.iter(f"{SVG}g"):
        if group.get("class") == "edge":
            tail, head = (group.findtext(f"{SVG}title") or "").split("->")
            path, link = next(group.iter(f"{SVG}path")), next(group.iter(f"{SVG}a"))
            weight, width = link.get(TITLE, "").rpartition(": ")[2], path.get("stroke-width", 1.0)
            found[tail, head] = float(weight), float(width), path.get("stroke"), "stroke-dasharray" in path.attrib
    return found


MODELS: dict[str, Callable[[], Any]] = {
    "MLP": lambda: nn.MLP(3, [4, 2], "tanh", init="xavier", seed=2),
    "frozen": lambda: nn.MLP(3, [4, 2], "tanh", init="xavier", seed=2).frozen(),
    "perceptrons": lambda: nn.Sequential(nn.Layer.of([nn.Perceptron(2), nn.Perceptron(2)]), nn.Layer(2, 1, bias=False)),
    "a last unit": lambda: nn.Sequential(nn.Layer.of([nn.Perceptron(2), nn.Neuron(2)]), nn.Perceptron(2)),
    "a unit": lambda: nn.Neuron(3, seed=4),
    "a layer": lambda: nn.Layer(2, 3, seed=1),
    "zeros": lambda: nn.MLP(2, [2, 1], init="zeros"),
}


@pytest.mark.parametrize("name", MODELS)
def test_a_network_has_all_its_weights(name: str) -> None:
    """Inputs and neurons are circles, weights lines with their exact number: thick if large, dashed if negative."""
    model = MODELS[name]()
    layers, page = getattr(model, "layers", [model]), Page(network(model))
    layers = [nn.Layer.of([layer]) if isinstance(layer, nn.Neuron) else layer for layer in layers]
    biases, weights = {}, dict[tuple[str, str], float]()
    for depth, layer in enumerate(layers):
        for j, neuron in enumerate(layer.neurons):
            biases[f"n{depth + 1}_{j}"] = plain(neuron.b)
            weights |= {(f"n{depth}_{i}", f"n{depth + 1}_{j}"): plain(w) for i, w in enumerate(neuron.w)}
    drawn = lines(page)
    assert {ends: weight for ends, (weight, *_) in drawn.items()} == weights
    assert {circle: float(page.parts[circle].tooltip[1].removeprefix("bias ")) for circle in biases} == biases
    assert {part for part in page.parts if part.startswith("n")} == {*biases, *(tail for tail, _ in weights)}
    assert all(shape.get("rx") == shape.get("ry") for shape in page.svg.iter(f"{SVG}ellipse"))
    for weight, _, colour, dashed in drawn.values():
        assert (colour, dashed) == ((VALUE, False) if weight >= 0.0 else (GRAD, True))
    widths = [width for _, width in sorted((abs(weight), width) for weight, width, *_ in drawn.values())]
    assert widths == sorted(widths)
    assert 0.0 < widths[0] < widths[-1] or name == "zeros"
    for depth, size in enumerate([layers[0].nin, *(layer.nout for layer in layers)]):
        heights = [page.height(f"n{depth}_{j}") for j in range(size)]
        assert heights == sorted(set(heights))  # from top to bottom in the order of the neurons


def test_a_network_says_what_it_is() -> None:
    """The picture is described in words; circles name layer, neuron and activation; the biases stand in them."""
    model = nn.MLP(2, [1, 1], "tanh")
    model.layers[0].neurons[0].b.data = -0.123456789
    page = Page(network(model, inputs=["length", "width of the leaf in centimetres"]))
    assert page.svg.get("aria-label") == "network MLP(2 → 1 → 1, tanh), 5 parameters"
    assert page.parts["n1_0"].tooltip == ["layer 0, neuron 0: tanh", "bias -0.123456789"]
    assert page.parts["n2_0"].tooltip == ["layer 1, neuron 0: linear", "bias 0.0"]
    assert (page.texts("n1_0"), page.texts("n2_0"), page.texts("n0_0")) == (["−0.12"], ["0"], ["length"])
    assert page.texts("n0_1") == ["width of the leaf in ce…"]
    assert page.parts["n0_1"].tooltip == ["input width of the leaf in centimetres"]
    shapes = [float(shape.get("rx", "")) for shape in page.svg.iter(f"{SVG}ellipse")]
    assert shapes[1] > 12 * 4.0 > shapes[2]  # a long name has room: 24 letters of 4 points at least
    perceptron = Page(network(nn.Layer.of([nn.Perceptron(1)])))  # type: ignore[arg-type]
    assert perceptron.parts["n1_0"].tooltip[0] == "layer 0, neuron 0: Perceptron"


HOSTILE = {text: text for text in ('a<b & "q"', "]]> <!-- -->", "\\N \\G \\n \\", "{a|b};", "&lt; &#92;")}
HOSTILE |= {"a\0b": "a\ufffdb", "\x1b": "\ufffd", "\ud800": "\ufffd", "two\nlines": "two lines", "x];}\n}": "x];} }"}


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_names_are_texts(text: str) -> None:
    """Any name of an input or an activation is shown as it is, on one line, with what XML cannot hold replaced."""
    shown, activation = HOSTILE[text], lambda z: z
    activation.__name__ = text
    page = Page(network(nn.MLP(2, [2, 1], activation), inputs=[text, "b"]))
    assert page.parts["n0_0"].tooltip == [f"input {shown}"]
    assert page.texts("n0_0") == [shown]
    assert page.parts["n1_1"].tooltip[0] == f"layer 0, neuron 1: {shown}"
    assert len(lines(page)) == 6
    assert f"1, {shown})" in (page.svg.get("aria-label") or "")


def test_the_legend_of_a_network() -> None:
    """Both kinds of lines in their colours, and how heavy the heaviest is; without it nothing of the picture changes."""
    model = nn.MLP(2, [2, 1], seed=1)
    weights = [abs(plain(w)) for layer in model.layers for neuron in layer.neurons for w in neuron.w]
    told, bare = Page(network(model)), Page(network(model, legend=False))
    texts = [["".join(text.itertext()) for text in page.svg.iter(f"{SVG}text")] for page in (told, bare)]
    for words in ("weight > 0", "weight < 0", f"±{max(weights):.3g}", "bias"):
        assert sum(words in text for text in texts[0]) == 1
        assert not any(words in text for text in texts[1])
    assert lines(told) == lines(bare)
    fills = [shape.get("fill") for shape in told.svg.iter(f"{SVG}polygon")]
    assert (fills.count(VALUE), fills.count(GRAD)) == (1, 3)


def test_networks_are_reproducible_and_share_a_page() -> None:
    """The same model gives the same bytes; ids are unique, also beside another network's, and bear the picture's name."""
    first, again, other = (network(nn.MLP(2, [2, 1], seed=seed)) for seed in (1, 1, 2))
    assert first.svg() == again.svg()
    ids = [name for picture in (first, other) for name in Page(picture).ids]
    assert len(set(ids)) == len(ids)
    assert all(re.match(f"(a_)?({first.name}|{other.name})(_|$)", name) for name in ids)
    colours = {element.get(paint) for element in Page(first).svg.iter() for paint in ("fill", "stroke")}
    assert {VALUE, GRAD} <= colours & set(DARK)


REFUSED: list[tuple[Any, dict[str, Any]]] = [(nn.MLP(2, [2]), {"max_weights": 3}), (nn.MLP(2, [2]), {"inputs": ["a"]})]
REFUSED += [(nn.MLP(40, [40]), {}), (nn.Layer.of([nn.McCullochPitts(1, 1, 1)]), {}), (nn.McCullochPitts(1, 1, 1), {})]
REFUSED += [(nn.Sequential(nn.Sequential(nn.Layer(2, 2))), {}), (Formula(max), {})]


@pytest.mark.parametrize(("model", "options"), REFUSED)
def test_what_is_no_network_to_draw_is_refused(model: Any, options: Any) -> None:
    """Too many weights, too few names, and what has no layers of neurons, are refused in one line."""
    with pytest.raises(ValueError, match=ONE_LINE):
        network(model, **options)
    assert len(lines(Page(network(nn.MLP(2, [2]), max_weights=4)))) == 4


@pytest.mark.parametrize("name", ["a", "a.gif", "a.eps", "a.svgz", "png"])
def test_kinds_of_files_that_are_not_written(name: str, tmp_path: Path) -> None:
    """A plot is written as png, svg or pdf; another ending is refused before anything is drawn."""
    with pytest.raises(ValueError, match="written as png, svg or pdf"):
        plots.save(tmp_path / name, lambda _: pytest.fail("drawn"))
    assert list(tmp_path.iterdir()) == []


def test_axes_that_curves_do_not_have() -> None:
    """Logarithmic can be the axes x and y."""
    with pytest.raises(ValueError, match="log is 'x', 'y' or 'xy', got 'z'"):
        plots.curves({}, x="", y="", log="z", ax=Figure().subplots())
