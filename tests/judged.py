"""The page's scripts that judge answers, in a real browser, for graphs that Python has traced."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Any

from playwright.sync_api import Browser, Page

from autograd_lite import Value
from autograd_lite.views.notations import TEXT
from autograd_lite.views.steps.page.answers import answer_functions, mistake_rows
from autograd_lite.views.steps.page.javascript import ScriptOperand, data, library, number, value_and_partials
from autograd_lite.views.steps.passes import Backward, Passes

FILES = ["tokens.js", "answers.js", "mistakes.js", "questions.js", "order.js"]
NAMES = "readAnswer, sameFormula, agrees, diagnose, questionAt, pointsOf, judge, example, hint, reason, newScore, attempt, giveUp, scoreText, orderAt, judgeOrder"


@cache
def sources() -> str:
    """The files, and `shown` and `agrees` as the page has them."""
    folder = files("autograd_lite.views.steps.page") / "script"
    texts = {path.name: path.read_text(encoding="utf-8") for path in folder.iterdir() if path.name.endswith(".js")}
    everything = "\n".join(texts.values())
    shown = "".join(
        re.search(rf"^function {name}\(.*?^}}\n", everything, re.DOTALL | re.MULTILINE)[0]  # type: ignore[index]
        for name in ("rounded", "shown", "agrees")
    )
    return shown + "\n".join(texts[name] for name in FILES)


class Judge:
    """A page that has the scripts; a traced graph is given to them by name."""

    def __init__(self, page: Page) -> None:
        self.page = page
        texts = answer_functions()
        page.evaluate(
            f'globalThis.judging = (given) => {{ "use strict"; const {{ nodes, steps, values, locals, RULES, root }} = given;\n'
            f"{library([], [texts])}\n{texts}\n{mistake_rows()}\n{sources()}\nreturn {{ {NAMES} }}; }}; 0"
        )
        self.give(Value(1.0, label="x") * 2.0)

    def give(self, root: Value, traced: Passes | None = None) -> Passes:
        """Trace a graph, and give it to the scripts."""
        trace = Passes(root, None) if traced is None else traced
        self.page.evaluate(f"globalThis.given = {given(trace)}; globalThis.judged = judging(given); 0")
        return trace

    def tells(self, code: str) -> Any:
        """What an expression gives, in which all functions have their names; nan and infinities as floats."""
        found = self.page.evaluate(
            f"(() => {{ const {{ {NAMES} }} = judged, {{ nodes, steps, values, root }} = given;"
            f"return JSON.stringify({code}, (_, x) => typeof x === 'number' && !Number.isFinite(x) ? {{ odd: String(x) }} : x); }})()"
        )
        return None if found is None else plain(found)


def plain(text: str) -> Any:
    """JSON with the odd numbers."""
    return json.loads(text, object_hook=lambda x: float(x["odd"].replace("Infinity", "inf")) if "odd" in x else x)


def judges(browser: Browser) -> Iterator[Judge]:
    """A judge, and its page closed afterwards."""
    page = browser.new_page()
    yield Judge(page)
    page.close()


def given(trace: Passes) -> str:
    """A trace as the page's own script has it after its sweep; the numbers are Python's."""
    places = {node: place for place, node in enumerate(trace.nodes)}
    nodes, rules = [], []
    for node in trace.nodes:
        at = [None if type(x) is float else places[x] for x in node.operands]
        text = "" if node.op is None else TEXT.of(trace.computation(node))
        nodes.append({"key": f"v{places[node]}", "name": trace.names[node], "text": text, "operands": at})
        if node.op is None:
            rules.append("null")
            continue
        value, partials = value_and_partials(
            node.op, [x if type(x) is float else ScriptOperand(f"v[{places[x]}]") for x in node.operands]
        )
        kept = ["null" if p is None else f"(v, z) => {text}" for p, text in zip(node.partials, partials, strict=True)]
        rules.append(f"{{ value: (v) => {value}, partials: [{', '.join(kept)}] }}")
    steps: list[dict[str, Any]] = []
    for step in trace:
        said: dict[str, Any] = {"kind": type(step).__name__.lower(), "node": places[step.node]}
        if isinstance(step, Backward):
            before = step.total - step.contribution if step.use > 1 else None
            numbers = {
                "upstream": step.upstream,
                "local": step.local,
                "share": step.contribution,
                "total": step.total,
            }
            said |= {name: number(x) for name, x in numbers.items()} | {
                "operand": places[step.operand],
                "place": step.place,
                "use": step.use,
                "uses": step.uses,
                "before": before if before is None or math.isfinite(before) else None,
                "derivative": trace.local(step),
            }
        steps.append(said)
    values = [number(trace.values[node]) for node in trace.nodes]
    local = [[None if x is None else number(x) for x in node.partials] if node.op else [] for node in trace.nodes]
    ops = dict.fromkeys(node.op for node in trace.nodes if node.op is not None)
    lines = ",\n".join(rules)
    as_number = "(x) => x === null ? null : Number(x)"
    return f"""(() => {{
      {library(ops, rules)}
      const RULES = [{lines}];
      const steps = {data(steps)};
      for (const step of steps) for (const name of ["upstream", "local", "share", "total"]) if (name in step) step[name] = Number(step[name]);
      return {{ nodes: {data(nodes)}, steps, values: {data(values)}.map(Number), RULES, root: {places[trace.root]},
        locals: {data(local)}.map((row) => row.map({as_number})) }};
    }})()"""
