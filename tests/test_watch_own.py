"""Models, losses, schedules and optimisers of one's own: looking at a training changes nothing, and never fails oddly."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from autograd_lite import Op, Value, exp, nn, optim, tanh, train
from autograd_lite.data import gate
from autograd_lite.engine.program import Program
from autograd_lite.train.watch.content import Content

X, Y = gate("xor")


def trained(model: nn.Module | None = None, loss: Any = nn.losses.mse, **options: Any) -> train.History:
    """Five epochs of XOR, all kept."""
    model = model or nn.MLP(2, [2, 1], "tanh", seed=1)
    return train.fit(model, loss, X, Y, **{"epochs": 5, "keep": 5, "progress": False, **options})


def weighted(outputs: list[Any], targets: list[Any]) -> Any:
    """The mean square, with a weight for each class that is looked up."""
    weights = {0: 1.0, 1: 3.0}
    risk: Any = 0.0
    for a, t in zip(outputs, targets, strict=True):
        risk = risk + weights[t] * (a - t) ** 2
    return risk / len(outputs)


def of_pairs(outputs: list[Any], targets: list[Any]) -> Any:
    """A loss that looks at the first two samples together."""
    return (outputs[0] - outputs[1]) ** 2 + nn.losses.mse(outputs, targets)


def asserted(outputs: list[Any], targets: list[Any]) -> Any:
    """A loss that asks for four samples."""
    assert len(outputs) == 4
    return nn.losses.mse(outputs, targets)


@pytest.mark.parametrize("loss", [weighted, of_pairs, asserted])
def test_losses_that_take_no_value_or_no_single_sample(loss: Callable[..., Any]) -> None:
    """The page is written, and says why it plays back only, where the loss is no program."""
    history = trained(loss=loss)
    assert "<iframe" in history._repr_html_()
    if loss is not weighted:
        assert Content(history).data()["still"]


class Looked(nn.Module):
    """A model that looks a number up by its input."""

    def __init__(self) -> None:
        self.w = {0.0: Value(0.1), 1.0: Value(0.3)}
        self.v = list(self.w.values())

    def forward(self, x: Any) -> Any:
        """The weight of the first input times the second."""
        return tanh(self.w[x[0]] * x[1])


class Growing(nn.Module):
    """A model that overflows soon."""

    def __init__(self) -> None:
        self.w = Value(1.0)

    def forward(self, x: Any) -> Any:
        """The exponential of a multiple."""
        return exp(self.w * x[0])


def test_models_that_cannot_be_replayed() -> None:
    """A ValueError says so, and a notebook shows the table: also of a training that has diverged."""
    model = Growing()
    sgd = optim.SGD(model.parameters(), lr=1.0)
    with pytest.raises(train.DivergedError) as caught:
        train.fit(model, nn.losses.mse, [[1.0], [2.0]], [50.0, 60.0], optimizer=sgd, keep=9, progress=False)
    for history in (trained(Looked()), caught.value.history):
        with pytest.raises(ValueError, match="the page cannot replay this model"):
            history.to_html()
        assert "<table" in history._repr_html_()


class OwnError(Exception):
    """What a loss or a model of one's own raises, and nobody knows."""


class Tired(nn.Module):
    """A model that fails once it is called more often than its training did."""

    def __init__(self) -> None:
        self.w, self.calls = Value(0.1), 0

    def forward(self, x: Any) -> Any:
        """A product."""
        self.calls += 1
        if self.calls > 5 * len(X):
            raise OwnError("tired")
        return self.w * x[0]


class Told(nn.Module):
    """A network whose outputs are made into something else."""

    def __init__(self, outcome: Callable[[list[Value]], Any]) -> None:
        self.net, self.outcome = nn.MLP(2, [3, 2], "tanh", seed=1), outcome

    def forward(self, x: Any) -> Any:
        """The outputs, as they are told."""
        return self.outcome(self.net(x))


def test_errors_of_any_kind() -> None:
    """Also what is no error of Python's own says why the page plays back only, or is not there."""

    def asks(outputs: list[Any], targets: list[Any]) -> Any:
        if len(outputs) != len(X):
            raise OwnError("all four")
        return nn.losses.mse(outputs, targets)

    history = trained(loss=asks)
    assert "all four" in Content(history).data()["still"]
    assert "<iframe" in history._repr_html_()
    assert "<table" in trained(Tired())._repr_html_()


def test_outputs_that_are_no_numbers() -> None:
    """A dict or a generator is refused, and a notebook shows the table; an array is what a list of its numbers is."""
    numpy = pytest.importorskip("numpy")
    loss = nn.losses.cross_entropy
    for outcome, made in ((lambda ys: {"y": ys}, lambda y: y["y"]), (iter, list)):
        history = trained(Told(outcome), lambda ys, ts, made=made: loss([*map(made, ys)], ts))
        with pytest.raises(ValueError, match="outputs"):
            history.to_html()
        assert "<table" in history._repr_html_()
    lists, arrays = (Content(trained(Told(outcome), loss)).data() for outcome in (list, numpy.stack))
    assert lists["confidence"] == arrays["confidence"] == "softmax"
    assert lists["still"] == arrays["still"] == ""


def test_a_loss_may_empty_its_lists() -> None:
    """What a loss or a metric does with the lists that it gets is seen by nobody else, in training and in the page."""

    def popping(outputs: list[Any], targets: list[Any]) -> Any:
        count, risk = len(outputs), Value(0.0)
        while outputs:
            risk = risk + (outputs.pop() - targets.pop()) ** 2
        return risk / count

    losses = [nn.losses.mse, popping]
    one, other = (trained(loss=f, validation=(X, Y), metrics=[f, nn.losses.mae]) for f in losses)
    assert other.metrics["mae"] == one.metrics["mae"]
    assert other.metrics["validation_loss"] == pytest.approx(one.metrics["validation_loss"])
    content = Content(other)
    assert content.data()["still"] == ""
    assert content.judged.targets == Y
    assert "<iframe" in other._repr_html_()


def scaled(model: nn.Module, factor: float) -> None:
    """Change all parameters."""
    for x in model.parameters():
        x.data *= factor


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda m, _, __: m.layers[0].neurons[0].w.__setitem__(0, Value(9.0)), None),
        (lambda m, _, __: m.layers.append(nn.Layer(1, 1, "tanh")), None),
        (lambda m, _, __: scaled(m, 0.9), "a callback changed the parameters"),
        (lambda _, __, sgd: (sgd.parameters.pop(), sgd.memories.pop()), "the optimiser got other parameters"),
        (lambda m, h, _: scaled(m, 0.0) if len(h.loss) == 5 else None, ""),  # after the last epoch
    ],
)
def test_a_model_that_is_changed_on_the_way(change: Callable[..., Any], says: str | None) -> None:
    """Weights that came later are refused; where a callback changes others, the page plays only."""
    model = nn.MLP(2, [2, 1], "tanh", seed=1)
    sgd = optim.SGD(model.parameters(), lr=0.1)
    history = trained(model, optimizer=sgd, callbacks=lambda m, h: change(m, h, sgd))
    if says is not None:
        assert Content(history).data()["still"] == says + " during the training" * bool(says)
        return
    with pytest.raises(ValueError, match="other parameters"):
        history.to_html()


def test_looking_leaves_the_gradients_alone() -> None:
    """The parameters' gradients are those of the last step, also where the loss holds the parameters."""
    model = nn.MLP(2, [2, 1], "tanh", seed=1)
    history = trained(model, lambda ys, ts: nn.losses.mse(ys, ts) + 0.01 * nn.losses.l2(model.parameters()))
    before = [x.grad for x in model.parameters()]
    history.to_html()
    assert [x.grad for x in model.parameters()] == before


def test_keeping_changes_nothing() -> None:
    """A schedule is asked once for each step: one that counts by itself gives the same training, and the same rates."""

    def losses_and_rates(keep: int) -> tuple[list[float], Any]:
        model = nn.MLP(2, [2, 1], "tanh", seed=1)
        rates = iter([0.1 * 0.9**step for step in range(20)])
        sgd = optim.SGD(model.parameters(), lr=lambda _: next(rates))
        history = trained(model, optimizer=sgd, keep=keep, batch_size=2, seed=0)
        return history.loss, history.kept and history.kept.lr

    assert losses_and_rates(0)[0] == losses_and_rates(5)[0]
    assert losses_and_rates(5)[1] == [0.1 * 0.9**step for step in range(10)]


def test_a_setting_that_was_changed_on_the_way() -> None:
    """The page does not go on with another momentum than the training had; what is no number is none of its business."""
    model = nn.MLP(2, [2, 1], "tanh", seed=1)
    sgd: Any = optim.SGD(model.parameters(), lr=0.1, momentum=0.5)
    sgd.note = {1, 2}

    def faster(*_: Any) -> None:
        sgd.momentum = 0.9

    assert "was changed" in Content(trained(model, optimizer=sgd, callbacks=faster)).data()["still"]
    assert Content(trained(model, optimizer=sgd)).data()["still"] == ""
    assert "note" not in Content(trained(model, optimizer=sgd)).data()["optimizer"]


def test_a_notation_with_parentheses_is_no_call() -> None:
    """A custom operation whose notation ends in a parenthesis is written, and computed, as it is meant."""
    odd = Op("odd", lambda a, b: (a + 1.0) * (b - 1.0), [lambda _a, b, _z: b - 1.0, lambda a, _b, _z: a + 1.0], "({} + 1.0) * ({} - 1.0)")  # fmt: skip
    square = Op("square_of", lambda a, b: a**2.0 * b, [lambda a, b, _z: 2.0 * a * b, lambda a, _b, _z: a**2.0], "{} ** 2.0 * ({})")  # fmt: skip
    x, y = Value(3.0, "x"), Value(2.0, "y")
    for program, at, expected in [
        (Program(odd(x, y)), (3.0, 2.0), ((4.0,), (1.0, 4.0))),
        (Program(square(-2.0, y)), (3.0,), ((12.0,), (4.0,))),
    ]:
        names: dict[str, Any] = {}
        exec(program.source, names)
        assert names["program"](*at) == expected


def test_names_and_scales_of_any_kind() -> None:
    """Names as any sequence; scales as any numbers, one for each input."""
    numpy = pytest.importorskip("numpy")
    history = trained()
    content = Content(history, features=numpy.array(["a", "b"]), standardized=(numpy.float32([0, 1]), [1, 2]))
    assert [each["scale"] for each in content.data()["features"]] == [1.0, 2.0]
    with pytest.raises(ValueError, match="2 inputs"):
        Content(history, standardized=([0.0], [1.0]))
