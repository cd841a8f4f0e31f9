"""The command line: `autograd-lite step`, `check`, `train`, `lessons` and `lesson`.

Exit code 0: done. 1: a check found derivatives that disagree, the doctor something wrong, or a lesson a number other
than expected. 2: what was asked for cannot be done, and one line on standard error says why and what to do. 3:
whether derivatives agree cannot be decided at this point. 130: interrupted. An error in a typed expression marks its
place in two more lines.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from typing import NoReturn

from autograd_lite import __version__
from autograd_lite.lessons import command as lessons
from autograd_lite.train import command as training
from autograd_lite.views import command as expression
from autograd_lite.views.console import one_line

EXAMPLES = """examples:
  autograd-lite step "exp(sin(x**2))" x=1.5 --svg esin.svg
  autograd-lite step "w*(x*y + z)" x=-2 y=3 z=10 w=-2
  autograd-lite step "exp(sin(x**2))" x=1.5 --order 2
  autograd-lite step "u = x²; e^sin u" x=1.5
  autograd-lite check "|x| ln 2x" x=pi/3
  autograd-lite check "softplus(x) * atan2(y, x)" x=0.3 y=pi/3
  autograd-lite train moons --hidden 16,16 --out moons.safetensors --plot moons.png
  autograd-lite lessons
  autograd-lite lesson L01 x=1 --html esin.html

Expressions are typed as mathematics (2x, x², |x|, √x, sin² x, e^-x, π·x) or as in Python. 1/2x is 1/(2x), sin 2x is
sin(2x), sin x cos x is a product, ln x/2 is (ln x)/2, xy is one name; u = x²; sin u names an intermediate result."""


class _Parser(argparse.ArgumentParser):
    """An argument parser whose error is one line."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: error: {message}; see {self.prog} --help\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command with the given arguments, by default those of the process; return the exit code."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    if sys.stdout is None:  # closed by who called: there is nobody to tell
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115 - open as long as the process is
    if hasattr(sys.stdout, "reconfigure"):  # a console that lacks ∂ shows a question mark
        sys.stdout.reconfigure(errors="replace")
    if words[:1] in (["step"], ["check"]):
        words = [expression.as_expression(word) for word in words]
    options = _parser().parse_args(words)
    try:
        result: int = options.run(options)
        sys.stdout.flush()
        return result
    except SystemExit:  # how rich ends when the reader, such as head, has seen enough
        return 0
    except BrokenPipeError:  # the same, found out by the flush above
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        return 130
    except (ArithmeticError, ValueError, RuntimeError, OSError, ImportError) as error:
        lines = [f"autograd-lite: error: {one_line(error)}", *getattr(error, "marked", "").splitlines()]
        print("\n".join(lines), file=sys.stderr)  # noqa: T201 - this is the output
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="autograd-lite",
        description="Compute expressions and derivatives and see how they come about; networks; worked examples.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"autograd-lite {__version__}")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    expression.add_commands(commands)
    training.add_commands(commands)
    lessons.add_commands(commands)
    return parser


if __name__ == "__main__":
    sys.exit(main())
