"""Run random programs on the engine, and print what each of them has come to, to the last bit.

`engine_programs.py SEED COUNT` prints one line for each program, with a digest of its record; after `--first N`, from that
number on. `engine_programs.py -` reads lists of statements from its input, as JSON, and prints the records themselves. The
engine is the one that `AUTOGRAD_LITE_ENGINE` says; two engines that print the same have done the same.
"""

from __future__ import annotations

import argparse
import contextvars
import gc
import hashlib
import json
import re
import sys
import threading
import warnings
from collections.abc import Callable, Iterable
from fractions import Fraction
from typing import Any

import numpy
from engine_meanings import MEANINGS
from engine_statements import program

from autograd_lite import Value
from autograd_lite.engine.chosen import engine_name


def at_once(count: int, work: Callable[[int], Any]) -> list[Any]:
    """What each of several threads comes to, in their order."""
    found: list[Any] = [None] * count

    def run(i: int) -> None:
        try:
            found[i] = work(i)
        except BaseException as error:
            found[i] = failure(error)

    threads = [threading.Thread(target=run, args=(i,)) for i in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


# What differs by nature: addresses, and Python's own words about what is written in C.
WORDINGS = [
    (r"\bat 0x[0-9a-fA-F]+", "at …"),
    (r"property '(\w+)' of 'Value' object has no (setter|deleter)", r"attribute '\1' is not writable"),
    (r"attribute '(\w+)' of '[\w.]+' objects is not writable", r"attribute '\1' is not writable"),
    (r"(\w+\.)?backward\(\) takes .*", "backward() takes a seed"),
    (r"__pow__\(\) takes 2 positional arguments but 3 were given", "pow() takes no third argument"),
    (r"pow\(\) of a Value takes no third argument: it is for integers", "pow() takes no third argument"),
]


def settled(text: str) -> str:
    """A text without what differs by nature."""
    for pattern, same in WORDINGS:
        text = re.sub(pattern, same, text)
    return text


def shown(x: Any) -> str:
    """Anything, to the last bit."""
    if type(x) is float:
        return x.hex()
    if type(x) is Value:
        operands = [z.data.hex() if type(z) is Value else f"constant {shown(z)}" for z in x.operands]
        return f"[{known(x)} of {', '.join(operands)}]"
    if isinstance(x, numpy.ndarray):
        return f"{type(x).__name__} {x.dtype} {shown(x.tolist())}"
    if isinstance(x, set):
        return f"set {sorted(map(shown, x))}"
    if isinstance(x, dict):
        return f"dict {[(shown(key), shown(value)) for key, value in x.items()]}"
    if isinstance(x, (list, tuple)):
        return f"{type(x).__name__}({', '.join(map(shown, x))})"
    return settled(f"{type(x).__name__} {x!r}")


def known(node: Any) -> str:
    """What a node knows of itself, its operands left out."""
    parts = [node.op.name if node.op else "leaf", shown(node.data), shown(node.grad) if node.has_grad else "no grad"]
    parts += [shown(partial) for partial in node.partials]
    parts += [f"label {node.label!r}"] * (node.label is not None) + [f"scope {node.scope}"] * bool(node.scope)
    parts += [f"line {node.line}"] * (node.line is not None) + ["changed"] * node.changed + ["decided"] * node.decided
    return " ".join(parts)


def failure(error: BaseException) -> str:
    """An exception with its notes, and those behind it."""
    parts = []
    seen: BaseException | None = error
    while seen is not None:
        parts.append(" | ".join([settled(f"{type(seen).__name__}: {seen}"), *getattr(seen, "__notes__", ())]))
        seen = seen.__cause__ or seen.__context__
    return " <- ".join(parts)


def graph_of(names: dict[str, Any]) -> list[str]:
    """Every node that the names lead to, with its operands by number, and what the names are."""
    numbers: dict[Any, int] = {}
    lines = []
    stack = [x for x in reversed(names.values()) if type(x) is Value]
    while stack:
        node = stack.pop()
        if node not in numbers:
            numbers[node] = len(numbers)
            stack += [x for x in reversed(node.operands) if type(x) is Value]
    for node, number in numbers.items():
        operands = [f"#{numbers[x]}" if type(x) is Value else shown(x) for x in node.operands]
        lines.append(f"#{number}({', '.join(operands)}) {known(node)}")
    return lines + [f"{name} = {f'#{numbers[x]}' if type(x) is Value else shown(x)}" for name, x in names.items()]


TARGET = re.compile(r"\b(v\d+)(?= [-+*/%]*= |, v\d+ = )")


def run(statements: Iterable[str]) -> list[list[str]]:
    """What each statement has said, or how it has failed, and at the end the graph of all names."""
    record: list[list[str]] = []
    names = {**MEANINGS, "at_once": at_once}
    names["say"] = lambda *xs: record[-1].append(shown(xs))
    for place, statement in enumerate(statements):
        record.append([])
        try:
            exec(compile("\n" * place + statement, "program.py", "exec"), names)
        except (KeyboardInterrupt, SystemExit):
            raise
        except BaseException as error:
            record[-1].append(failure(error))
        for name in TARGET.findall(statement):
            names.setdefault(name, names.get("v0"))  # so that the rest of the program has something to work on
            if isinstance(names[name], (int, Fraction)):  # of max(x, 10**400): its powers would take for ever
                names[name] = names.get("v0")
    record.append(graph_of({name: x for name, x in names.items() if re.fullmatch(r"v\d+", name)}))
    return record


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description="Random programs on the engine.")
    parser.add_argument("seed", nargs="?", default="0", help="from which they are drawn; - reads programs")
    parser.add_argument("count", nargs="?", type=int, default=20)
    parser.add_argument("--first", type=int, default=0, help="the number of the first")
    arguments = parser.parse_args()
    warnings.simplefilter("ignore")  # NumPy's, of overflows
    gc.freeze()  # what is there by now is not looked through by every collection
    print(engine_name(), flush=True)
    if arguments.seed == "-":
        for statements in json.load(sys.stdin):
            print(json.dumps(contextvars.copy_context().run(run, statements)), flush=True)
        return
    for number in range(arguments.first, arguments.first + arguments.count):
        record = contextvars.copy_context().run(run, program(int(arguments.seed), number))
        print(number, hashlib.sha256(json.dumps(record).encode()).hexdigest()[:16], flush=True)


if __name__ == "__main__":
    main()
