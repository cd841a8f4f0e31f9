"""Who calls the doctor: `fit` where a number is not finite, and `autograd-lite check --doctor`."""

from __future__ import annotations

import pytest

from autograd_lite import nn, record_lines
from autograd_lite.__main__ import main
from autograd_lite.train import DivergedError, fit


def test_fit_asks_the_doctor() -> None:
    """Where a loss or a gradient is not finite, the error of `fit` is what is found, with line and parameter."""
    model, mse = nn.MLP(1, [1], init="zeros"), nn.losses.mse
    with (
        pytest.raises(DivergedError, match=r"epoch 1, batch 1: the loss is inf: inf arose .* \(fit\(.*; scale") as e,
        record_lines(),
    ):
        fit(model, mse, [1.0], [1e200])
    assert "\n" not in str(e.value)
    with pytest.raises(DivergedError, match=r"batch 1: the gradient of layers\.0\.neurons\.0\.w\.0 is inf, as the sum"):
        fit(model, lambda outputs, _: outputs[0] + outputs[1], [1e308, 1e308], [0.0, 0.0])
    assert [parameter.data for parameter in model.parameters()] == [0.0, 0.0]


@pytest.mark.parametrize(
    ("words", "code", "line"),
    [
        (("sin(x)", "x=1"), 0, "The doctor finds nothing wrong."),
        (("tanh(x)", "x=30"), 1, "saturated: tanh is saturated at tanh x"),
        (("sqrt(x)", "x=0"), 1, "gradient not finite: the gradient of x is inf"),
        (("x*step(y)", "x=1", "y=2"), 1, "no gradient: y gets no gradient"),
    ],
)
def test_check_with_doctor(words: tuple[str, ...], code: int, line: str, capsys: pytest.CaptureFixture[str]) -> None:
    """`check --doctor` prints a line for each finding, and its exit code says whether there is one."""
    assert main(["check", "--doctor", *words]) == code
    out, err = capsys.readouterr()
    assert (out.startswith(line), err) == (True, "")
    main(["check", *words])
    assert line not in capsys.readouterr().out
