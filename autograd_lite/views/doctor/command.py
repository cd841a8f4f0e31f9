"""The option `--doctor` of `autograd-lite check`: what is wrong with the graph of an expression, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from autograd_lite.views.console import console, safe

if TYPE_CHECKING:
    from autograd_lite.engine.value import Value


def print_findings(y: Value) -> bool:
    """Print what `diagnose` finds in a graph, a line for each finding; return whether there is none.

    >>> from autograd_lite import Value, relu
    >>> print_findings(relu(Value(2.0, label="x")))
    The doctor finds nothing wrong.
    True
    """
    from autograd_lite.views.doctor.diagnosis import diagnose

    findings = diagnose(y)
    out = console()
    for finding in findings:
        out.print(f"[bold red]{safe(finding.kind)}:[/bold red] {safe(finding.message)}", soft_wrap=True)
    if not findings:
        out.print("The doctor finds nothing wrong.", style="bold")
    return not findings
