"""`Module`: something that computes with parameters, which it finds in its attributes, as PyTorch's does."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextvars import copy_context
from copy import deepcopy
from reprlib import recursive_repr
from typing import TYPE_CHECKING, Any

from autograd_lite.engine.context import Context, current, inside
from autograd_lite.engine.notebook import table
from autograd_lite.engine.reals import as_lists
from autograd_lite.engine.text import counted, shortened
from autograd_lite.engine.value import Value, plain
from autograd_lite.nn.samples import numbers_of

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Place:
    """The context that a module was last called in, and the one it enters from there, which all its nodes share.

    The lists of its parts, beside copies of them, tell when a part was added and has no name yet.
    """

    __slots__ = ("around", "copies", "inside", "lists")

    def __init__(self, around: Context, inside: Context, lists: list[list[Any]]) -> None:
        self.around, self.inside, self.lists = around, inside, lists
        self.copies = [x.copy() for x in lists]


class Module:
    """Base of everything that computes with parameters: a neuron, a layer, your own network.

    Set the parameters (`Value`s) and the parts (other modules) as attributes, alone or in lists, tuples,
    dicts and arrays, and define `forward`. Calling the module runs it in a scope, so that every node knows
    where it was made. A part may refer to the module that holds it, which then counts once, where it stands first.

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

    # The name of the scope, given by the module that holds this one.
    _name: str | None = None
    _place: Place | None = None

    def forward(self, *inputs: Any, **options: Any) -> Any:
        """What the module computes; defined by a subclass."""
        raise TypeError(f"{self.describe()} cannot take {shortened(inputs or options)}: define forward(self, x)")

    def __call__(self, *inputs: Any, **options: Any) -> Any:
        """The result of `forward`, recorded inside the module's scope."""
        __tracebackhide__ = True  # to IPython and pytest: what is between a module and its part says nothing
        return inside(self.forward, inputs, options, variable=current, changed=self._inside(current.get()))

    def _inside(self, here: Context) -> Context:
        """The context that all nodes of the module share, where it is called from the given one."""
        place = self._place
        if place is None or place.around is not here or place.lists != place.copies:
            place = self._enter(here)
        return place.inside

    def _enter(self, here: Context) -> Place:
        """Name the parts after the attributes that hold them: `hidden`; `layer0` and `layer1` in a list `layers`."""
        for path, part in self.children():
            entered = part._place
            if entered is not None and here.scope[: len(entered.inside.scope)] == entered.inside.scope:
                continue  # it holds this module, which refers to it
            name, *place = path.split(".")
            if place:
                name = name.removesuffix("s") + ("" if place[0][:1].isdigit() else "_") + "_".join(place)
            part._name = name
        lists = [x for x in vars(self).values() if isinstance(x, list) and any(isinstance(part, Module) for part in x)]
        self._place = entered = Place(here, here.inside(self._name or type(self).__name__.lower()), lists)
        return entered  # another thread may have set another by now

    def children(self) -> list[tuple[str, Module]]:
        """The modules that are parts of this one, each with its name.

        >>> from autograd_lite.nn import MLP
        >>> [name for name, part in MLP(2, [3, 1]).children()]
        ['layers.0', 'layers.1']
        """
        return [(name, part) for name, part in _held(vars(self), "") if isinstance(part, Module) and part is not self]

    def named_parameters(self) -> list[tuple[str, Value]]:
        """Every parameter once, named after the place where it is held, as in `model.layers[0].neurons[1].w[0]`.

        >>> from autograd_lite.nn import MLP
        >>> [name for name, p in MLP(2, [1]).named_parameters()]
        ['layers.0.neurons.0.w.0', 'layers.0.neurons.0.w.1', 'layers.0.neurons.0.b']
        """
        return [(name, value) for name, value in self._values() if value.op is None]

    def _values(self) -> list[tuple[str, Value]]:
        """The parameters, and any other `Value`s that are held."""
        found: dict[Value, str] = {}
        seen: set[int] = set()  # by id, because a dataclass has no hash

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
        """Set the gradient of every parameter to 0.

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
        """The numbers of all parameters as float64 arrays, with PyTorch's names and shapes.

        Where there is no NumPy, as in a browser, they are nested lists of these shapes, and numbers for the shape ().

        >>> from autograd_lite.nn import MLP
        >>> {name: array.shape for name, array in MLP(2, [3, 1]).state_dict().items()}
        {'layers.0.weight': (3, 2), 'layers.0.bias': (3,), 'layers.1.weight': (1, 3), 'layers.1.bias': (1,)}
        """
        state = {name: numbers_of(tensor) for name, tensor in self._tensors("")}
        try:
            import numpy
        except ModuleNotFoundError:
            return state
        return {name: numpy.array(numbers, dtype=float) for name, numbers in state.items()}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Set the parameters from arrays, lists or PyTorch tensors, under the names that `state_dict` gives them.

        Raises ValueError, and changes nothing, where a name is missing or unknown or a shape differs.

        >>> from autograd_lite.nn import Layer
        >>> layer = Layer(2, 1, "linear")
        >>> layer.load_state_dict({"weight": [[0.5, -0.25]], "bias": [0.1]})
        >>> layer([2.0, 1.0])[0].data
        0.8500000000000001
        """
        if not isinstance(state, Mapping):
            raise TypeError(f"a state is a dict from names to arrays, got {shortened(state)}")
        tensors = dict(self._tensors(""))
        differences = [
            f"{verb} {', '.join(sorted(map(_printable, names)))}"
            for verb, names in (("lacks", tensors.keys() - state.keys()), ("has", state.keys() - tensors.keys()))
            if names
        ]
        if differences:
            raise ValueError(f"the state does not fit {self.describe()}: it {' and '.join(differences)}")
        new: list[tuple[Value, float]] = []
        for name, tensor in tensors.items():
            given = state[name]
            try:
                shape, leaves = _shape_and_leaves(given.detach() if hasattr(given, "detach") else given)
                numbers = [*map(plain, leaves)]
            except (TypeError, ValueError, RecursionError) as error:
                reason = " ".join(str(error).split())
                raise ValueError(f"{name} is not made of real numbers: {shortened(given)} ({reason})") from None
            needed, parameters = _shape_and_leaves(tensor)
            if shape != needed:
                raise ValueError(f"{name} has the shape {shape}, {self.describe()} needs {needed}")
            new += zip(parameters, numbers, strict=True)
        for parameter, data in new:
            parameter.data = data

    def _tensors(self, prefix: str, around: tuple[Any, ...] = ()) -> Iterator[tuple[str, Any]]:
        """The arrays of parameters in this module, each a `Value` or nested lists of them, with their names.

        `around` are the modules and containers that hold this one: what refers back to them is left out.
        """
        for name, thing in vars(self).items():
            yield from _blocks(thing, f"{prefix}{name}", (*around, self))

    def frozen(self) -> Any:
        """A copy whose parameters are plain numbers: it computes the same floats, several times as fast.

        It is typed Any because it returns floats where the type of the model says `Value`.

        >>> from autograd_lite.nn import MLP
        >>> model = MLP(2, [8, 1])
        >>> type(model([1.0, 2.0])), type(model.frozen()([1.0, 2.0]))
        (<class 'autograd_lite.engine.value.Value'>, <class 'float'>)
        """
        # What is in the copier's memo counts as copied already.
        return deepcopy(self, {id(value): value.data for _, value in self._values()})

    def describe(self) -> str:
        """The module in one line, as messages name it.

        >>> from autograd_lite.nn import MLP
        >>> MLP(2, [16, 16, 1]).describe()
        'MLP(2 → 16 → 16 → 1, relu)'
        """
        return type(self).__name__

    def config(self) -> dict[str, Any]:
        """The arguments that make a module like this one, with other weights; `save` writes them into the file.

        >>> from autograd_lite.nn import Neuron
        >>> Neuron(2, "tanh").config()
        {'nin': 2, 'activation': 'tanh', 'bias': True}
        """
        return {}

    @recursive_repr("the module that holds this one")
    def __repr__(self) -> str:
        lines = [f"{self.describe()}, {counted(len(self.parameters()), 'parameter')}"]
        for name, part in self.children():
            lines += [f"  {line}" for line in f"{name}: {part!r}".split("\n")]
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        rows = [[name, part.describe(), f"{len(part.parameters()):,}"] for name, part in self.children()]
        title = f"{self.describe()}, {counted(len(self.parameters()), 'parameter')}"
        return table(title, ["part", "module", " parameters"], rows)


def side_by_side(modules: Iterable[Module], x: Any) -> list[Any]:
    """What each module returns for the same inputs: as a call of each, but one copy of the context serves them all."""

    def run() -> list[Any]:
        here = current.get()
        results = []
        for module in modules:
            if type(module).__call__ is Module.__call__:
                current.set(module._inside(here))
                results.append(module.forward(x))
            else:
                current.set(here)
                results.append(module(x))
        return results

    return copy_context().run(run)


def evaluate(model: Module, X: Iterable[Any]) -> list[Any]:  # noqa: N803 - X is a matrix
    """The outputs of a model for the samples, as plain numbers.

    >>> from autograd_lite.nn import MLP, evaluate
    >>> evaluate(MLP(2, [1], init="zeros"), [[1.0, 2.0], [3.0, 4.0]])
    [0.0, 0.0]
    """
    samples = list(as_lists(X))
    try:
        frozen = model.frozen()
        return [numbers_of(frozen(x)) for x in samples]
    except (AttributeError, TypeError, ArithmeticError, ValueError):
        # A module that calls y.tanh() needs Values, one that holds a lock cannot be copied, and the error of a
        # recorded operation says where it happened.
        return [numbers_of(model(x)) for x in samples]


def _printable(name: object) -> str:
    return str(name) if str(name).isprintable() else repr(name)


def _parts(thing: Any) -> Iterator[tuple[Any, Any]]:
    """What a container holds, each with its key or index; nothing for anything else."""
    if isinstance(thing, dict):
        yield from thing.items()
    elif isinstance(thing, (list, tuple)):
        yield from enumerate(thing)
    elif str(getattr(thing, "dtype", "")) == "object" and thing.ndim:
        yield from enumerate(thing.tolist())


def _held(thing: Any, prefix: str, around: tuple[Any, ...] = ()) -> Iterator[tuple[str, Any]]:
    """The `Value`s and modules in a container and the containers in it, each with its name."""
    for key, part in _parts(thing):
        if isinstance(part, (Value, Module)):
            yield f"{prefix}{key}", part
        elif not _is_among(part, around):
            yield from _held(part, f"{prefix}{key}.", (*around, part))


def _is_among(thing: Any, things: tuple[Any, ...]) -> bool:
    return any(thing is other for other in things)  # identity: a dataclass compares what it holds


def parameter_shape(thing: Any, around: tuple[Any, ...] = ()) -> tuple[int, ...] | None:
    """The shape of regularly nested parameters; None for anything else."""
    if isinstance(thing, Value):
        return () if thing.op is None else None
    if not isinstance(thing, (list, tuple)) or _is_among(thing, around):
        return None
    shapes = {parameter_shape(part, (*around, thing)) for part in thing}
    inner = shapes.pop() if len(shapes) == 1 else None
    return None if inner is None else (len(thing), *inner)


def _shape_and_leaves(tree: Any) -> tuple[tuple[int, ...], list[Any]]:
    """The shape of an array, of nested sequences or of one thing, and what they hold; ValueError for ragged ones."""
    if type(tree) is float or type(tree) is Value:
        return (), [tree]
    tree = as_lists(tree)
    if hasattr(tree, "__array__"):  # TensorFlow's have no tolist
        tree = tree.__array__().tolist()
    if not isinstance(tree, Sequence) or isinstance(tree, (str, bytes)):
        return (), [tree]
    parts = [_shape_and_leaves(part) for part in tree]
    shapes = {shape for shape, _ in parts}
    if len(shapes) > 1:
        raise ValueError("its rows differ in length")
    return (len(parts), *(shapes.pop() if shapes else ())), [leaf for _, leaves in parts for leaf in leaves]


def _blocks(thing: Any, name: str, around: tuple[Any, ...]) -> Iterator[tuple[str, Any]]:
    """The arrays of parameters in an attribute."""
    if _is_among(thing, around):
        return
    if isinstance(thing, Module):
        yield from thing._tensors(f"{name}.", around)
        return
    tensor = thing.tolist() if str(getattr(thing, "dtype", "")) == "object" else thing
    if parameter_shape(tensor) is not None:
        yield name, tensor
    else:
        for key, part in _parts(tensor):
            yield from _blocks(part, f"{name}.{key}", (*around, thing))
