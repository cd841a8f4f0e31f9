"""`fold()`: what is left unfolded on request, and options that do not fit."""

from __future__ import annotations

from typing import Any

import pytest
from foldings import OPTIONS, names, step
from pages import ONE_LINE, chain

from autograd_lite import Value
from autograd_lite.views.picture.folds import fold


def test_expanding_does_not_change_how_the_rest_is_folded() -> None:
    """A neuron of 3,000 nodes is left unfolded, and all others are folded as they were."""
    loss = step(20)
    before, after = fold(loss), fold(loss, expand=["layer1/neuron3"])
    assert before.how == after.how == "neuron"
    assert set(names(before)) - set(names(after)) == {"mlp/layer1/neuron3"}
    (left,) = [group for group in before.groups if group.name == "mlp/layer1/neuron3"]
    assert set(left.nodes) == set(after.scopes)
    assert set(after.scopes.values()) == {("mlp", "layer1", "neuron3")}


@pytest.mark.parametrize(
    ("text", "gone"),
    [
        ("mlp/layer0/neuron1", {"mlp/layer0/neuron1"}),
        ("layer0/neuron1", {"mlp/layer0/neuron1"}),
        ("neuron1", {"mlp/layer0/neuron1", "mlp/layer1/neuron1"}),
        ("layer0", {f"mlp/layer0/neuron{i}" for i in range(3)}),
        ("outside", {"outside"}),
        ("inputs", {"inputs"}),
    ],
)
def test_expand_takes_paths_and_how_they_end(text: str, gone: set[str]) -> None:
    """A scope is named by its whole path or the end of it, the other groups by their names."""
    loss = step(20, (3, 2, 1))
    assert set(names(fold(loss, group="neuron"))) - set(names(fold(loss, group="neuron", expand=[text]))) == gone


def test_a_part_of_a_group_can_be_expanded() -> None:
    """Of a layer that is folded, one neuron can be left unfolded: the box then stands for the others."""
    loss = step(5, (3, 1))
    whole, rest = (fold(loss, group="layer", expand=e) for e in ([], ["layer0/neuron1"]))
    sizes = [next(len(group.nodes) for group in f.groups if group.name == "mlp/layer0") for f in (whole, rest)]
    assert sizes[0] * 2 == sizes[1] * 3
    assert sizes[0] - sizes[1] == len(rest.scopes)


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("layer0/neuron9", "did you mean .*'mlp/layer0/neuron[0-2]'"),
        ("layr1", "did you mean 'mlp/layer1'"),
        ("zzzzzz", "there is 'mlp', 'mlp/layer0', 'mlp/layer0/neuron0', …"),
        ("ayer0", "did you mean 'mlp/layer0'"),
        ("", "there is 'mlp'"),
    ],
)
def test_an_unknown_scope_is_refused_with_those_that_come_near(text: str, hint: str) -> None:
    """The message names scopes that sound alike, or else some that there are; also where nothing would be folded."""
    loss = step(20, (3, 2, 1))
    for how in OPTIONS:
        with pytest.raises(ValueError, match=rf"^expand: there is no scope '{text}' in the graph; {hint}[^\n]*$"):
            fold(loss, expand=[text], **how)
    with pytest.raises(ValueError, match=r"no node was made in a scope$"):
        fold(chain(3), expand=["x"])


@pytest.mark.parametrize(
    ("error", "how"),
    [
        (ValueError, {"group": "neurons"}),
        (ValueError, {"group": 3}),
        (ValueError, {"depth": 0}),
        (ValueError, {"depth": -1}),
        (TypeError, {"depth": 1.5}),
        (TypeError, {"depth": "1"}),
        (ValueError, {"group": "layer", "depth": 1}),
        (TypeError, {"expand": [3]}),
        (TypeError, {"expand": 3}),
        (TypeError, {"expand": None}),
    ],
)
def test_wrong_options_are_refused(error: type[Exception], how: Any) -> None:
    """The message says in one line what the option takes and what it got."""
    with pytest.raises(error, match=ONE_LINE):
        fold(Value(1.0), **how)


def test_a_single_text_is_a_list_of_one() -> None:
    """`expand="layer0"` means what `expand=["layer0"]` means, and not its letters."""
    loss = step(5, (3, 1))
    assert names(fold(loss, group="layer", expand="layer0")) == names(fold(loss, group="layer", expand=["layer0"]))
