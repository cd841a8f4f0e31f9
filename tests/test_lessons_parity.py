"""Parity, XOR by few units, McCulloch–Pitts units beside perceptrons: against Boolean algebra and brute force."""

from __future__ import annotations

import itertools
from functools import cache

import pytest

from autograd_lite import nn
from autograd_lite.lessons import find
from autograd_lite.lessons.gates import parity, vetoes

run = cache(lambda name, **given: find(name)(**given))


@pytest.mark.parametrize("n", range(2, 9))
def test_parity_of_up_to_eight_inputs(n: int) -> None:
    """All networks are right for all inputs; one layer of detectors has 2ᴺ⁻¹ units, chain and tree have 3(N − 1)."""
    found = parity.networks(n)
    assert found.right
    assert (found.flat, found.chain, found.tree, found.counting) == (2 ** (n - 1), 3 * (n - 1), 3 * (n - 1), n)


@pytest.mark.parametrize("n", range(2, 5))
def test_functions_of_the_number_of_ones(n: int) -> None:
    """N units that count are enough for each of the 2ᴺ⁺¹ functions that depend on the number of ones alone."""
    patterns = list(itertools.product((0, 1), repeat=n))
    for values in itertools.product((0, 1), repeat=n + 1):
        network = parity.counting(values)
        assert network.layers[0].nout == n
        assert nn.evaluate(network, patterns) == [values[bits.count(1)] for bits in patterns]


@pytest.mark.parametrize("n", range(2, 8))
def test_no_detector_serves_two_ones(n: int) -> None:
    """No product of fewer than N literals implies parity: each leaves out an input, whose change changes parity."""
    ones = {bits for bits in itertools.product((0, 1), repeat=n) if sum(bits) % 2}
    for literals in itertools.product((0, 1, None), repeat=n):
        covered = itertools.product(*((0, 1) if literal is None else (literal,) for literal in literals))
        assert (None in literals) or tuple(literals) in ones or sum(map(bool, literals)) % 2 == 0
        assert None not in literals or not {*covered} <= ones
    assert parity.networks(n).neighbours == 0


def test_the_deep_network_is_exclusive_or() -> None:
    """Chain and tree of XORs compute what Python's ^ does, with three units for each."""
    for bits in itertools.product((0, 1), repeat=5):
        for shape in (parity.Deep.chain, parity.Deep.tree):
            deep = parity.Deep()
            a, b, c, d, e = bits
            assert shape(deep, bits) == a ^ b ^ c ^ d ^ e
            assert deep.units == 12


def test_a_wrong_network_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """With OR in place of XOR, the networks are not right, and the lesson's claim says so."""
    monkeypatch.setattr(parity.Deep, "xor", lambda deep, p, q: deep.either([p, q]))
    parity.networks.cache_clear()
    failed = [claim for claim, holds in find("L12")(most=3).claims.items() if not holds]
    parity.networks.cache_clear()
    assert failed == [
        "parity of 2 to 3 inputs: every network is right for all inputs",
        "parity takes 2ᴺ⁻¹ detectors in one layer, 3(N − 1) units in a deep network",
    ]


def test_xor_by_one_two_or_three_units() -> None:
    """Each way is right; the units are as few as said: no single threshold unit, and a hidden one must see both inputs."""
    ways = parity.ways_to_xor()
    assert [way.units for way in ways] == [3, 2, 2, 1, 1]
    for way in ways:
        for p, q in itertools.product((0.0, 1.0), repeat=2):
            output = way.output(p, q)
            assert getattr(output, "data", output) == (p != q), way.kind
    small = list(itertools.product(range(-3, 4), repeat=3))  # as many functions as there are, test_lessons_gates
    units = {tuple(a * p + b * q + c >= 0 for p, q in itertools.product((0, 1), repeat=2)) for a, b, c in small}
    assert (False, True, True, False) not in units
    # One hidden unit, and an output that sees it alone: the function is that of the unit, its opposite, or constant.
    behind = {
        tuple(w * h + b >= 0 for h in unit) for unit in units for w, b in itertools.product(range(-2, 3), repeat=2)
    }
    assert (False, True, True, False) not in behind


def test_the_karnaugh_map_has_neighbours_beside_each_other() -> None:
    """In a row of the map cells that touch differ in one input, and so do the first and the last."""
    for row in parity.GRAY.values():
        for left, right in zip(row, row[1:] + row[:1], strict=True):
            assert sum(a != b for a, b in zip(left, right, strict=True)) == 1


def test_mcculloch_pitts_units_by_brute_force() -> None:
    """11 functions of two inputs and 36 of three are one unit's, counted without the package."""
    for n, number in ((1, 4), (2, 11), (3, 36)):
        corners = list(itertools.product((0, 1), repeat=n))
        found = set()
        for kinds in itertools.product("+-0", repeat=n):
            for threshold in range(n + 2):
                found.add(
                    tuple(
                        not any(x and kind == "-" for x, kind in zip(corner, kinds, strict=True))
                        and sum(x for x, kind in zip(corner, kinds, strict=True) if kind == "+") >= threshold
                        for corner in corners
                    )
                )
        assert len(found) == number
        assert vetoes.vetoes(n)[3:] == (number, True, True, 0)
    assert [vetoes.vetoes(n).perceptrons for n in (2, 3)] == [14, 104]  # OEIS A000609: 2, 4, 14, 104, 1882
    assert list(find("L08")().tables[1].rows) == [["2", "16", "14", "11"], ["3", "256", "104", "36"]]


@pytest.mark.parametrize("n", [2, 3])
def test_learning_finds_other_weights(n: int) -> None:
    """The rule, in integers, in the order of counting: for no McCulloch–Pitts unit does it end at 1 and −(E + 1)."""
    corners = [(*corner, 1) for corner in itertools.product((0, 1), repeat=n)]
    for kinds in itertools.product((1, -1, 0), repeat=n):
        excited = kinds.count(1)
        for threshold in range(excited + 2 if any(kinds) else 0):
            veto = [*(-excited - 1 if kind < 0 else kind for kind in kinds), -threshold]
            fires = [sum(v * x for v, x in zip(veto, corner, strict=True)) >= 0 for corner in corners]
            w, changed = [0] * (n + 1), True
            while changed:
                changed = False
                for corner, fire in zip(corners, fires, strict=True):
                    y = 1 if fire else -1
                    if y * sum(wi * x for wi, x in zip(w, corner, strict=True)) <= 0:
                        w, changed = [wi + y * x for wi, x in zip(w, corner, strict=True)], True
            assert w != veto


@pytest.mark.parametrize(("N", "d"), [(2, 2), (5, 0), (7, 3)])
def test_the_sheet_of_l12(N: int, d: int) -> None:  # noqa: N803 - as in the notes
    """What a sheet asks: −2 for each input that differs, 2ᴺ⁻¹ and 3(N − 1)."""
    numbers = parity.on_paper(N=N, d=d).check().numbers
    assert [*numbers.values()] == [-2 * d, 2 ** (N - 1), 3 * (N - 1)]
