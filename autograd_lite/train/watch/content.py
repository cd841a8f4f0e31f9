"""The data of the page: what stands in it as JSON, and the programs that compute with it."""

from __future__ import annotations

import sys
from array import array
from base64 import b64encode
from collections.abc import Iterable, Sequence
from itertools import chain
from math import fsum, isfinite
from typing import Any

from autograd_lite.engine.reals import as_float
from autograd_lite.engine.text import counted, readable
from autograd_lite.engine.value import plain
from autograd_lite.nn.networks import MLP
from autograd_lite.nn.samples import flat
from autograd_lite.optim import SGD, Adagrad, Adam, AdamW, RMSprop
from autograd_lite.train.kept import MOST_RATES, State, Trained
from autograd_lite.train.watch.findings import Findings, spread
from autograd_lite.train.watch.judged import Judged
from autograd_lite.train.watch.programs import scripts
from autograd_lite.train.watch.recorded import Recorded

MOST_BYTES = 120_000  # of the kept parameters, in base64
MOST_PARAMETERS = 10_000  # each stands in the programs several times
MOST_WRITTEN = 2_000  # numbers of the points as text; more of them are bytes, half as long
MOST_LOSSES = 2_000  # epochs; the numbers of more have fewer digits
KINDS = (SGD, Adam, AdamW, RMSprop, Adagrad)  # what the page has optimisers for


class Content:
    """A training as the page's data and programs.

    `features` names the inputs, `classes` the classes 0, 1, …; `standardized` is the mean and the scale of each input
    where the model was given (x - mean)/scale, `standardized_target` whether it learned such a target.
    Raises ValueError where there are other numbers of names, for a training that has kept nothing, and for a model that
    is no fixed formula.
    """

    def __init__(
        self,
        history: Trained,
        *,
        title: str = "",
        features: Sequence[str] = (),
        classes: Sequence[str] = (),
        standardized: tuple[Sequence[float], Sequence[float]] | None = None,
        standardized_target: bool = False,
    ) -> None:
        if history.kept is None:
            raise ValueError("this training has kept nothing to watch: train with fit(…, keep=200)")
        self.history, self.kept = history, history.kept
        if (count := len(self.kept.parameters)) > MOST_PARAMETERS:
            raise ValueError(f"the page shows networks of up to {MOST_PARAMETERS:,} parameters, this one has {count:,}")
        self.recorded = Recorded(self.kept)
        self.judged = Judged(self.recorded)
        self.findings = Findings(self.judged, history.loss)
        self.rows = [list(map(plain, flat(x))) for x in self.kept.samples]
        self.held_rows = [list(map(plain, flat(x))) for x in self.kept.held_samples]
        self.means = [fsum(column) / len(column) for column in zip(*self.rows, strict=True)]
        self.features = self._names("features", features, len(self.rows[0]), "x")
        self.classes = self._names("classes", classes, self.judged.classes, "class ", first=0)
        self.states = spread(self.kept.states, max(2, MOST_BYTES * 3 // 4 // (4 * len(self.kept.parameters))))
        self.standardized = standardized and [list(map(as_float, part)) for part in standardized]
        if self.standardized and any(len(part) != len(self.features) for part in self.standardized):
            raise ValueError(f"standardized: mean and scale of {len(self.features)} inputs are needed")
        self.scaled = ["inputs"] * (standardized is not None) + ["target"] * standardized_target
        self.shown = self._telling()
        self.title = readable(title) or self.recorded.sizes

    @staticmethod
    def _names(what: str, given: Sequence[str], count: int, word: str, first: int = 1) -> list[str]:
        given = list(given)
        if given and len(given) != count:
            raise ValueError(f"{what}: {count} names are needed, got {len(given)}")
        return [readable(str(name)) for name in given] or [f"{word}{i}" for i in range(first, first + count)]

    def spared(self, fewest: int) -> int:
        """How many bytes the page has less if it keeps so many epochs."""
        return max(0, len(self.states) - fewest) * self._each()

    def spare(self, over: int, fewest: int) -> bool:
        """Keep fewer epochs, evenly, to have so many bytes less; whether there were more than the fewest."""
        many = len(self.states)
        if many > fewest:
            self.states = spread(self.kept.states, max(fewest, many - -(-over // self._each())))
        return many > fewest

    def _each(self) -> int:
        return 4 * 4 * len(self.kept.parameters) // 3  # bytes of an epoch's parameters, in base64

    def scripts(self) -> str:
        """The programs, as JavaScript."""
        try:
            return scripts(*self.recorded.programs, self.judged.losses, len(self.kept.parameters))
        except TypeError as error:
            raise ValueError(f"the page cannot compute this model in JavaScript: {error}") from error

    def data(self) -> dict[str, Any]:
        """All that the page is told, as it becomes JSON, but for the stepper."""
        judged, recorded, kept = self.judged, self.recorded, self.kept
        optimizer, still = self._optimizer()
        return {
            "title": self.title,
            "subtitle": self._subtitle(),
            "features": [
                {"name": name, "mean": mean, "low": min(column), "high": max(column), **raw}
                for name, mean, column, raw in zip(
                    self.features, self.means, zip(*self.rows, strict=True), self._raw(), strict=True
                )
            ],
            "shown": self.shown,
            "layers": recorded.layers,
            "outputs": recorded.output_places,
            "parameters": recorded.parameters,
            "classes": self.classes or None,
            "decide": judged.decide,
            "confidence": judged.confidence,
            "train": self._points(self.rows, judged.targets),
            "held": self._points(self.held_rows, judged.held_targets) if self.held_rows else None,
            "kept": self._kept(),
            "losses": self._losses(),
            "optimizer": optimizer,
            "still": still,  # why it cannot go on training, "" where it can
            "batch": min(kept.batch_size, len(self.rows)),
            "shuffle": kept.shuffle,
            "init": kept.model.init if isinstance(kept.model, MLP) else None,  # by which the page draws other weights
            "state": list(kept.random_state[1]) if kept.random_state else None,
            "findings": {str(epoch): each for epoch, each in self.findings.at(self.states).items()},
        }

    def _raw(self) -> list[dict[str, float]]:
        """How the numbers of each feature become those of the data: center + scale·x."""
        if self.standardized is None:
            return [{} for _ in self.features]
        return [{"center": m, "scale": s} for m, s in zip(*self.standardized, strict=True)]

    def _subtitle(self) -> str:
        kinds = [layer["activation"] for layer in self.recorded.layers[:-1]] or [self.recorded.layers[0]["activation"]]
        held = self.judged.held_targets
        points = f"{counted(len(self.rows), 'point')} to train on" + f", {len(held)} held out" * bool(held)
        told = [*dict.fromkeys(kinds), self.judged.name, self.kept.kind.__name__]
        told += [f"{' and '.join(self.scaled)} standardized"] * bool(self.scaled)
        count = f"{counted(len(self.kept.parameters), 'parameter')}"
        return " · ".join(filter(None, [*told, count, points]))

    def _points(self, rows: list[list[float]], targets: list[Any]) -> dict[str, Any]:
        many = sum(map(len, rows)) > MOST_WRITTEN
        return {
            "x": {"numbers": _base64("d", chain.from_iterable(rows)), "width": len(rows[0])} if many else rows,
            "y": [self.judged.class_of(target) for target in targets],
            "target": [self.judged.place_of(target) for target in targets],
        }

    def _telling(self) -> list[int]:
        """The two inputs that tell most about the targets: the largest shares of variance between the classes."""
        count = len(self.features)
        if count <= 2:
            return list(range(count))
        groups: dict[Any, list[list[float]]] = {}
        ys = [self.judged.class_of(target) for target in self.judged.targets]
        if not self.judged.classes:  # numbers: those below the middle, and the others
            firsts = [flat(y)[0] for y in ys]
            middle = sorted(firsts)[len(firsts) // 2]
            ys = [y >= middle for y in firsts]
        for row, y in zip(self.rows, ys, strict=True):
            groups.setdefault(y, []).append(row)

        def share(i: int) -> float:
            column = [row[i] for row in self.rows]
            between = [(len(rows), fsum(row[i] for row in rows) / len(rows)) for rows in groups.values()]
            mean = self.means[i]
            whole = fsum((x - mean) ** 2 for x in column)
            return fsum(n * (m - mean) ** 2 for n, m in between) / whole if whole else 0.0

        return sorted(sorted(range(count), key=lambda i: -share(i))[:2])

    def _kept(self) -> dict[str, Any]:
        states, width = self.states, self.kept.width
        return {
            "epochs": [state.epoch for state in states],
            "size": len(self.kept.parameters),
            "memory": width * len(self.kept.parameters),  # `width` numbers for each parameter, one parameter's together
            "parameters": _base64("f", (x for state in states for x in state.numbers)),
            "first": _whole(states[0]),
            "last": _whole(states[-1]),
            "steps": [state.steps for state in states],
        }

    def _losses(self) -> dict[str, Any]:
        """The losses and metrics of the epochs, the first of them the epoch 1."""
        metrics = {name: list(map(self._short, numbers)) for name, numbers in self.history.metrics.items()}
        held = metrics.pop("validation_loss", None)
        return {"train": list(map(self._short, self.history.loss)), "held": held, "metrics": metrics}

    def _short(self, x: float) -> float | None:
        """A number for a curve; None for what cannot be drawn."""
        return float(f"{x:.{5 if len(self.history.loss) <= MOST_LOSSES else 3}g}") if isfinite(x) else None

    def _optimizer(self) -> tuple[dict[str, Any] | None, str]:
        """The optimiser with its settings, and "" or why the page cannot go on with it."""
        kept = self.kept
        schedule = kept.lr if isinstance(kept.lr, list) else []
        unknown_order = kept.shuffle and kept.batch_size < len(self.rows) and kept.random_state is None
        reasons = [
            f"it has no optimiser {kept.kind.__name__}" * (kept.kind not in KINDS),
            self.judged.still,
            "a function was applied to the gradients before each step" * kept.clipped,
            "the optimiser had only some of the parameters" * (not kept.trains_all),
            kept.changed,
            "the generator of the order of the samples is not Python’s own" * unknown_order,
            "the schedule of the learning rate has too many steps" * (len(schedule) > MOST_RATES),
        ]
        if still := next(filter(None, reasons), ""):
            return None, still
        told = {"kind": kept.kind.__name__, "lr": None if isinstance(kept.lr, list) else kept.lr, **kept.settings}
        if schedule:
            told["rates"] = _base64("d", schedule)  # one for each step that was done
        return told, ""


def _whole(state: State) -> str:
    return _base64("d", [*state.numbers, *state.memory])


def _base64(kind: str, numbers: Iterable[float]) -> str:
    """Numbers as bytes, the least first, as all that run browsers have them."""
    found = array(kind, numbers)
    if sys.byteorder == "big":
        found.byteswap()
    return b64encode(found.tobytes()).decode()
