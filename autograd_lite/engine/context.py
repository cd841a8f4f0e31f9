"""What surrounds an operation when it is recorded: the scope, and whether a derivative is being taken."""

from __future__ import annotations

import sys
from _thread import RLock  # that of `threading`, which would load much else
from abc import ABC, abstractmethod
from contextvars import ContextVar, copy_context
from types import MethodType

from autograd_lite.engine.text import shortened

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any, ParamSpec, TypeVar

    Result = TypeVar("Result")
    Arguments = ParamSpec("Arguments")

# Held while nodes are written to that other threads may be writing to. The same thread may come back to it: from a
# handler of a signal, or a destructor.
_writing: Any = RLock()


def alone(f: Callable[Arguments, Result]) -> Callable[Arguments, Result]:
    """Decorator: while a thread runs the function, no other runs it or another of this kind."""

    def run(*args: Arguments.args, **options: Arguments.kwargs) -> Result:
        try:
            with _writing:
                return f(*args, **options)
        except BaseException:
            if _writing._is_owned() and not _inside(run):  # interrupted on the way from the body to the lock's release
                _writing.release()
            raise

    _named_after(f, run)
    return run


def _named_after(f: Any, wrapper: Any) -> None:
    """Give a wrapper the name, the documentation and the signature of a function: `functools.wraps`, lightly."""
    wrapper.__module__, wrapper.__name__, wrapper.__qualname__ = f.__module__, f.__name__, f.__qualname__
    wrapper.__doc__, wrapper.__wrapped__ = f.__doc__, f


def _inside(run: Any) -> bool:
    """Whether the caller's caller is called, further out, from a function of the same code."""
    frame = sys._getframe(2)
    while frame is not None and frame.f_code is not run.__code__:
        frame = frame.f_back  # type: ignore[assignment]  # typeshed's None is the outermost frame's
    return frame is not None


class Call:
    """A call of a function that is being transformed; it may run inside of another."""

    __slots__ = ("around",)

    def __init__(self, around: Call | None) -> None:
        self.around = around

    def contains(self, call: Call | None) -> bool:
        """Whether something made during another call was made during this one."""
        while call is not None and call is not self:
            call = call.around
        return call is self


class Line(tuple[str, int]):
    """A line of the user's code: the file and the number.

    >>> str(Line("model.py", 12)), tuple(Line("model.py", 12))
    ('model.py:12', ('model.py', 12))
    """

    __slots__ = ()

    def __new__(cls, file: str, number: int) -> Line:
        """Of both, in this order."""
        return super().__new__(cls, (file, number))

    @property
    def file(self) -> str:
        """The name of the file."""
        return self[0]

    @property
    def number(self) -> int:
        """Which line of it, counted from 1."""
        return self[1]

    @property
    def text(self) -> str:
        """What the line says; empty where the file cannot be read."""
        from linecache import getline  # here, because importing is cheap

        return getline(self.file, self.number).strip()

    def __str__(self) -> str:
        return f"{self.file}:{self.number}"

    def __getnewargs__(self) -> tuple[str, int]:  # for copies, also by pickle
        return self.file, self.number


class Recording:
    """One use of `record_lines()`."""

    __slots__ = ("__weakref__",)


class Context:
    """What is known of a node beside its numbers; immutable, and shared by all nodes made in one place."""

    __slots__ = ("call", "changed", "decided", "label", "line", "outer", "scope", "variable")

    def __init__(
        self,
        scope: tuple[str, ...] = (),
        label: str | None = None,
        call: Call | None = None,
        decided: bool = False,
        changed: bool = False,
        line: Line | Recording | None = None,
        outer: Context | None = None,
        variable: bool = False,
    ) -> None:
        self.scope = scope
        self.call = call  # of a transformed function, during which the node was made
        self.label = label
        self.decided = decided  # its number has decided a branch of the program
        self.changed = changed  # a leaf that was given another number
        self.line = line  # of the user's code that made the node; in surroundings, whether lines are recorded
        self.outer = outer  # what holds again at the end of the scope
        self.variable = variable  # an input of a function that is being transformed

    def replace(self, **changes: Any) -> Context:
        """The same with some fields changed."""
        return Context(**{name: getattr(self, name) for name in self.__slots__} | changes)

    def inside(self, name: str) -> Context:
        """What surrounds an operation one scope further in."""
        return self.replace(scope=(*self.scope, name), outer=self)


class InContext:
    """What a node says of its context."""

    __slots__ = ()

    _context: Context

    @property
    def label(self) -> str | None:
        """A name for messages and pictures, or None."""
        return self._context.label

    @label.setter
    def label(self: Any, label: str | None) -> None:
        if label is not None and not isinstance(label, str):
            raise TypeError(f"a label is a text or None, got {shortened(label)}")
        self._mark(label=label)

    @alone
    def _mark(self: Any, **changes: Any) -> None:
        """Change the context; two threads that change different fields of it both do."""
        self._context = self._context.replace(**changes)

    @property
    def scope(self) -> tuple[str, ...]:
        """The names of the scopes in which the node was made, the outermost first."""
        return self._context.scope

    @property
    def line(self) -> Line | None:
        """The line of the user's code that made the node; None unless that was inside of `record_lines()`."""
        found = self._context.line
        return found if isinstance(found, Line) else None

    @property
    def changed(self) -> bool:
        """Whether this is a leaf that was given another number after it was made."""
        return self._context.changed

    @property
    def decided(self) -> bool:
        """Whether the number was compared, so that the program may have taken another way for another number."""
        return self._context.decided


current: ContextVar[Context] = ContextVar("scope", default=Context())  # noqa: B039 - immutable
deriving_now: ContextVar[bool] = ContextVar("deriving_now", default=False)


class _Entered:
    """`__enter__` of `Surroundings`: what `with` finds under the name is the call that enters, in C.

    Between the call's effect and the body no line of Python is left, at which an interrupt would find the effect
    without the `with` that undoes it.
    """

    def __get__(self, inside: Surroundings | None, kind: type[Surroundings]) -> Callable[..., Any]:
        if inside is None:  # ExitStack asks the class
            return lambda inside: inside.__enter__()
        return MethodType(current.set, inside.changed(current.get()))


class Surroundings(ABC):
    """A context manager, and a decorator, inside of which `current` is another; they nest, and can be used again."""

    if TYPE_CHECKING:

        def __enter__(self) -> None: ...

    else:
        __enter__ = _Entered()

    def __exit__(self, *error: object) -> None:
        here = current.get()
        current.set(here.outer or here)

    def __call__(self, f: Callable[Arguments, Result]) -> Callable[Arguments, Result]:
        """The function, run inside."""
        __tracebackhide__ = True

        def run(*args: Arguments.args, **options: Arguments.kwargs) -> Result:
            __tracebackhide__ = True
            with self:
                return f(*args, **options)

        _named_after(f, run)
        return run

    @abstractmethod
    def changed(self, here: Context) -> Context:
        """What surrounds an operation inside; its `outer` is what surrounds it here."""


class scope(Surroundings):  # noqa: N801 - it is used as a function
    """Record that the nodes made inside belong together, as a layer or a neuron; scopes nest.

    >>> from autograd_lite import Value, scope
    >>> with scope("layer1"), scope("neuron0"):
    ...     y = Value(2.0) * 3.0
    >>> y.scope
    ('layer1', 'neuron0')
    """

    def __init__(self, name: str) -> None:
        if not isinstance(name, str) or not name.strip():
            raise TypeError(f"a scope's name must be a text that is not empty, got {shortened(name)}")
        self.name = name

    def changed(self, here: Context) -> Context:
        """The same, one scope further in."""
        return here.inside(self.name)


# What the package itself changes holds during a call. `Context.run` ends it in C, wherever an interrupt arrives.


def inside(
    f: Callable[..., Result], args: tuple[Any, ...], options: dict[str, Any], *, variable: ContextVar[Any], changed: Any
) -> Result:
    """The result of a function, during which a context variable has another value."""
    __tracebackhide__ = True  # to IPython and pytest, which then show the user's line beside the error

    def run() -> Result:
        __tracebackhide__ = True
        variable.set(changed)
        return f(*args, **options)

    return copy_context().run(run)


def calling(f: Callable[[Call], Result]) -> Result:
    """The result of a function, which is told the call of a transformed function that all nodes made then belong to."""
    here = current.get()
    call = Call(here.call)
    return inside(f, (call,), {}, variable=current, changed=here.replace(call=call))


def mark_variables(inputs: Iterable[Any]) -> None:
    """Mark the inputs of a function that is being transformed: a copy of one would be cut off from it."""
    marked: dict[Context, Context] = {}  # most share one
    for x in inputs:
        context = x._context
        if context not in marked:
            marked[context] = context.replace(variable=True)
        x._context = marked[context]


def deriving(f: Callable[..., Result], *args: Any) -> Result:
    """The result of a function, where an operation that floats refuse has its IEEE value: inf or nan."""
    return inside(f, args, {}, variable=deriving_now, changed=True)


def decide(x: Any) -> None:
    """Mark a node as having decided a branch: a replay on other numbers may have to take the other way."""
    if isinstance(x, InContext) and not x._context.decided:
        x._mark(decided=True)
