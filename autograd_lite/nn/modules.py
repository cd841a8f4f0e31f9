"""`Module`: something that computes with parameters; it finds them in its attributes, as PyTorch's does."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from copy import deepcopy
from typing import TYPE_CHECKING, Any, Self

from autograd_lite.engine.context import Context, current
from autograd_lite.engine.text import shortened
from autograd_lite.engine.value import Value, plain

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Place:
    """The surroundings that a module was last called in, and those that it enters from there, shared by all its nodes.

    The lists of its parts, and copies of them, tell when a part was added and has no name yet.
    """

    __slots__ = ("around", "copies", "inside", "lists")

    def __init__(self, around: Context, inside: Context, lists: list[list[Any]]) -> None:
        self.around = around
        self.inside = inside
        self.lists = lists
        self.copies = [x.copy() for x in lists]


class Module:
    """Base of everything that computes with parameters: a neuron, a layer, a network of your own.

    Set the parameters (`Value`s) and the parts (other modules) as attributes, alone or in lists, tuples,
    dicts and arrays, and write `forward`. Calling the module runs it in a scope, so that every node knows
    where it was made.

    >>> from autograd_lite import Value
    >>> from autograd_lite.nn import Module
    >>> class Line(Module):
    ...     def __init__(self):
    ...         self.slope, self.offset = Value(2.0), Value(1.0)
    ...     def forward(self, x):
    ...         return self.slope * x + self.offset
    >>> line = Line()
    >>> y = line(3.0)
    >>> y.data, y.scope, line
    (7.0, ('line',), Line, 2 parameters)
    """

    # The name of the scope, which the module that holds this one gives it.
    _name: str | None = None
    _place: Place | None = None

    def forward(self, *inputs: Any) -> Any:
        """What the module computes; a subclass says it."""
        raise TypeError(f"{self.describe()} does not say what it makes of {shortened(inputs)}: define forward(self, x)")

    def __call__(self, *inputs: Any, **options: Any) -> Any:
        """What the module computes of its inputs, recorded inside its scope."""
        here = current.get()
        place = self._place
        if place is None or place.around is not here or place.lists != place.copies:
            place = self._enter(here)
        token = current.set(place.inside)
        try:
            return self.forward(*inputs, **options)
        finally:
            current.reset(token)

    def _enter(self, here: Context) -> Place:
        """Name the parts after the attributes that hold them: `hidden`, or `layer0`, `layer1` in a list `layers`."""
        for path, part in self.children():
            attribute, *place = path.split(".")
            keys = "_".join(place)
            part._name = (
                attribute.removesuffix("s") + ("" if keys[:1].isdigit() else "_") + keys if place else attribute
            )
        lists = [x for x in vars(self).values() if isinstance(x, list) and any(isinstance(part, Module) for part in x)]
        self._place = Place(here, here.inside(self._name or type(self).__name__.lower()), lists)
        return self._place

    def children(self) -> list[tuple[str, Module]]:
        """The modules that are parts of this one, each with the name of where it stands.

        >>> from autograd_lite.nn import MLP
        >>> [name for name, part in MLP(2, [3, 1]).children()]
        ['layers.0', 'layers.1']
        """
        return [(name, part) for name, part in _held(vars(self), "") if isinstance(part, Module)]

    def named_parameters(self) -> list[tuple[str, Value]]:
        """Every parameter once, with the name of where it stands, as in `model.layers[0].neurons[1].w[0]`.

        >>> from autograd_lite.nn import MLP
        >>> [name for name, p in MLP(2, [1]).named_parameters()]
        ['layers.0.neurons.0.w.0', 'layers.0.neurons.0.w.1', 'layers.0.neurons.0.b']
        """
        return [(name, value) for name, value in self._values() if value.op is None]

    def _values(self) -> list[tuple[str, Value]]:
        """The parameters, and what else of `Value`s is kept."""
        found: dict[Value, str] = {}
        seen: set[int] = set()  # by id, for a dataclass has no hash

        def collect(module: Module, prefix: str) -> None:
            if id(module) in seen:
                return
            seen.add(id(module))
            for name, part in _held(vars(module), prefix):
                if isinstance(part, Module):
                    collect(part, f"{name}.")
                else:
                    found.setdefault(part, name)

        collect(self, "")
        return [(name, parameter) for parameter, name in found.items()]

    def parameters(self) -> list[Value]:
        """Every parameter once, in the order in which the attributes were set.

        >>> from autograd_lite.nn import MLP
        >>> len(MLP(2, [16, 16, 1]).parameters())
        337
        """
        return [parameter for _, parameter in self.named_parameters()]

    def zero_grad(self) -> None:
        """Set the gradient of every parameter to zero.

        >>> from autograd_lite.nn import Neuron
        >>> neuron = Neuron(1)
        >>> neuron([2.0]).backward()
        >>> neuron.zero_grad()
        >>> [p.grad for p in neuron.parameters()]
        [0.0, 0.0]
        """
        for parameter in self.parameters():
            parameter.grad = 0.0

    def state_dict(self) -> dict[str, NDArray[Any]]:
        """The numbers of all parameters as float64 arrays, under PyTorch's names and in its shapes.

        >>> from autograd_lite.nn import MLP
        >>> {name: array.shape for name, array in MLP(2, [3, 1]).state_dict().items()}
        {'layers.0.weight': (3, 2), 'layers.0.bias': (3,), 'layers.1.weight': (1, 3), 'layers.1.bias': (1,)}
        """
        import numpy

        return {name: numpy.array(_numbers(tensor), dtype=float) for name, tensor in self._tensors("")}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Give the parameters the numbers of a state: arrays, lists or PyTorch tensors, by the names of `state_dict`.

        Raises ValueError where a name is missing or unknown or a shape differs, and changes nothing then.

        >>> from autograd_lite.nn import Layer
        >>> layer = Layer(2, 1, "linear")
        >>> layer.load_state_dict({"weight": [[0.5, -0.25]], "bias": [0.1]})
        >>> layer([2.0, 1.0])[0].data
        0.8500000000000001
        """
        import numpy

        if not isinstance(state, Mapping):
            raise TypeError(f"a state is a dict of arrays by their names, got {shortened(state)}")
        tensors = dict(self._tensors(""))
        missing, unknown = ([*left] for left in (tensors.keys() - state.keys(), state.keys() - tensors.keys()))
        if missing or unknown:
            texts = [
                f"{word} {', '.join(sorted(map(_printable, names)))}"
                for word, names in (("lacks", missing), ("has", unknown))
                if names
            ]
            raise ValueError(f"the state is not one of {self.describe()}: it {' and '.join(texts)}")
        new: list[tuple[Value, float]] = []
        for name, tensor in tensors.items():
            given = state[name]
            try:
                array = numpy.asarray(given.detach() if hasattr(given, "detach") else given)
                if array.dtype.kind not in "biuf":  # NumPy makes numbers of texts, dates, None and complex numbers too
                    array = numpy.reshape([*map(plain, array.ravel().tolist())], array.shape)
                array = array.astype(float)
            except (TypeError, ValueError) as error:
                reason = " ".join(str(error).split())
                raise ValueError(f"{name} holds no real numbers: {shortened(given)} ({reason})") from None
            parameters = numpy.array(tensor, dtype=object)
            if array.shape != parameters.shape:
                raise ValueError(f"{name} has the shape {array.shape}, {self.describe()} needs {parameters.shape}")
            new += zip(parameters.ravel().tolist(), array.ravel().tolist(), strict=True)
        for parameter, data in new:
            parameter.data = data

    def _tensors(self, prefix: str) -> Iterator[tuple[str, Any]]:
        """The arrays of parameters in here, each a `Value` or nested lists of them, with their names."""
        for name, thing in vars(self).items():
            yield from _blocks(thing, f"{prefix}{name}")

    def frozen(self) -> Self:
        """A copy whose parameters are plain numbers: it computes the same floats, several times as fast.

        >>> from autograd_lite.nn import MLP
        >>> model = MLP(2, [8, 1])
        >>> type(model([1.0, 2.0])), type(model.frozen()([1.0, 2.0]))
        (<class 'autograd_lite.engine.value.Value'>, <class 'float'>)
        """
        # The copier takes what stands in its memo for copies that are made already.
        return deepcopy(self, {id(value): value.data for _, value in self._values()})

    def describe(self) -> str:
        """The module in one line, as messages name it.

        >>> from autograd_lite.nn import MLP
        >>> MLP(2, [16, 16, 1]).describe()
        'MLP(2 → 16 → 16 → 1, relu)'
        """
        return type(self).__name__

    def config(self) -> dict[str, Any]:
        """The arguments that make a module like this one, with other weights: what `save` writes beside them.

        >>> from autograd_lite.nn import Neuron
        >>> Neuron(2, "tanh").config()
        {'nin': 2, 'activation': 'tanh', 'bias': True}
        """
        return {}

    def __repr__(self) -> str:
        count = len(self.parameters())
        lines = [f"{self.describe()}, {count:,} parameter{'' if count == 1 else 's'}"]
        for name, part in self.children():
            lines += [f"  {line}" for line in f"{name}: {part!r}".split("\n")]
        return "\n".join(lines)


def evaluate(model: Module, X: Iterable[Any]) -> list[Any]:  # noqa: N803 - X is a matrix
    """The outputs of a model for each sample as plain numbers.

    >>> from autograd_lite.nn import MLP, evaluate
    >>> evaluate(MLP(2, [1], init="zeros"), [[1.0, 2.0], [3.0, 4.0]])
    [0.0, 0.0]
    """
    samples = list(X)
    try:
        frozen = model.frozen()
        return [numbers_of(frozen(x)) for x in samples]
    except (AttributeError, TypeError, ArithmeticError, ValueError):
        # A module that writes y.tanh() wants Values, one that holds a lock cannot be copied, and an error of a
        # recorded operation says where it arose.
        return [numbers_of(model(x)) for x in samples]


def numbers_of(output: Any) -> Any:
    """The numbers of a model's output, without its graph.

    >>> numbers_of([Value(1.0) * 2.0, 3])
    [2.0, 3.0]
    """
    output = output.tolist() if hasattr(output, "tolist") else output
    return [numbers_of(x) for x in output] if isinstance(output, (list, tuple)) else float(output)


def _printable(name: object) -> str:
    return str(name) if str(name).isprintable() else repr(name)


def _parts(thing: Any) -> Iterator[tuple[Any, Any]]:
    """What a container holds, with keys and places; of anything else nothing."""
    if isinstance(thing, dict):
        yield from thing.items()
    elif isinstance(thing, (list, tuple)):
        yield from enumerate(thing)
    elif str(getattr(thing, "dtype", "")) == "object" and thing.ndim:
        yield from enumerate(thing.tolist())


def _held(thing: Any, prefix: str) -> Iterator[tuple[str, Any]]:
    """The `Value`s and modules in a container and the containers in it, each with its name."""
    for key, part in _parts(thing):
        if isinstance(part, (Value, Module)):
            yield f"{prefix}{key}", part
        else:
            yield from _held(part, f"{prefix}{key}.")


def shape_of(thing: Any) -> tuple[int, ...] | None:
    """The shape of regularly nested leaves; None of anything else."""
    if isinstance(thing, Value):
        return () if thing.op is None else None
    shapes = {shape_of(part) for part in thing} if isinstance(thing, (list, tuple)) else set()
    inner = shapes.pop() if len(shapes) == 1 else None
    return None if inner is None else (len(thing), *inner)


def _blocks(thing: Any, name: str) -> Iterator[tuple[str, Any]]:
    """The arrays of parameters in an attribute."""
    if isinstance(thing, Module):
        yield from thing._tensors(f"{name}.")
        return
    tensor = thing.tolist() if str(getattr(thing, "dtype", "")) == "object" else thing
    if shape_of(tensor) is not None:
        yield name, tensor
    else:
        for key, part in _parts(tensor):
            yield from _blocks(part, f"{name}.{key}")


def _numbers(tensor: Any) -> Any:
    return [_numbers(part) for part in tensor] if isinstance(tensor, (list, tuple)) else tensor.data
