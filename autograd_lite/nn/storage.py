"""`save` and `load`: models as safetensors files, with PyTorch's names and shapes, and the architecture beside them.

A safetensors file is a JSON header and the bytes of the arrays; nothing in it is ever executed. The header's metadata
hold, under "autograd_lite", the model's architecture and a checksum of everything.
"""

from __future__ import annotations

import hashlib
import json
import os
from itertools import pairwise
from typing import TYPE_CHECKING, Any, TypeVar, overload

from autograd_lite.engine.files import kind_of, write_whole
from autograd_lite.engine.lazy import require
from autograd_lite.engine.text import shortened, visible
from autograd_lite.nn.layers import Layer, Neuron
from autograd_lite.nn.modules import Module
from autograd_lite.nn.networks import MLP, Sequential
from autograd_lite.nn.samples import positive_int
from autograd_lite.nn.threshold import McCullochPitts, Perceptron

if TYPE_CHECKING:
    from numpy.typing import NDArray

CLASSES: dict[str, Any] = {cls.__name__: cls for cls in (Neuron, Layer, Sequential, MLP, McCullochPitts, Perceptron)}
KEY = "autograd_lite"
INTO = "build the model, and load(path, into=model)"
Model = TypeVar("Model", bound=Module)


class ModelFileError(ValueError):
    """A file that is damaged, or does not hold a model, or not the one asked for."""


def save(model: Module, path: str | os.PathLike[str]) -> None:
    """Write a model to a safetensors file, in float64; an existing file is replaced once the new one is complete.

    `load` builds the package's own modules anew from it. For a custom class or activation the file holds only the
    parameters, to be loaded into a model that you have built. Parameters that several layers share are written once
    for each. Raises OSError if the file cannot be written, ValueError if its name ends as that of another kind of file,
    ImportError without safetensors.

    >>> import os, tempfile
    >>> from autograd_lite.nn import MLP, load, save
    >>> model = MLP(2, [4, 1], "tanh", seed=3)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = os.path.join(folder, "model.safetensors")
    ...     save(model, path)
    ...     again = load(path)
    >>> again, again([1.0, 2.0]) == model([1.0, 2.0])
    (MLP(2 → 4 → 1, tanh), 17 parameters
      layers.0: Layer(2 → 4, tanh), 12 parameters
      layers.1: Layer(4 → 1, linear), 5 parameters, True)
    """
    require_safetensors()
    from safetensors.numpy import save as to_bytes

    if not isinstance(model, Module):
        raise TypeError(f"save(model, path): the model is a Module, got {type(model).__name__}")
    kind_of(path, "safetensors")
    try:
        state, plan = model.state_dict(), _architecture(model)
    except RecursionError:
        raise ValueError(f"cannot save {model.describe()}: its layers contain it, or one another") from None
    if _size(plan) > sum(array.size for array in state.values()):
        raise ValueError(f"cannot save {model.describe()}: its weights are plain numbers, as frozen() makes them")
    architecture = json.dumps(plan, sort_keys=True)
    about = {"architecture": architecture, "sha256": _checksum(architecture, state)}
    # A single entry, because the library writes several in a random order.
    write_whole(os.fspath(path), to_bytes(state, metadata={KEY: json.dumps(about)}))


@overload
def load(path: str | os.PathLike[str], into: None = None) -> Any: ...
@overload
def load(path: str | os.PathLike[str], into: Model) -> Model: ...
def load(path: str | os.PathLike[str], into: Any = None) -> Any:
    """The model that a file holds: built anew, or with `into` the given model, which takes the file's numbers.

    Any safetensors file of the same names and shapes, such as PyTorch's, can be loaded into a model, its numbers in
    any type that NumPy has, or in bfloat16. Raises
    ModelFileError, and leaves the model as it was, if the file is damaged, not a safetensors file or of another shape;
    OSError if it cannot be read, ImportError without safetensors.

    >>> import os, tempfile
    >>> from autograd_lite.nn import MLP, load, save
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = os.path.join(folder, "model.safetensors")
    ...     save(MLP(2, [3, 1], seed=1), path)
    ...     load(path, into=MLP(2, [3, 1])).describe()
    ...     load(path, into=MLP(2, [4, 1]))  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    autograd_lite.nn.storage.ModelFileError: cannot load ...: layers.0.weight has the shape (3, 2), ...
    """
    if not isinstance(into, Module | None):
        raise TypeError(f"load(path, into=model): the model is a Module, got {shortened(into)}")
    path = os.fspath(path)
    state, about = _read(path)
    if about is not None:
        _check(path, state, about)
    try:
        if into is None:
            if about is None:
                raise ValueError(f"it does not say what model it holds: {INTO}")
            into = _model(about["architecture"], sum(array.size for array in state.values()))
        into.load_state_dict(state)
    except ValueError as error:
        raise ModelFileError(f"cannot load {visible(path)}: {error}") from None
    return into


def require_safetensors() -> None:
    """Raise ImportError, with the cure, if safetensors is not installed."""
    require("safetensors", "a model file")


def _read(path: str) -> tuple[dict[str, NDArray[Any]], dict[str, str] | None]:
    """The arrays of a file, and what it says about its model."""
    require_safetensors()
    from safetensors import SafetensorError, deserialize, safe_open

    tensors_of: Any = deserialize  # which has no types

    if not os.path.isfile(path):
        with open(path, "rb"):  # raises the error that says why
            pass
    try:
        with safe_open(path, framework="numpy") as file:
            halves = [name for name in file.keys() if file.get_slice(name).get_dtype() == "BF16"]  # noqa: SIM118 - no dict
            state = {name: file.get_tensor(name) for name in file.keys() if name not in halves}  # noqa: SIM118
            metadata = file.metadata() or {}
        if halves:
            with open(path, "rb") as stored:
                state |= {name: _bfloat16(**tensor) for name, tensor in tensors_of(stored.read()) if name in halves}
    except (AttributeError, TypeError) as error:
        raise ModelFileError(
            f"cannot load {visible(path)}: NumPy has no such numbers ({error}); store float64"
        ) from None
    except (SafetensorError, ValueError) as error:
        reason = visible(" ".join(str(error).split()))  # it may quote the file
        raise ModelFileError(
            f"cannot load {visible(path)}: it is damaged, or not a safetensors file ({reason})"
        ) from None
    if KEY not in metadata:
        return state, None
    try:
        about = json.loads(metadata[KEY])
        return state, {"architecture": about["architecture"], "sha256": about["sha256"]}
    except (ValueError, TypeError, KeyError, RecursionError):
        raise ModelFileError(f"cannot load {visible(path)}: it is damaged, its metadata cannot be read") from None


def _bfloat16(data: bytes, shape: list[int], dtype: str) -> NDArray[Any]:  # noqa: ARG001 - an entry as it comes
    """Numbers of a type that NumPy does not have: the upper halves of float32."""
    import numpy

    return (numpy.frombuffer(data, "<u2").astype("<u4") << 16).view("<f4").reshape(shape)


def _check(path: str, state: dict[str, NDArray[Any]], about: dict[str, str]) -> None:
    if _checksum(about["architecture"], state) != about["sha256"]:
        raise ModelFileError(f"cannot load {visible(path)}: it is damaged, its checksum does not match")


def _checksum(architecture: str, state: dict[str, NDArray[Any]]) -> str:
    """A fingerprint of the architecture, and of every array's name, shape, type and bytes."""
    digest = hashlib.sha256(str(architecture).encode(errors="surrogatepass"))
    for name in sorted(state):
        array = state[name]
        digest.update(f"{name}{array.shape}{array.dtype.str}".encode())
        digest.update(array.tobytes())
    return digest.hexdigest()


def _architecture(model: Any) -> Any:
    """What `_built` needs to make a model like this one: its class and its configuration, as JSON."""
    if isinstance(model, Module):
        cls = type(model)
        if CLASSES.get(cls.__name__) is not cls:
            return {"class": f"{cls.__module__}.{cls.__qualname__}"}
        return {"class": cls.__name__} | {key: _architecture(value) for key, value in model.config().items()}
    return [_architecture(part) for part in model] if isinstance(model, (list, tuple)) else model


def _model(architecture: str, size_of_state: int) -> Any:
    """The model that a file describes; ValueError where it describes none, or one larger than the file's arrays."""
    try:
        plan = json.loads(architecture)
        if _size(plan) > size_of_state:
            raise ValueError("it describes a larger model than it holds")
        model = _built(plan)
    except ValueError as error:
        raise ValueError(str(error) if INTO in str(error) else f"{error}; or {INTO}") from None
    except (AttributeError, KeyError, OverflowError, RecursionError, TypeError):
        model = None
    if not isinstance(model, Module):
        raise ValueError("it does not describe a model of autograd_lite.nn")
    return model


def _size(plan: Any) -> int:
    """How many numbers a model of this architecture has: known before any memory is taken for them."""
    if isinstance(plan, list):
        return sum(map(_size, plan))
    if not isinstance(plan, dict):
        return 0
    counts = [plan["nin"], *plan.get("nouts", [plan.get("nout", 1)])] if "nin" in plan else []
    sizes = [positive_int(count, "inputs or neurons") for count in counts]
    places = [n for key, n in plan.items() if key in ("excitatory", "inhibitory") and isinstance(n, int)]
    numbers = [(nin + bool(plan.get("bias", True))) * nout for nin, nout in pairwise(sizes)]
    return sum(numbers) + sum(map(abs, places)) + _size([*plan.values()])


def _built(architecture: Any) -> Any:
    """A model of a class of this package, its weights still to be loaded."""
    if isinstance(architecture, list):
        return [_built(part) for part in architecture]
    if not isinstance(architecture, dict):
        return architecture
    config = {name: _built(value) for name, value in architecture.items()}
    name = config.pop("class")
    if name not in CLASSES:
        raise ValueError(f"it holds a {shortened(name)}, which is not a class of autograd_lite.nn: {INTO}")
    if name == "MLP" and "output" in config:  # as files have it that were written before the argument's name changed
        config["output_activation"] = config.pop("output")
    if "activation" in config:
        config["init"] = "zeros"  # the weights follow from the file; none are drawn
    if "layers" in config and name in ("Sequential", "MLP"):
        model = CLASSES[name].__new__(CLASSES[name])
        Sequential.__init__(model, *config["layers"])
        return model
    return Layer.of(config["units"]) if name == "Layer" and "units" in config else CLASSES[name](**config)
