"""`fit` where something goes wrong: Ctrl-C, numbers that diverge, data and arguments that are none."""

from __future__ import annotations

import pickle
import re
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from autograd_lite import Value, exp, log, optim, sqrt, tanh
from autograd_lite.nn import MLP, Module, evaluate, losses
from autograd_lite.train import DivergedError, History, fit

POINTS = [[0.5, 1.0], [-1.0, 0.25], [2.0, -0.5]]
TARGETS = [1.0, -1.0, 0.5]


def network() -> MLP:
    return MLP(2, [3, 1], "tanh", seed=1)


def state(model: Module) -> list[float]:
    return [parameter.data for parameter in model.parameters()]


def interrupt() -> None:
    """What Ctrl-C does: a signal to this process."""
    signal.raise_signal(signal.SIGINT)


@pytest.fixture(autouse=True)
def handler() -> Iterator[Callable[..., Any]]:
    """Python's own answer to Ctrl-C, which every test must leave in place, also where fit ends by an error."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield signal.default_int_handler
    assert signal.signal(signal.SIGINT, before) is signal.default_int_handler


@pytest.mark.parametrize("place", ["model", "loss", "clip", "metric", "callback"])
def test_an_interruption_returns_the_history_so_far(place: str) -> None:
    """Wherever Ctrl-C comes, the epochs before it are returned, and the parameters are those of the last whole step."""
    left = {"model": 25, "loss": 9, "clip": 9, "metric": 3, "callback": 3}  # calls, to somewhere in the third epoch
    after: list[list[float]] = []

    def count(name: str) -> float:
        left[name] -= 1
        if name == place and left[name] == 0:
            interrupt()
        return 1.0

    class Noting(optim.SGD):
        def step(self) -> None:
            super().step()
            after.append(state(model))

    model = MLP(2, [3, 1], lambda x: tanh(x) * count("model"), seed=1)
    options: dict[str, Any] = {"metrics": {"metric": lambda *_: count("metric")}, "clip": lambda _: count("clip")}
    options |= {"callbacks": [lambda *_: count("callback")], "optimizer": Noting(model.parameters(), lr=0.1)}
    history = fit(model, lambda *batch: losses.mse(*batch) * count("loss"), POINTS, TARGETS, batch_size=1, **options)
    assert history.interrupted is True
    whole = 3 if place == "callback" else 2
    assert [len(x) for x in (history.loss, history.metrics["metric"], history.evaluations)] == [whole] * 3
    assert len(after) == (9 if place in ("metric", "callback") else 8)
    assert state(model) == after[-1]


class InUpdate(optim.SGD):
    """Ctrl-C comes while the new numbers are computed, in the second step."""

    calls = 0

    def update(self, w: float, g: float, lr: float, memory: list[float]) -> float:  # noqa: D102 - as the base's
        self.calls += 1
        if self.calls == len(self.parameters) * 3 // 2:
            interrupt()
        return super().update(w, g, lr, memory)


class InStep(optim.SGD):
    """Ctrl-C comes while the numbers are given to the parameters, in the second step."""

    def step(self) -> None:  # noqa: D102 - as the base's
        self.steps += 1
        for place, parameter in enumerate(self.parameters):
            if self.steps == 2 and place == len(self.parameters) // 2:
                interrupt()
            parameter.data -= self.lr * parameter.grad  # type: ignore[operator]  # no schedule


@pytest.mark.parametrize("kind", [InUpdate, InStep])
def test_no_step_is_left_half_done(kind: Any) -> None:
    """Ctrl-C in the middle of a step comes after it: every parameter has changed, as in two steps without it."""
    model, twin = network(), network()
    history = fit(model, losses.mse, POINTS, TARGETS, optimizer=kind(model.parameters(), lr=0.1), epochs=9)
    assert (history.interrupted, len(history.loss)) == (True, 1)
    sgd, one = optim.SGD(twin.parameters(), lr=0.1), list[float]()
    fit(twin, losses.mse, POINTS, TARGETS, optimizer=sgd, epochs=2, callbacks=[lambda m, _: one.extend(state(m))])
    assert state(model) == state(twin)
    assert all(x != y for x, y in zip(state(model), one, strict=False))


def test_an_epoch_is_entered_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C while the history takes an epoch comes after it, so that its lists keep the same length."""

    def append(self: History, loss: float, _: Any, evaluations: int, *rest: Any) -> None:
        self.loss.append(loss)
        interrupt()
        self.evaluations.append(evaluations)

    monkeypatch.setattr(History, "append", append)
    history = fit(network(), losses.mse, POINTS, TARGETS)
    assert (len(history.loss), history.evaluations, history.interrupted) == (1, [3], True)


@pytest.mark.parametrize("kind", [InUpdate, InStep])
def test_a_program_that_ignores_ctrl_c_goes_on_to_do_so(kind: Any, handler: Any) -> None:
    """Ignored signals stay ignored, and a handler that does not raise is called each time, while the training goes on."""
    calls: list[Any] = []
    for answer in (signal.SIG_IGN, lambda *event: calls.append(event[0])):
        signal.signal(signal.SIGINT, answer)
        model = network()
        rate = kind(model.parameters(), lr=0.1)
        later: list[Any] = [lambda _, history: interrupt() if len(history.loss) == 3 else None]
        history = fit(model, losses.mse, POINTS, TARGETS, optimizer=rate, epochs=4, callbacks=later)
        assert (len(history.loss), history.interrupted) == (4, False)
        assert signal.getsignal(signal.SIGINT) is answer
    signal.signal(signal.SIGINT, handler)
    assert calls == [signal.SIGINT] * 2  # in a step, and elsewhere


def test_fit_works_in_any_thread(handler: Any) -> None:
    """In another thread, which may set no handler, training gives the same history and leaves the handler alone."""
    found: list[Any] = []
    notes: list[Any] = [lambda *_: found.append(signal.getsignal(signal.SIGINT))]
    with ThreadPoolExecutor() as pool:
        found.append(pool.submit(fit, network(), losses.mse, POINTS, TARGETS, epochs=1, callbacks=notes).result())
    assert found == [handler, fit(network(), losses.mse, POINTS, TARGETS, epochs=1)]


class Probe(Module):
    """f(1) + b for the sample 0 and f(w) + b for the sample 1."""

    def __init__(self, f: Callable[[Any], Any]) -> None:
        self.f = f
        self.w, self.b = Value(1.0, label="w"), Value(0.0)

    def forward(self, x: Any) -> Any:  # noqa: D102 - see above
        self.before = state(self)
        return self.f(self.w * x + (1.0 - x)) + self.b


DIVERGING: list[tuple[float, Callable[[Any], Any], list[str]]] = [
    (1e200, lambda u: u * u, ["the loss is inf", "1e200·1e200 = inf"]),
    (-1e200, lambda u: u * u * u, ["the loss is -inf", "−1e200·(−1e200) = inf"]),
    (1e200, lambda u: u * u - u * u, ["the loss is nan", "1e200·1e200 = inf"]),
    (1000.0, exp, ["math range error", "exp(1000.0)"]),
    (1e200, lambda u: u**2, ["while computing 1e+200 ** 2.0"]),
    (-1.0, log, ["math domain error", "log(-1.0)"]),
    (0.0, lambda u: 1.0 / u, ["division by zero", "1.0 / 0.0"]),
    (0.0, sqrt, ["the gradient of w is inf", "√(0)"]),
]


def first(outputs: list[Any], _: list[Any]) -> Any:
    return outputs[0]


@pytest.mark.parametrize(("bad", "f", "parts"), DIVERGING, ids=[parts[-1] for *_, parts in DIVERGING])
def test_what_diverges_is_named(bad: float, f: Callable[[Any], Any], parts: list[str]) -> None:
    """The error names epoch, batch, node, scope and numbers; it has the history, and the step was not taken."""
    model, histories = Probe(f), list[History]()

    def spoil(_: Module, history: History) -> None:
        histories.append(history)
        model.w.data = bad

    options: dict[str, Any] = {"batch_size": 2, "shuffle": False, "callbacks": [spoil]}
    with pytest.raises(DivergedError) as caught:
        fit(model, first, [0.0] * 4 + [1.0], [0.0] * 5, optimizer=optim.SGD(model.parameters(), lr=0.1), **options)
    assert isinstance(caught.value, ArithmeticError)
    assert not any(part in str(caught.value) for part in ("\n", "(34, "))  # Python's OverflowError has two arguments
    for part in ["epoch 2, batch 3:", "scope probe", *parts]:
        assert part in str(caught.value)
    assert caught.value.history is histories[0]
    assert len(caught.value.history.loss) == 1
    assert state(model) == model.before == [bad, pytest.approx(-0.5)]
    again = pickle.loads(pickle.dumps(caught.value))  # as processes hand it on
    assert (str(again), again.history) == (str(caught.value), caught.value.history)


def test_a_node_of_a_network_is_named_with_its_labels() -> None:
    """In a network the scope is layer and neuron; a parameter that is nan from the start is shown as it is."""
    for data, parts in ((1e308, ["w¹₂₁·100 = inf, with w¹₂₁ = 1e308"]), (float("nan"), ["Value(nan, label='w0')"])):
        model = MLP(2, [3, 1])
        model.layers[0].neurons[1].w[0].data = data
        with pytest.raises(DivergedError) as caught:
            fit(model, losses.mse, [[100.0, 1.0]], [1.0])
        for part in ["epoch 1, batch 1:", "scope mlp/layer0/neuron1", *parts]:
            assert part in str(caught.value)
        assert caught.value.history == History()


def test_a_gradient_may_overflow_as_a_sum() -> None:
    """Where each contribution is finite and their sum is not, the error says so of the parameter."""
    model = MLP(1, [1], init="zeros")
    with pytest.raises(DivergedError, match=r"the gradient of layers\.0\.neurons\.0\.w\.0 is inf, as the sum"):
        fit(model, lambda outputs, _: outputs[0] + outputs[1], [1e308, 1e308], [0.0, 0.0])


def test_a_divergence_of_validation_is_named() -> None:
    """An operation that fails on samples held out stops the training as well, with the node; evaluate names it too."""
    model = Probe(exp)
    model.w.data = 2.0
    with pytest.raises(DivergedError, match=r"epoch 1, validation: math range error while computing exp\(.*scope") as e:
        fit(model, first, [0.0], [0.0], validation=([2000.0], [0.0]))
    assert (len(e.value.history.loss), isinstance(e.value.__cause__, OverflowError)) == (0, True)
    with pytest.raises(OverflowError, match="math range error") as error:
        evaluate(model, [0.0, 2000.0])
    assert "scope probe" in error.value.__notes__[0]


@pytest.mark.parametrize("loss", [0.5, Value(0.5), Value(float("nan")), [Value(0.5) * 1.0], None], ids=repr)
def test_a_loss_that_does_not_follow_from_the_outputs_is_refused(loss: Any) -> None:
    """A plain number, a leaf, a list or nothing is no loss to be differentiated; nothing is trained."""
    model = network()
    with pytest.raises(TypeError, match="the loss must be a Value that was computed from the outputs"):
        fit(model, lambda *_: loss, POINTS, TARGETS)
    assert state(model) == state(network())


@pytest.mark.parametrize("as_validation", [False, True])
@pytest.mark.parametrize(
    ("rows", "targets", "kind", "message"),
    [
        ([[1.0, 2.0], [3.0, float("nan")]], [0, 1], ValueError, "sample 1, entry 1 is nan"),
        ([[1.0, float("-inf")]], [0], ValueError, "sample 0, entry 1 is -inf"),
        ([[1.0, 2.0]], [float("inf")], ValueError, "target 0, entry 0 is inf"),
        ([[1.0, "red"]], [0], TypeError, "sample 0, entry 1: expected a number, got str 'red'"),
        (["ab"], [0], TypeError, "sample 0, entry 0: expected a number, got str 'ab'"),
        ([[1.0, 2.0]], ["setosa"], TypeError, "target 0, entry 0: expected a number, got str 'setosa'"),
        ([[1.0, [2.0]]], [0], TypeError, "sample 0, entry 1: expected a number, got list"),
        ([[1.0, 2.0], [1.0]], [0, 1], ValueError, "sample 1 is a list of 1, but sample 0 is a list of 2"),
        ([[1.0, 2.0], 1.0], [0, 1], ValueError, "sample 1 is a number, but sample 0 is a list of 2"),
        ([[1.0, 2.0]] * 2, [[0.0], [0.0, 1.0]], ValueError, "target 1 is a list of 2, but target 0 is a list of 1"),
        ([[1.0, 2.0]], [0, 1], ValueError, "as many samples as targets are needed, got 1 and 2"),
        ([], [], ValueError, "got no samples"),
    ],
)
def test_data_that_cannot_be_learned_from_is_refused_first(
    rows: Any, targets: Any, kind: type[Exception], message: str, as_validation: bool
) -> None:
    """nan, inf, text, rows that differ and missing samples are named by place, before the loss is called once."""
    calls: list[Any] = []
    data, held = ((POINTS, TARGETS), (rows, targets)) if as_validation else ((rows, targets), None)
    if as_validation:
        message = re.sub(r"(samples?|target)( \d|$)", r"validation \1\2", message)
    with pytest.raises(kind, match=f"^{message}"):
        fit(network(), lambda *batch: calls.append(batch), *data, validation=held)
    assert calls == []


def test_mistakes_of_the_caller_pass_through_unchanged() -> None:
    """An error that no operation of the graph raised is handed on as it is: type, text and no notes added."""
    wrong: list[Any] = [lambda outputs, _: losses.hinge(outputs, [0, 1, 1]), lambda *_: 1 / 0, lambda xs, _: xs[3]]
    for loss in wrong:
        with pytest.raises((ValueError, ZeroDivisionError, LookupError)) as expected:
            loss([1.0, 2.0, 3.0], TARGETS)
        with pytest.raises(type(expected.value)) as found:
            fit(network(), loss, POINTS, TARGETS)
        assert type(found.value) is type(expected.value)
        assert (str(found.value), hasattr(found.value, "__notes__")) == (str(expected.value), False)
    with pytest.raises(KeyError, match="mine"):
        fit(network(), losses.mse, POINTS, TARGETS, callbacks=[lambda *_: dict[str, Any]()["mine"]])
    with pytest.raises(ValueError, match="takes 2 inputs, got 3"):
        fit(network(), losses.mse, [[1.0, 2.0, 3.0]], [0.0])


@pytest.mark.parametrize("size", [-1, 2.5, "2"])
@pytest.mark.parametrize("name", ["batch_size", "epochs"])
def test_sizes_are_whole_numbers(name: str, size: Any) -> None:
    """A batch size below 1, epochs below 0, and what is no whole number, is refused with what was given."""
    for wrong in {"batch_size": [size, 0], "epochs": [size, None]}[name]:
        with pytest.raises(ValueError, match=f"batch_size is .*epochs .* got .*{wrong!r}"):
            fit(network(), losses.mse, POINTS, TARGETS, **{name: wrong})


def test_an_optimizer_of_another_model_is_refused() -> None:
    """An optimiser that holds none of the model's parameters would train nothing, and is refused before it does."""
    other = optim.SGD(network().parameters(), lr=0.1)
    with pytest.raises(ValueError, match=r"^the optimizer has none of the parameters of MLP"):
        fit(network(), losses.mse, POINTS, TARGETS, optimizer=other)
