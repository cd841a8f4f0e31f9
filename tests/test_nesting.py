"""Transforms within transforms: what comes out as a number, what stays connected, and where formulas refuse constants."""

from __future__ import annotations

import copy
import math
import pickle
import warnings
from typing import Any

import numpy
import pytest

from autograd_lite import Op, Value, exp, grad, gradients, hessian, hvp, jacobian, jvp, log10, logsumexp, sin, vjp

CUBE = Op("CUBE", lambda x: x * x * x, [lambda x, _y: 3.0 * x * x])


@pytest.mark.parametrize(
    "outer",
    [
        grad(lambda s: grad(lambda x: x * x * s)(3.0)),
        grad(lambda s: jvp(lambda x: x * x * s, (3.0,), (1.0,))[1]),
        grad(lambda s: vjp(lambda x: x * x * s, 3.0)[1](1.0)[0]),
        lambda s: jvp(lambda t: grad(lambda x: x * x * t)(3.0), (s,), (1.0,))[1],
        jacobian(lambda s: grad(lambda x: x * x * s)(3.0)),
        grad(lambda s: s * Value(6.0)),
    ],
)
def test_what_depends_on_nothing_outside_is_a_float(outer: Any) -> None:
    """d²(x²s)/dxds = 2x is a float: variables of inner calls, and leaves made inside, are not outside."""
    result = outer(2.0)
    assert type(result) is float
    assert result == 6.0


def test_what_depends_on_a_value_outside_stays_connected() -> None:
    """A result that depends on a Value from outside of the outermost call is a Value, connected to it."""
    w = Value(5.0)
    result = grad(lambda s: grad(lambda x: x * x * s * w)(3.0))(2.0)
    assert isinstance(result, Value)
    assert result.data == 30.0
    assert gradients(result, w).data == 6.0


def test_arrays_of_nested_results_are_of_floats() -> None:
    """A Hessian within a Jacobian is an array of floats."""
    third = jacobian(hessian(lambda v: (v**3).sum()))(numpy.array([1.0, 2.0]))
    assert third.dtype == float
    assert third[0, 0, 0] == third[1, 1, 1] == 6.0
    assert numpy.count_nonzero(third) == 2


@pytest.mark.parametrize(
    "derivative", [grad(grad(lambda y: (-2.0) ** y)), lambda y: hvp(lambda t: (-2.0) ** t, y, 1.0)]
)
def test_constants_that_a_formula_refuses(derivative: Any) -> None:
    """Where a partial is nan because of a constant (log of a negative base), so is what is derived from it."""
    assert math.isnan(derivative(2.0))


def test_constants_whose_partial_overflows() -> None:
    """A partial that overflows for a constant operand is inf in a graph as it is in the backward pass."""
    op = Op("op", lambda _c, x: x, [0.0, lambda c, _x, _z: exp(c)])
    x = Value(1.0)
    y = op(1000.0, x)
    y.backward()
    assert x.grad == gradients(y, x).data == math.inf


def test_a_derivative_that_is_an_operand_is_a_node_of_its_own() -> None:
    """d(xy)/dy has the number of x, and can be labelled without renaming x."""
    x, y = Value(2.0, "x"), Value(3.0, "y")
    dx, dy = gradients(x * y, [x, y])
    dx.label, dy.label = "dx", "dy"
    assert (dx.data, dy.data, x.label, y.label) == (3.0, 2.0, "x", "y")
    assert gradients(dy, x).data == 1.0
    z = exp(x)
    z.label = "z"
    dz = gradients(z, x)
    assert dz is not z
    assert gradients(dz, x).data == z.data


def test_arrays_of_no_dimensions_hold_their_value() -> None:
    """An array of no dimensions around a Value, as NumPy makes them, does not cut the graph."""
    assert grad(lambda v: numpy.asarray(v * v))(3.0) == 6.0
    assert grad(lambda v: numpy.add(numpy.array(v), v))(3.0) == 2.0
    assert grad(lambda v: exp(numpy.array(v)))(0.0) == 1.0
    with pytest.raises(TypeError, match="array of shape"):
        Value(numpy.array(Value(1.0)))


def test_infinite_derivatives_do_not_warn() -> None:
    """Derivatives of an array that are inf come out quietly, as those of a number do."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert jacobian(lambda xs: numpy.sqrt(xs))(numpy.array([0.0, 4.0])).tolist() == [[math.inf, 0.0], [0.0, 0.25]]
        assert numpy.arcsin(numpy.array([Value(1.0)]))[0].partials == (math.inf,)


def test_edges_of_the_number_range() -> None:
    """Elements of -inf have no weight in logsumexp; log10 keeps its derivative up to the largest floats."""
    assert grad(logsumexp)([-math.inf, -math.inf, 0.0]) == [0.0, 0.0, 1.0]
    assert grad(log10)(1.7e308) == pytest.approx(1.0 / math.log(10.0) / 1.7e308, rel=1e-12)


def test_operations_are_copied_and_pickled_by_name() -> None:
    """An operation of the table or of a module is one object, however it is copied."""
    for op in (sin, CUBE):
        assert pickle.loads(pickle.dumps(op)) is copy.copy(op) is copy.deepcopy(op) is op


def test_an_own_operation_is_not_taken_for_one_of_numpy() -> None:
    """A custom operation with the name of a ufunc keeps its own formula where floats fail."""
    reciprocal = Op("reciprocal", lambda x: -1.0 / x, [lambda x, _y: 1.0 / (x * x)])
    y = Op("f", lambda x: x, [lambda x, _y: reciprocal(x)])(Value(0.0))
    assert y.partials == (-math.inf,)


def test_further_arguments_reach_the_function() -> None:
    """Keyword arguments are handed on, and not differentiated by."""
    assert grad(lambda x, k=1.0: k * x)(2.0, k=5.0) == 5.0
    assert jacobian(lambda x, k=1.0: [k * x])(2.0, k=5.0) == [5.0]


def test_text_is_no_number() -> None:
    """NumPy's texts are refused like Python's."""
    texts: list[Any] = ["1", b"1", numpy.str_("1"), numpy.bytes_(b"1")]
    for text in texts:
        with pytest.raises(TypeError, match="expected a number"):
            Value(text)


@pytest.mark.parametrize("notation", ["f({})\n", "f({} {z})", "f()", "{{}}"])
def test_notations_are_checked(notation: str) -> None:
    """A notation that cannot be filled in, or is not one line, is refused when the operation is made."""
    with pytest.raises(ValueError, match="notation"):
        Op("f", lambda x: x, [1.0], notation)
