"""What surrounds an operation when it is recorded: the scope, and whether a derivative is being taken."""

from __future__ import annotations

import linecache
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, NamedTuple

from autograd_lite.engine.text import shortened


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


class Line(NamedTuple):
    """A line of the user's code.

    >>> str(Line("model.py", 12))
    'model.py:12'
    """

    file: str
    number: int

    @property
    def text(self) -> str:
        """What the line says; empty where the file cannot be read."""
        return linecache.getline(self.file, self.number).strip()

    def __str__(self) -> str:
        return f"{self.file}:{self.number}"


class Context:
    """What is known of a node beside its numbers; immutable, and shared by all nodes made in one place."""

    __slots__ = ("call", "changed", "decided", "label", "line", "scope")

    def __init__(
        self,
        scope: tuple[str, ...] = (),
        label: str | None = None,
        call: Call | None = None,
        decided: bool = False,
        changed: bool = False,
        line: Line | bool | None = None,
    ) -> None:
        self.scope = scope
        self.call = call  # of a transformed function, during which the node was made
        self.label = label
        self.decided = decided  # its number has decided a branch of the program
        self.changed = changed  # a leaf that was given another number
        self.line = line  # of the user's code that made the node; True in surroundings where lines are recorded

    def replace(self, **changes: Any) -> Context:
        """The same with some fields changed."""
        return Context(**{name: getattr(self, name) for name in self.__slots__} | changes)

    def inside(self, name: str) -> Context:
        """What surrounds an operation one scope further in."""
        return self.replace(scope=(*self.scope, name))


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
        self._context = self._context.replace(label=label)

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


@contextmanager
def scope(name: str) -> Iterator[None]:
    """Record that the nodes made inside belong together, as a layer or a neuron; scopes nest.

    >>> from autograd_lite import Value, scope
    >>> with scope("layer1"), scope("neuron0"):
    ...     y = Value(2.0) * 3.0
    >>> y.scope
    ('layer1', 'neuron0')
    """
    if not isinstance(name, str) or not name.strip():
        raise TypeError(f"a scope's name must be a text that is not empty, got {shortened(name)}")
    token = current.set(current.get().inside(name))
    try:
        yield
    finally:
        current.reset(token)


@contextmanager
def calling() -> Iterator[Call]:
    """Inside, every node made belongs to a new call of a transformed function."""
    here = current.get()
    call = Call(here.call)
    token = current.set(here.replace(call=call))
    try:
        yield call
    finally:
        current.reset(token)


@contextmanager
def deriving() -> Iterator[None]:
    """Inside, an operation that floats refuse has its IEEE value: derivatives may be inf or nan."""
    token = deriving_now.set(True)
    try:
        yield
    finally:
        deriving_now.reset(token)
