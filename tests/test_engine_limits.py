"""What runs out and what ends: memory, processes, threads, interpreters; the engine is right before and after.

Each is done in a process of its own, since a failure would end the tests.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import pytest

import autograd_lite
from autograd_lite import engine_name

IN_C = engine_name() == "c"
in_c = pytest.mark.skipif(not IN_C, reason="of the engine in C")
on_linux = pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="reads what is in use as Linux tells it")

CHECK = """
from autograd_lite import Value, engine_name, sin, trim_memory, where

def check():
    t = Value(0.5)
    y = t
    for _ in range(100):
        y = where(1.0, y * 2.0, t) - y
    y.backward()
    assert (y.data, t.grad) == (0.5, 1.0), (y.data, t.grad)

check()
"""


def program(text: str, before: str = CHECK, engine: str = engine_name()) -> str:
    """What a program says, which is checked before and after, and must end well."""
    code = before + dedent(text) + CHECK
    path = os.pathsep.join([str(Path(autograd_lite.__file__).parents[1]), *sys.path])
    done = subprocess.run(
        [sys.executable, "-P", "-X", "faulthandler", "-c", code],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": path, "AUTOGRAD_LITE_ENGINE": engine},
    )
    assert done.returncode == 0, done.stderr
    assert not done.stderr
    return done.stdout


@on_linux
def test_out_of_memory() -> None:
    """Where memory ends, MemoryError is raised, and the engine goes on with what is freed; several times."""
    program("""
        import resource
        from pathlib import Path

        def used():
            return int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()

        for _ in range(3):
            trim_memory()
            resource.setrlimit(resource.RLIMIT_AS, (used() + 30_000_000, resource.RLIM_INFINITY))
            t = Value(0.5)
            y, held = t, []
            try:
                while True:
                    y = sin(y) * 1.0 if len(held) % 1000 else t
                    held.append(where(y, t, y))
            except MemoryError:
                reached = len(held)
            assert reached > 1000, reached
            del held
            y.backward()
            del y
            check()
    """)


@in_c
def test_no_memory_at_any_point() -> None:
    """An allocation in C that fails, whichever it is, raises MemoryError or nothing, and leaves the engine as it was.

    Of Python's own functions CPython does not promise as much.
    """
    pytest.importorskip("_testcapi")
    program("""
        import operator, numbers  # the second so that nothing is imported while memory fails
        import _testcapi
        from autograd_lite import clip, hypot
        from autograd_lite.engine import _node

        t, u = Value(0.5), Value(-2.0)
        deep = where(sin(t) * u, t, u) * 2.0
        works = [
            (operator.mul, t, u), (operator.sub, 2.0, t), (operator.pow, t, 2), (operator.neg, t),
            (sin, t), (sin, 2.0), (hypot, t, u), (where, t, u, 1.0), (clip, t, u, 1.0), (t.exp,), (deep.backward,),
            (deep.backward, 2), (deep.zero_grad,), (getattr, deep, "operands"), (getattr, deep, "partials"),
            (getattr, deep, "grad"), (_node.order, (deep,), (t,)), (t._start, 0.5, t._context), (_node.trim,),
        ]
        failed = 0
        for work, *operands in works:
            for start in range(8):
                _testcapi.set_nomemory(start, start + 1)
                try:
                    work(*operands)
                except MemoryError:
                    failed += 1
                finally:
                    _testcapi.remove_mem_hooks()
                check()
        assert failed > 2, failed
    """)


def test_the_end_of_the_process() -> None:
    """Graphs that live to the end, in modules, threads, contexts and what is called then, are no trouble to it."""
    program("""
        import atexit, contextvars, threading, time
        held = Value(0.5)
        for _ in range(100_000):
            held = held * 1.0
        variable = contextvars.ContextVar("held", default=held * 2.0)
        local = threading.local()
        local.held = held * 3.0
        atexit.register(check)

        class Last:
            def __del__(self, check=check):
                check()

        last = Last()

        def work():
            t = Value(0.5)
            while True:
                y = sin(t) * t
                y.backward()

        threading.Thread(target=work, daemon=True).start()
        time.sleep(0.05)
    """)


@pytest.mark.unix
def test_a_fork() -> None:
    """A process that is forked in the midst of it goes on with the graphs that were there, and builds its own."""
    program("""
        import os
        t = Value(0.5)
        y = sin(t) * t
        child = os.fork()
        if child == 0:
            y.backward()
            del y
            check()
            os._exit(0)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        y.backward()
    """)


@pytest.mark.parametrize("engine", ["", engine_name()], ids=["any engine", "this engine"])
@pytest.mark.parametrize("before", [CHECK, ""], ids=["after the main one", "before it"])
def test_another_interpreter(engine: str, before: str) -> None:
    """In a second interpreter of a process the engine in C cannot run: the pure one does, or a sentence says why not."""
    inside = (
        f"import sys; sys.path[:0] = {sys.path!r}"
        + """
try:
    from autograd_lite import Value, engine_name
except ImportError as error:
    assert "engine in C" in str(error), error
    said = "refused"
else:
    x = Value(3.0)
    y = x * x
    y.backward()
    assert x.grad == 6.0
    said = engine_name()
print(said)
"""
    )
    found = program(
        f"""
        try:
            import _xxsubinterpreters as interpreters
        except ImportError:
            import _interpreters as interpreters
        for _ in range(2):
            other = interpreters.create()
            failure = interpreters.run_string(other, {inside!r})
            assert failure is None, failure
            interpreters.destroy(other)
        """,
        before,
        engine,
    )
    assert found.split() == (["refused"] * 2 if engine == "c" else ["python"] * 2)


def test_a_second_import() -> None:
    """A package that is imported anew, as by a notebook's reloading, computes; nodes of the old one stay right."""
    found = program(
        """
        import sys
        old = Value(0.5)
        y = sin(old) * old
        for name in [name for name in sys.modules if name.startswith("autograd_lite")]:
            del sys.modules[name]
        from autograd_lite import Value as Again, engine_name, sin as sin_again
        new = Again(0.5)
        z = sin_again(new) * new
        z.backward()
        y.backward()
        assert old.grad == new.grad
        print(engine_name())
        """,
        engine="",
    )
    assert found.strip() in ("c", "python")


@on_linux
@pytest.mark.long
@pytest.mark.parametrize("form", ["y = y * 0.5 + 1.0", "held.append(t * 2.0)", "y = where(1.0, y, t)"])
def test_memory_is_given_back(form: str) -> None:
    """Ten million nodes in C, a million else, are built, differentiated and freed; then resident memory is as before.

    To 5 % of that in C; where Python's own objects are part of a graph, it may keep 5 % of what they have taken.
    """
    nodes = 10_000_000 if IN_C else 1_000_000
    program(f"""
        import resource
        from pathlib import Path

        def resident():
            return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()

        def work(count):
            y, held, t = Value(0.5), [], Value(0.5)
            for _ in range(count):
                {form}
            y = held[-1] if held else y
            y.backward()
            assert y.grad == 1.0
            return resident() - before

        before = 0
        work(1000)
        trim_memory()
        before = resident()
        for _ in range(2):
            grown = work({nodes // (2 if "+" in form else 1)})
            assert grown > 60 * {nodes}
            trim_memory()
            left = resident() - before
            assert left < 0.05 * ({"before" if IN_C and "where" not in form else "grown"}), (before, grown, left)
    """)
