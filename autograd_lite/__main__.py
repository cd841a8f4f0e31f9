"""The command line: `autograd-lite step`, `check`, `train`, `lessons`, `lesson`, `quiz` and `site`.

Exit code 0: done. 1: a check found derivatives that disagree, the doctor something wrong, or a lesson a number other
than expected. 2: what was asked for cannot be done, and one line on standard error says why and what to do. 3:
whether derivatives agree cannot be decided at this point. 130: interrupted. An error in a typed expression marks its
place in two more lines. Alone, it prints its help.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from typing import NoReturn

from autograd_lite import __version__

# The rooms are imported by `main`, so that Ctrl-C says the same while they are loaded.

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
  autograd-lite quiz L21 --seed 7 --html sheet.html --key key.md

Expressions are typed as mathematics (2x, x², |x|, √x, sin² x, e^-x, π·x) or as in Python. 1/2x is 1/(2x), sin 2x is
sin(2x), sin x cos x is a product, ln x/2 is (ln x)/2, xy is one name; u = x²; sin u names an intermediate result."""


class _Parser(argparse.ArgumentParser):
    """An argument parser whose error is one line."""

    def error(self, message: str) -> NoReturn:
        from autograd_lite.engine.text import visible

        self.exit(2, visible(f"{self.prog}: error: {' '.join(message.split())}; see {self.prog} --help\n"))


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command with the given arguments, by default those of the process; return the exit code."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    if sys.stdout is None:  # closed by who called: there is nobody to tell
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115 - open as long as the process is
    if hasattr(sys.stdout, "reconfigure"):  # a console that lacks ∂ shows a question mark
        sys.stdout.reconfigure(errors="replace")
    try:
        options = _parser().parse_args(_words(words))
        try:
            result: int = options.run(options)
        except SystemExit:  # how rich ends when the reader, such as head, has seen enough
            return 0
        sys.stdout.flush()
        return result
    except BrokenPipeError:  # the same, found out by a flush
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        _say("interrupted")
        return 130
    except (ArithmeticError, ValueError, RuntimeError, OSError, ImportError, MemoryError) as error:
        from autograd_lite.engine.text import visible
        from autograd_lite.views.console import one_line

        _say("\n".join((f"error: {one_line(error)}", *map(visible, getattr(error, "marked", "").splitlines()))))
        return 2


def _words(words: list[str]) -> list[str]:
    """The arguments as argparse takes them; its help where there are none."""
    from autograd_lite.views.command import as_expression

    return [as_expression(word) for word in words] if words[:1] in (["step"], ["check"]) else words or ["--help"]


def _say(line: str) -> None:
    print(f"autograd-lite: {line}", file=sys.stderr)  # noqa: T201 - this is the output


def _parser() -> argparse.ArgumentParser:
    from autograd_lite.lessons import command as lessons
    from autograd_lite.site import command as site
    from autograd_lite.train import command as training
    from autograd_lite.views import command as expression

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
    site.add_commands(commands)
    return parser


if __name__ == "__main__":
    sys.exit(main())
