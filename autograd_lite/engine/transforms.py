"""Derivatives as functions: of a node with respect to nodes, and of a function with respect to its arguments.

Nothing here touches `.grad`. A derivative is computed by a sweep in the arithmetic of `Value`, so it is
a graph again and can be differentiated, drawn and stepped; where nothing asks for that graph, the same
sweep runs on floats.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import wraps
from math import prod
from operator import index
from typing import TYPE_CHECKING, Any, Literal, ParamSpec, TypeVar, overload

from autograd_lite.engine.context import Call, calling, deriving, mark_variables
from autograd_lite.engine.graph import forward_sweep, recorded_share, reverse_sweep, topological_order
from autograd_lite.engine.ops import Operand
from autograd_lite.engine.symbolic import symbolic_share
from autograd_lite.engine.table import identity
from autograd_lite.engine.text import shortened
from autograd_lite.engine.trees import block, converted, flatten, flatten_like
from autograd_lite.engine.value import Value

if TYPE_CHECKING:
    from autograd_lite.engine.graph import Share

Function = Callable[..., Any]
Point = ParamSpec("Point")  # the arguments of a function, which its derivative takes too
Tree = TypeVar("Tree")  # `Value`s in any structure


def gradients(y: Value, xs: Tree, seed: Any = 1.0) -> Tree:
    """The derivatives of `y` with respect to each of `xs`, as `Value`s that can be differentiated in turn.

    `xs` are leaves or computed nodes of the graph of `y`: one `Value`, or any structure of them (list,
    tuple, dict, array); the result has the same structure. `seed` multiplies all. Where `y` does not
    depend on x, the derivative is 0. Raises RuntimeError where a local derivative would need the number
    of a leaf that was given another one since: `y.backward()` differentiates the computation as recorded,
    a new graph cannot.

    >>> from autograd_lite import Value, gradients
    >>> x = Value(3.0)
    >>> dy, = gradients(x ** 3, [x])
    >>> dy
    Value(27.0, op='mul')
    >>> gradients(dy, x)
    Value(18.0, op='mul')
    """
    variables, form = flatten(xs)
    for x in (y, *variables):
        if not isinstance(x, Value):
            raise TypeError(f"gradients(y, xs): y and xs are Values, got {type(x).__name__} {shortened(x)}")
    adjoints = deriving(reverse_sweep, {y: seed}, variables, symbolic_share)
    # A derivative that is a node of y's own graph, as x is of x*y, comes as a node of its own, to label and to draw.
    found = [adjoints.get(x, 0.0) for x in variables]
    existing = {x for x in found if isinstance(x, Value)}.intersection(topological_order(y))
    nodes = [identity(x) if isinstance(x, Value) and (x.op is None or x in existing) else x for x in found]
    result: Tree = form.rebuild([x if isinstance(x, Value) else Value(x) for x in nodes])
    return result


def grad(f: Callable[Point, Any], /, argnums: int | Sequence[int] = 0, has_aux: bool = False) -> Callable[Point, Any]:
    """The function that computes the gradient of `f` with respect to its first argument, or those numbered `argnums`.

    `f` takes numbers, lists, tuples, dicts or NumPy arrays of numbers, nested as you like, and returns
    one number. The gradient has the structure of the argument (for several `argnums`, a tuple of them).
    It applies to itself, for derivatives of any order. Use the functions of this package or NumPy's
    inside: `math.sin` wants a bare number, which would cut the gradient off, and so raises TypeError.

    As in JAX, the gradient has the name and the signature of `f`; arguments given by name are passed on, and are not
    differentiated; and with `has_aux` a function that returns a pair (number, anything else) has a gradient that
    returns the pair (gradient, anything else).

    >>> from autograd_lite import exp, grad, sin
    >>> f = lambda x: exp(sin(x ** 2))
    >>> grad(f)(1.5), grad(grad(f))(1.5)
    (-4.1031164885938205, -10.24970253118597)
    >>> grad(lambda w: w["a"] * w["b"][0])({"a": 2.0, "b": [3.0]})
    {'a': 3.0, 'b': [2.0]}
    >>> grad(lambda x, scale=1.0: (scale * x * x, "as is"), has_aux=True)(3.0, scale=2.0)
    (12.0, 'as is')
    """
    evaluate = value_and_grad(f, argnums, has_aux)

    @_derivative_of(f, "gradient", argnums)
    def gradient(*point: Any, **options: Any) -> Any:
        value, slopes = evaluate(*point, **options)
        return (slopes, value[1]) if has_aux else slopes

    return gradient


def value_and_grad(
    f: Callable[Point, Any], /, argnums: int | Sequence[int] = 0, has_aux: bool = False
) -> Callable[Point, tuple[Any, Any]]:
    """The function that computes `f` and its gradient in one go, with `has_aux` as ((number, the rest), gradient).

    See `grad`.

    >>> from autograd_lite import value_and_grad
    >>> value_and_grad(lambda x, y: x * y, argnums=(0, 1))(2.0, 3.0)
    (6.0, (3.0, 2.0))
    """

    @_derivative_of(f, "value and gradient", argnums)
    def evaluate(*point: Any, **options: Any) -> tuple[Any, Any]:
        call = _Call(f, point, argnums, options, has_aux)
        y = call.one_output()
        return call.with_aux(call.lowered([y])[0]), call.input_form.rebuild(call.pull({y: 1.0}))

    return evaluate


def jacobian(
    f: Callable[Point, Any], /, argnums: int | Sequence[int] = 0, has_aux: bool = False
) -> Callable[Point, Any]:
    """The function that computes the derivative of every output of `f` with respect to every input.

    The result has the structure of the output, and in each place that of the input; an array of shape S
    with respect to one of shape T has shape S + T, as in JAX. One reverse sweep for each output.
    `has_aux` is that of `grad`.

    >>> from autograd_lite import jacobian
    >>> jacobian(lambda x: [x[0] * x[1], x[0] ** 2])([3.0, 4.0])
    [[4.0, 3.0], [6.0, 0.0]]
    """

    @_derivative_of(f, "Jacobian", argnums)
    def evaluate(*point: Any, **options: Any) -> Any:
        call = _Call(f, point, argnums, options, has_aux)
        rows = [call.pull({y: 1.0}) for y in call.outputs]
        parts, first_row = [], 0
        for output_shape in call.output_form.blocks:
            height, inner, first_column = prod(output_shape), [], 0
            for input_shape in call.input_form.blocks:
                columns = slice(first_column, first_column + prod(input_shape))
                entries = [x for row in rows[first_row : first_row + height] for x in row[columns]]
                inner.append(block(output_shape + input_shape, entries))
                first_column = columns.stop
            parts.append(call.input_form.build(iter(inner)))
            first_row += height
        return call.with_aux(call.output_form.build(iter(parts)))

    return evaluate


def hessian(
    f: Callable[Point, Any], /, argnums: int | Sequence[int] = 0, has_aux: bool = False
) -> Callable[Point, Any]:
    """The function that computes the second derivatives of `f`: the Jacobian of its gradient; `has_aux` as for `grad`.

    >>> from autograd_lite import hessian
    >>> hessian(lambda x: x[0] ** 2 * x[1])([3.0, 4.0])
    [[8.0, 6.0], [6.0, 0.0]]
    """
    gradient: Callable[Point, Any] = grad(f, argnums, has_aux)
    return _derivative_of(f, "Hessian", argnums)(jacobian(gradient, argnums, has_aux))


@overload
def jvp(
    f: Function, /, primals: Sequence[Any], tangents: Sequence[Any], has_aux: Literal[False] = ...
) -> tuple[Any, Any]: ...
@overload
def jvp(f: Function, /, primals: Sequence[Any], tangents: Sequence[Any], has_aux: bool) -> tuple[Any, ...]: ...
def jvp(f: Function, /, primals: Sequence[Any], tangents: Sequence[Any], has_aux: bool = False) -> tuple[Any, ...]:
    """The value of `f` at `primals`, and its directional derivative along `tangents`: forward mode.

    `primals` is the tuple of the arguments, and `tangents` one of the same structure. Both results
    have the structure of the output. With `has_aux`, `f` returns a pair, whose second half comes back as a third.

    >>> from autograd_lite import jvp, sin
    >>> jvp(lambda x, y: [x * y, sin(x)], (0.0, 3.0), (1.0, 10.0))
    ([0.0, 0.0], [3.0, 1.0])
    """
    if not isinstance(primals, (tuple, list)):
        raise TypeError(
            f"primals and tangents are tuples of arguments, as in jvp(f, (x,), (t,)), got {shortened(primals)}"
        )
    call = _Call(f, tuple(primals), range(len(primals)), {}, has_aux)
    directions = _like(tangents, primals, "tangents")
    return call.value(), call.output_form.rebuild(call.push(directions)), *call.aux()


@overload
def vjp(f: Function, /, *primals: Any, has_aux: Literal[False] = ...) -> tuple[Any, Function]: ...
@overload
def vjp(f: Function, /, *primals: Any, has_aux: bool) -> tuple[Any, ...]: ...
def vjp(f: Function, /, *primals: Any, has_aux: bool = False) -> tuple[Any, ...]:
    """The value of `f` at `primals`, and the function that pulls a cotangent back to them: reverse mode.

    The pullback takes a structure like the output of `f`, and returns a tuple of the gradients with respect to each
    argument. It can be called any number of times. With `has_aux`, `f` returns a pair, whose second half comes back as
    a third.

    >>> from autograd_lite import vjp
    >>> y, pullback = vjp(lambda x, y: [x * y, x + y], 2.0, 3.0)
    >>> y, pullback([1.0, 0.0]), pullback([0.0, 1.0])
    ([6.0, 5.0], (3.0, 2.0), (1.0, 1.0))
    """
    call = _Call(f, primals, range(len(primals)), {}, has_aux)
    value = call.value()

    def pullback(cotangents: Any) -> Any:
        weights = _like(cotangents, value, "cotangents")
        seeds: dict[Any, Any] = {}
        for y, weight in zip(call.outputs, weights, strict=True):
            seeds[y] = seeds[y] + weight if y in seeds else weight
        return call.input_form.rebuild(call.pull(seeds))

    return value, pullback, *call.aux()


def hvp(f: Function, /, point: Any, vector: Any, has_aux: bool = False) -> Any:
    """The product of the Hessian of `f` at a point with a vector, without the Hessian: forward over reverse.

    With `has_aux`, `f` returns a pair, as for `grad`, and the result is the pair (product, the second half).

    >>> from autograd_lite import hvp
    >>> hvp(lambda x: x[0] ** 2 * x[1], [3.0, 4.0], [1.0, 10.0])
    [68.0, 6.0]
    """
    _, product, *rest = jvp(grad(f, has_aux=has_aux), (point,), (vector,), has_aux)
    return (product, *rest) if has_aux else product


class _Call:
    """A function called on fresh variables, its outputs, and the derivatives between them.

    A variable is a new leaf, or where the argument is a `Value` already, a new node upon it: so the
    variables of nested transforms are never confused, and what is computed stays connected outwards.
    Results are floats, except those that depend on a `Value` from outside the call.
    """

    def __init__(
        self, f: Function, point: tuple[Any, ...], argnums: int | Sequence[int], options: dict[str, Any], has_aux: bool
    ) -> None:
        places, single = chosen(argnums, len(point)), hasattr(argnums, "__index__")
        numbers, self.input_form = flatten(point[places[0]] if single else tuple(point[place] for place in places))

        def record(call: Call) -> None:
            self.call = call
            self.variables = [identity(x) if isinstance(x, Value) else Value(x) for x in numbers]
            mark_variables(self.variables)
            inputs = self.input_form.rebuild(self.variables)
            arguments = list(point)
            for place, argument in zip(places, [inputs] if single else inputs, strict=True):
                arguments[place] = argument
            self.result = f(*arguments, **options)
            self.extra: tuple[Any, ...] = ()
            if has_aux:
                if not isinstance(self.result, (tuple, list)) or len(self.result) != 2:
                    raise TypeError(
                        "with has_aux a function returns a pair, (what is differentiated, anything else), "
                        f"got {shortened(self.result)}"
                    )
                self.result, *rest = self.result
                self.extra = tuple(rest)
            outputs, self.output_form = flatten(self.result)
            self.outputs = [y if isinstance(y, Value) else Value(y) for y in outputs]

        calling(record)
        self.closed = not self._connected(self.outputs)

    def one_output(self) -> Value:
        """The output of a function that has one, as a gradient needs it."""
        if isinstance(self.result, (list, tuple, dict)) or getattr(self.result, "ndim", None):
            raise TypeError(
                f"a gradient needs a function that returns one number, got {type(self.result).__name__} "
                f"{shortened(self.result)}; for several outputs use jacobian or vjp"
            )
        return self.outputs[0]

    def pull(self, seeds: dict[Any, Any]) -> list[Any]:
        """The adjoint of each variable, by one reverse sweep."""
        share_of = self._share_of(seeds.values())
        adjoints = deriving(reverse_sweep, seeds, self.variables, share_of, self.variables)
        return self.lowered([adjoints.get(x, 0.0) for x in self.variables])

    def push(self, directions: list[Any]) -> list[Any]:
        """The tangent of each output, by one forward sweep."""
        tangents = dict(zip(self.variables, directions, strict=True))
        found = deriving(forward_sweep, tangents, self.outputs, self._share_of(directions), self.variables)
        return self.lowered([found.get(y, 0.0) for y in self.outputs])

    def value(self) -> Any:
        """The outputs in their structure."""
        return self.output_form.rebuild(self.lowered(self.outputs))

    def aux(self) -> tuple[Any, ...]:
        """What the function returned beside its outputs, with floats for the `Value`s of this call; () if none."""
        found: list[Any] = []
        converted(self.extra, lambda x: found.append(x))
        rest = iter(self.lowered(found))
        extra: tuple[Any, ...] = converted(self.extra, lambda _: next(rest))
        return extra

    def with_aux(self, result: Any) -> Any:
        """A result, in a pair with what the function returned beside its outputs, if it did."""
        return (result, *self.aux()) if self.extra else result

    def lowered(self, results: list[Any]) -> list[Any]:
        """Floats, except for what depends on a `Value` from outside."""
        connected = self._connected([x for x in results if isinstance(x, Value)])
        return [x.data if isinstance(x, Value) and x not in connected else x for x in results]

    def _share_of(self, weights: Iterable[Any]) -> Share:
        """Numbers where the sweep needs no more, otherwise graphs."""
        plain = self.closed and not any(isinstance(weight, Operand) for weight in weights)
        return recorded_share if plain else symbolic_share

    def _connected(self, roots: list[Value]) -> set[Value]:
        """Which of the roots depend on a `Value` from outside of the call."""
        connected = {x for x in self.variables if x.op is not None}

        def outside(x: Any) -> bool:
            if x in connected:
                return True
            return type(x) is Value and x.op is None and not self.call.contains(x._context.call)

        for node in topological_order(*roots, border=self.variables):
            if any(map(outside, node.operands)):
                connected.add(node)
        return set(filter(outside, roots))


def _like(tree: Any, model: Any, name: str) -> list[Any]:
    """The numbers of a structure that must have the form of another."""
    try:
        return flatten_like(tree, model)
    except ValueError:
        raise ValueError(f"the {name} must have the structure of {shortened(model)}, got {shortened(tree)}") from None


def _derivative_of(f: Function, what: str, argnums: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Decorator: a derivative has the name and the signature of its function, and a docstring of its own, as in JAX."""
    name = getattr(f, "__name__", type(f).__name__)

    def named(derivative: Any) -> Callable[..., Any]:
        wraps(f, ("__module__", "__name__", "__qualname__"), ())(derivative)
        derivative.__doc__ = (
            f"The {what} of {name} with respect to its arguments {argnums}, counted from 0; it takes those of {name}."
        )
        return derivative  # type: ignore[no-any-return]

    return named


def chosen(argnums: int | Sequence[int], count: int) -> list[int]:
    """Which arguments are meant, counted from 0; -1 is the last."""
    try:
        numbers = [index(argnums)] if hasattr(argnums, "__index__") else [index(place) for place in argnums]
    except TypeError:
        raise TypeError(f"argnums is an integer or several, got {shortened(argnums)}") from None
    for place in numbers:
        if not -count <= place < count:
            raise ValueError(
                f"no argument {place} to differentiate with respect to: the function was called with {count}"
            )
    places = [place % count for place in numbers]
    if len(set(places)) < len(places):
        raise ValueError(f"argnums names an argument twice: {shortened(argnums)}")
    return places
