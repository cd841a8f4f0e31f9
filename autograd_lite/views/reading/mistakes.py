"""What may have been meant by a name that has no value."""

from __future__ import annotations

from collections.abc import Collection

from autograd_lite.views.reading.parts import CONSTANTS, canonical, functions

NO_ROWS = {"cot": "1/tan", "sec": "1/cos", "csc": "1/sin", "coth": "1/tanh", "csch": "1/sinh"}


def meant(name: str, given: Collection[str], behind: str = "") -> str:
    """What is wrong with a name without a value, in a line with one suggestion; `behind` is the text behind it.

    >>> print(meant("xy", ["x", "y"]))
    xy is one name, and has no value: did you mean x*y?
    >>> print(meant("sinn", ["x"], "(x)"))
    there is no function sinn: did you mean sin?
    """
    if why := unlikely(name, given, behind):
        return why
    if variable := near(name, given):
        return f"no value for {name}: did you mean {variable}?"
    return f"no value for {name}: give it as {name}=NUMBER"


def unlikely(name: str, given: Collection[str], behind: str = "") -> str:
    """Why a name is hardly meant as a variable, with one suggestion; "" where it may be one.

    >>> unlikely("sinx", ["x"]), unlikely("rate", ["x"])
    ('sinx is one name, and has no value: did you mean sin(x)?', '')
    """
    called = behind.lstrip().startswith("(")
    if name in ("and", "or", "not"):
        return f"{name} has no meaning here: write minimum, maximum or 1 - x of comparisons such as [x > y]"
    if name in ("d", "∂") and behind.lstrip().startswith(f"/{name}"):
        return "derivatives are computed of every expression: write the function alone"
    if name in functions():
        return f"{name} is a function, which takes its operands in brackets: write {name}(...)"
    if name in NO_ROWS:
        return f"there is no function {name}: write {NO_ROWS[name]}(...)"
    if parts := _parts(name, {*given, *CONSTANTS} - {name, "inf", "nan"}):
        return f"{name} is one name, and has no value: did you mean {parts}?"
    if called and (function := near(name, functions())):
        return f"there is no function {name}: did you mean {function}?"
    if called:
        return f"there is no function {name}: for a product, write {name}*(...)"
    return ""


def near(name: str, known: Collection[str]) -> str:
    """The known name that somebody who wrote this one may have meant; nothing if there is none."""
    import difflib

    return next(iter(difflib.get_close_matches(canonical(name).lower(), known, 1, 0.7)), "")


def _parts(name: str, known: Collection[str]) -> str:
    """A name as a product of known ones, or as a function of one, if it is such without the sign or the brackets."""
    if len(name) > 30:
        return ""
    products = {0: ""}  # by how far they reach
    for end in range(1, len(name) + 1):
        for start in list(products):
            rest = name[start:end]
            if rest in known:
                products.setdefault(end, f"{products[start]}*{rest}".removeprefix("*"))
    if len(name) in products:
        return products[len(name)]
    applied = [
        (len(function), f"{function}({rest})")
        for function in functions()
        if len(function) > 1 and name.startswith(function)
        if (rest := name.removeprefix(function)).lstrip("0123456789") in {*known, ""}
    ]
    return max(applied, default=(0, ""))[1]
