"""`save` and `load`: round trips bit for bit, other programs' files, damage, hostile files, and saves cut short."""

from __future__ import annotations

import errno
import io
import json
import os
import signal
import struct
import subprocess
import sys
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy
import pytest
import safetensors.numpy
from children import running
from hypothesis import given, strategies as st

from autograd_lite.engine import files
from autograd_lite.engine.text import shortened
from autograd_lite.nn import (
    MLP,
    Layer,
    McCullochPitts,
    ModelFileError,
    Module,
    Neuron,
    Perceptron,
    Sequential,
    load,
    save,
)
from autograd_lite.nn.storage import _checksum

ONE_LINE = "^[^\n]+$"

SPECIAL = [-0.0, 5e-324, -2.2250738585072014e-308, 1.7976931348623157e308, float("inf"), float("-inf"), float("nan")]
counts, biases = st.integers(1, 4), st.booleans()
names = st.sampled_from(["relu", "tanh", "linear", "leaky_relu", "gelu"])
neurons = st.builds(Neuron, counts, names, bias=biases)
units = neurons | st.builds(Perceptron, counts) | st.builds(McCullochPitts, counts, counts, st.floats(allow_nan=False))
layers = st.builds(Layer, counts, counts, names, bias=biases) | st.lists(units, min_size=1, max_size=3).map(Layer.of)
mlps = st.builds(MLP, counts, st.lists(counts, min_size=1, max_size=3), names, names, bias=biases)
changed = st.builds(lambda model, layer: (model.layers.insert(0, layer), model)[1], mlps, layers)
sequences = st.lists(units | layers | mlps | changed, min_size=1, max_size=3).map(lambda parts: Sequential(*parts))
models = units | layers | mlps | changed | sequences | st.builds(Sequential, sequences, layers)


def bits(module: Module) -> list[str]:
    """The numbers of all parameters, exactly."""
    return [parameter.data.hex() for parameter in module.parameters()]


def refused(path: Path, into: Module | None = None) -> str:
    """The one line that loading a file raises; the model that it was to go into is as it was."""
    before = into and bits(into)
    with pytest.raises(ModelFileError, match=ONE_LINE) as caught:
        load(path, into=into)
    assert (into and bits(into)) == before
    return str(caught.value)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for the files of many examples."""
    return tmp_path_factory.mktemp("models")


@given(models, st.data())
def test_every_model_comes_back(folder: Path, model: Module, data: st.DataObject) -> None:
    """Any model of the package's classes is built anew with the same architecture and the same numbers, bit for bit."""
    for parameter in model.parameters():
        parameter.data = data.draw(st.sampled_from(SPECIAL) | st.floats())
    path = folder / "any"
    save(model, path)
    again, content = load(path), path.read_bytes()
    assert (type(again), repr(again), bits(again)) == (type(model), repr(model), bits(model))
    assert repr(again.config()) == repr(model.config())
    save(again, path)
    assert path.read_bytes() == content
    for parameter in again.parameters():
        parameter.data = 0.0
    assert load(path, into=again) is again
    assert bits(again) == bits(model)


def test_the_same_bytes_in_every_process(tmp_path: Path) -> None:
    """Two saves of a model are the same file, in this process and in others, whatever their hash seeds."""
    code = "import sys; from autograd_lite.nn import MLP, save; save(MLP(2, [5, 3, 1], 'tanh', seed=3), sys.argv[1])"
    paths = [tmp_path / name for name in "abcd"]
    for path in paths[:2]:
        save(MLP(2, [5, 3, 1], "tanh", seed=3), path)
    for path, seed in zip(paths[2:], "12", strict=True):
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        subprocess.run([sys.executable, "-c", code, str(path)], check=True, env=environment, timeout=600)
    assert len({path.read_bytes() for path in paths}) == 1


def test_the_file_is_as_pytorch_has_it(tmp_path: Path) -> None:
    """Other programs find float64 arrays under PyTorch's names, weight [out, in] and bias [out], and the architecture."""
    model, path = MLP(2, [3, 1], "tanh", seed=3), str(tmp_path / "m")
    save(model, path)
    state = safetensors.numpy.load_file(path)
    shapes = {"layers.0.weight": (3, 2), "layers.0.bias": (3,), "layers.1.weight": (1, 3), "layers.1.bias": (1,)}
    assert {name: array.shape for name, array in state.items()} == shapes
    assert {array.dtype.name for array in state.values()} == {"float64"}
    assert state["layers.0.weight"].tolist() == [[w.data for w in neuron.w] for neuron in model.layers[0].neurons]
    with safetensors.safe_open(path, framework="numpy") as file:
        about = json.loads(file.metadata()["autograd_lite"])
    assert json.loads(about["architecture"]) == {"class": "MLP", **model.config()}


@pytest.mark.parametrize("dtype", ["float64", "float32", "float16", "int8", "int64", "uint16", "bool"])
def test_files_of_other_programs(tmp_path: Path, dtype: str) -> None:
    """A file written by safetensors itself, in any type of real numbers, loads into a model, and only into one."""
    weight, bias = numpy.array([[0.1, 1.0], [2.0, 0.0]]).astype(dtype), numpy.array([1.0, 0.0]).astype(dtype)
    safetensors.numpy.save_file({"weight": weight, "bias": bias}, tmp_path / "m")
    layer = load(tmp_path / "m", into=Layer(2, 2))
    assert layer.parameters() == numpy.column_stack([weight, bias]).ravel().tolist()
    assert refused(tmp_path / "m").endswith("build the model, and load(path, into=model)")


HALVES = {  # published patterns of bits, by their bytes: IEEE 754's binary16, and the upper half of its binary32
    "F16": {"003c": 1.0, "00c0": -2.0, "5535": 0.333251953125, "ff7b": 65504.0, "0100": 2.0**-24, "0080": -0.0},
    "BF16": {"803f": 1.0, "00c0": -2.0, "ab3e": 0.333984375, "4940": 3.140625, "0100": 2.0**-133, "0080": -0.0},
}


@pytest.mark.parametrize("kind", HALVES)
def test_numbers_of_sixteen_bits(tmp_path: Path, kind: str) -> None:
    """float16 and bfloat16 load exactly, beside arrays of other types, wherever they stand in the file."""
    patterns = HALVES[kind]
    header = {
        "weight": {"dtype": kind, "shape": [2, 3], "data_offsets": [16, 28]},
        "bias": {"dtype": "F64", "shape": [2], "data_offsets": [0, 16]},
    }
    content = raw(header) + struct.pack("<2d", 0.1, -7.0) + b"".join(map(bytes.fromhex, patterns))
    (tmp_path / "m").write_bytes(content)
    first, second = load(tmp_path / "m", into=Layer(3, 2)).neurons
    found = [weight.data for weight in (*first.w, *second.w)]
    assert list(map(repr, found)) == list(map(repr, patterns.values()))
    assert (first.b.data, second.b.data) == (0.1, -7.0)


MODEL = MLP(2, [2, 1], "tanh", seed=3)


@given(st.data())
def test_a_damaged_file(folder: Path, data: st.DataObject) -> None:
    """Cut off anywhere, a file is refused in one line; with any byte changed too, or it gives the exact numbers still."""
    path = folder / "damaged"
    save(MODEL, path)
    content = path.read_bytes()
    place = data.draw(st.integers(0, len(content) - 1))
    path.write_bytes(content[:place])
    for into in (None, MLP(2, [2, 1])):
        refused(path, into)
    path.write_bytes(content[:place] + bytes([data.draw(st.integers(0, 255))]) + content[place + 1 :])
    for into in (None, MLP(2, [2, 1])):
        try:
            assert bits(load(path, into=into)) == bits(MODEL)
        except ModelFileError:
            refused(path, into)


ONE = {"class": "Layer", "nin": 1, "nout": 1}
MCP = {"class": "McCullochPitts", "excitatory": [0], "inhibitory": [], "threshold": 1}
HOSTILE: list[Any] = [
    {}, [], [ONE], None, 3, "MLP", {"class": None}, {"class": ["MLP"]}, {"class": {}}, {"class": "a\nb\ud800"}, {"class": "os.system"},
    {"class": "MLP"}, {"class": "Sequential"}, {"class": "Sequential", "layers": 3}, {"class": "Sequential", "layers": []},
    {"class": "Sequential", "layers": [3]}, {"class": "MLP", "layers": [3]}, {"class": "Neuron", "layers": [ONE]},
    {"class": "Layer", "units": [1]}, {"class": "Layer", "units": {}}, {"class": "Layer", "units": []}, {"class": "MLP", "nin": 1, "nouts": 3},
    ONE | {"more": 1}, ONE | {"nin": "1"}, ONE | {"nin": 1.0}, ONE | {"nin": None}, ONE | {"nin": -1}, ONE | {"nout": 0}, ONE | {"nout": [1]},
    ONE | {"activation": 3}, ONE | {"activation": "system"}, ONE | {"activation": "add"}, ONE | {"activation": {"class": "Neuron", "nin": 1}},
    ONE | {"seed": "x"}, ONE | {"init": {}}, ONE | {"init": "none"}, MCP | {"excitatory": "ab"}, MCP | {"threshold": None}, MCP | {"threshold": 10**400},
    {"class": "Neuron", "nin": 10**9}, {"class": "Perceptron", "nin": 10**9}, ONE | {"nout": 10**9}, ONE | {"nin": 10**9}, ONE | {"nin": 10**400},
    {"class": "MLP", "nin": 1, "nouts": [10**5, 10**5]}, {"class": "Sequential", "layers": [ONE] * 20_000}, MCP | {"excitatory": 10**9},
    {"class": "Sequential", "layers": [{"class": "Neuron", "nin": 10**9}, {"class": "Neuron", "nin": -(10**9)}]},
]  # fmt: skip
DEEP = ["[" * 100_000, "[" * 900 + "]" * 900, '{"class":"Sequential","layers":[' * 900 + "]}" * 900]
ARRAYS = {"weight": numpy.ones((1, 1)), "bias": numpy.ones(1)}  # of Layer(1, 1)


def written(path: Path, metadata: str) -> Path:
    """A file of ARRAYS that says of itself whatever one likes."""
    safetensors.numpy.save_file(ARRAYS, path, metadata={"autograd_lite": metadata})
    return path


@pytest.mark.parametrize("plan", [*map(json.dumps, HOSTILE), *DEEP, "", "{", "9" * 5000, "\ud800"], ids=shortened)
def test_a_hostile_architecture(tmp_path: Path, plan: str) -> None:
    """What makes no model, or one of more numbers than the file holds, is refused in one line, and takes no room."""
    about = {"architecture": plan, "sha256": _checksum(plan, ARRAYS)}
    path = written(tmp_path / "m", json.dumps(about))
    tracemalloc.start()
    try:
        refused(path)
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert most < 20_000_000
    assert load(path, into=Layer(1, 1)).parameters() == [1.0, 1.0]


ABOUT = ['{"architecture": 1, "sha256": 2}', '{"architecture": "{}"}', '{"architecture": "\\ud800", "sha256": ""}']


def test_a_file_from_before_an_argument_was_renamed(tmp_path: Path) -> None:
    """A file whose architecture says `output`, as MLP's argument was called, is loaded as it was meant."""
    model = MLP(1, [2, 1], activation="tanh", output_activation="sigmoid", seed=1)
    plan = json.dumps({"class": "MLP", **model.config()}).replace("output_activation", "output")
    state = model.state_dict()
    about = {"architecture": plan, "sha256": _checksum(plan, state)}
    path = tmp_path / "old.safetensors"
    safetensors.numpy.save_file(state, path, metadata={"autograd_lite": json.dumps(about)})
    loaded = load(path)
    assert (loaded.config(), bits(loaded)) == (model.config(), bits(model))


@pytest.mark.parametrize("metadata", ["", "[]", "{}", "3", "null", '"text"', DEEP[0], *ABOUT], ids=shortened)
def test_hostile_metadata(tmp_path: Path, metadata: str) -> None:
    """Metadata of another form is refused in one line, also for a model that is given."""
    for into in (None, Layer(1, 1)):
        assert ": it is damaged, " in refused(written(tmp_path / "m", metadata), into)


def raw(header: Any, size: int = 0) -> bytes:
    """A safetensors file by hand, full of zeros."""
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + bytes(size)


def arrays(kind: str, size: int, **more: Any) -> bytes:
    """A file of the arrays of Layer(1, 1), of any type."""
    weight = {"dtype": kind, "shape": [1, 1], "data_offsets": [0, size]}
    return raw({"weight": weight, "bias": {**weight, "shape": [1], "data_offsets": [size, 2 * size]}} | more, 2 * size)


NOTHING = {"dtype": "F64", "shape": [0], "data_offsets": [16, 16]}
FILES = {
    "empty": (b"", "not a safetensors file"), "text": (b"not a model, but a longer text", "not a safetensors file"),
    "a huge header": (struct.pack("<Q", 2**63) + b"{}", "not a safetensors file"), "no JSON": (raw(b"{{{"), "not a safetensors file"),
    "no UTF-8": (raw(b'{"\xff": 1}'), "not a safetensors file"), "deep JSON": (raw(b"[" * 100_000), "not a safetensors file"),
    "float8": (arrays("F8_E4M3", 1), "NumPy has no such numbers"),
    "complex numbers": (arrays("C64", 8), "is not made of real numbers"), "a type in two lines": (arrays("F\n64", 8), "not a safetensors file"),
    "no arrays": (raw({}), "it lacks bias, weight"), "a name in two lines": (arrays("F64", 8, **{"a\nb": NOTHING}), r"it has 'a\nb'"),
    "a huge shape": (raw({"weight": {**NOTHING, "shape": [0, 2**62], "data_offsets": [0, 0]}}), "not a safetensors file"),
    "numbers that overlap": (raw({name: {**NOTHING, "shape": [1], "data_offsets": [0, 8]} for name in "ab"}, 8), "not a safetensors file"),
}  # fmt: skip


@pytest.mark.parametrize("name", FILES)
def test_files_that_are_no_models(tmp_path: Path, name: str) -> None:
    """What is not a safetensors file, or holds numbers of another kind, is refused in one line; the model is as it was."""
    content, message = FILES[name]
    (tmp_path / "m").write_bytes(content)
    assert message in refused(tmp_path / "m", Layer(1, 1))


def test_a_file_of_another_model(tmp_path: Path) -> None:
    """A file of other shapes or another class is refused in one line, and the model is as it was."""
    path = tmp_path / "m"
    save(MODEL, path)
    assert "has the shape" in refused(path, MLP(2, [3, 1]))
    for other in (MLP(2, [2, 2, 1]), MLP(2, [2, 1], bias=False), Layer(2, 2), Neuron(2), McCullochPitts(2, 0, 1)):
        assert "the state does not fit" in refused(path, other)


def test_what_cannot_be_saved_or_loaded(tmp_path: Path) -> None:
    """Missing files and folders raise OSError; what is no module or has no parameters left raises one line."""
    path, nothing, part = tmp_path / "m", tmp_path / "none", Neuron(2).frozen()
    calls: list[tuple[type[Exception], Callable[[], Any]]] = [
        (FileNotFoundError, lambda: load(nothing)),
        (FileNotFoundError, lambda: save(MODEL, nothing / "m")),
        (IsADirectoryError, lambda: load(tmp_path)),
        (IsADirectoryError, lambda: save(MODEL, tmp_path)),
        (ValueError, lambda: save(MODEL.frozen(), path)),
        (ValueError, lambda: save(Sequential(Layer(2, 2), part), path)),
        (TypeError, lambda: save(MLP, path)),  # type: ignore[arg-type]
        (TypeError, lambda: load(path, into=MLP)),  # type: ignore[call-overload]
    ]
    for error, call in calls:
        with pytest.raises(error, match=ONE_LINE):
            call()
    assert list(tmp_path.iterdir()) == []


class Full(io.FileIO):
    """A file on a disk that is full."""

    def write(self, content: Any) -> int:
        """Half of it."""
        super().write(content[: len(content) // 2])
        raise OSError(errno.ENOSPC, "No space left on device")


@pytest.mark.parametrize("error", [OSError(errno.EIO, "Input/output error"), KeyboardInterrupt(), MemoryError()])
def test_a_save_that_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    """Whatever fails while saving, the old file stays whole, and no other is left beside it."""
    path = tmp_path / "m"
    save(MODEL, path)
    before = path.read_bytes()

    def fail(*_: object) -> None:
        raise error

    for place, name, replacement in ((os, "fsync", fail), (os, "replace", fail), (files, "open", Full)):
        with monkeypatch.context() as patch:
            patch.setattr(place, name, replacement, raising=False)
            with pytest.raises((type(error), OSError)):
                save(MLP(2, [2, 1], seed=9), path)
        assert (path.read_bytes(), [*tmp_path.iterdir()]) == (before, [path])


@pytest.mark.unix
@pytest.mark.parametrize("name", ["SIGINT", "SIGKILL"])
def test_a_process_that_is_stopped_while_saving(tmp_path: Path, name: str, ctrl_c: None) -> None:
    """A process that ends in the middle of a save leaves the old file whole; one that is interrupted, nothing else."""
    path = tmp_path / "m"
    save(MODEL, path)
    code = """import os, sys, time; from autograd_lite.nn import MLP, save
os.fsync = lambda _: (print(flush=True), time.sleep(6000)); save(MLP(2, [2, 1], seed=9), sys.argv[1])"""
    with running([sys.executable, "-c", code, str(path)], stderr=subprocess.DEVNULL) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "\n"
        child.send_signal(signal.Signals[name])
        assert child.wait(600) != 0
    assert bits(load(path)) == bits(MODEL)
    assert len([*tmp_path.iterdir()]) == (1 if name == "SIGINT" else 2)
