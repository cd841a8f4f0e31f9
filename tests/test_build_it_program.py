"""Build it (L30) as a file: written with holes, judged hole by hole; whatever a program does is told, and harms nothing."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from built import filled

from autograd_lite.__main__ import main
from autograd_lite.lessons.building.judge import HOLES
from autograd_lite.lessons.building.program import attempt, holes, source, with_holes


@pytest.mark.parametrize("done", range(8))
def test_holes_are_filled_one_after_the_other(done: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With the first holes filled, the next one is said to be open, and those done are ticked."""
    file = tmp_path / "my_engine.py"
    file.write_text(filled(dict.fromkeys(range(done + 1, 9), "raise NotImplementedError")), encoding="utf-8")
    assert main(["lesson", "L30", "--file", str(file)]) == 1
    out = capsys.readouterr().out
    assert out.count("✓") == done
    assert f"→ {done + 1}  {HOLES[done].name}: nothing is written here yet" in out
    assert f"{done} of 8" in out


def test_the_file_begins_with_holes_and_is_never_overwritten(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The command writes a program with eight holes, each with its task; what is there already, it leaves as it is."""
    file = tmp_path / "my_engine.py"
    assert main(["lesson", "L30", "--file", str(file)]) == 0
    assert "is written" in capsys.readouterr().out
    text = file.read_text(encoding="utf-8")
    assert text == with_holes()
    assert text.count("raise NotImplementedError") == 8
    assert all(f"Hole {number}, " in text for number in range(1, 9))
    for first, last in holes().values():
        for line in source().splitlines()[first - 1 : last]:
            assert len(line) < 20 or line not in text.splitlines(), line
    for content in (text, "", "class Value: pass\n"):
        file.write_text(content, encoding="utf-8")
        assert main(["lesson", "L30", "--file", str(file)]) == 1
        assert file.read_text(encoding="utf-8") == content
    capsys.readouterr()
    assert [path.name for path in tmp_path.iterdir()] == ["my_engine.py"]


def test_a_program_that_asks_is_not_answered(tmp_path: Path) -> None:
    """What it reads is empty, here as in the process that judges it: nobody waits for a line that nobody types."""
    path = tmp_path / "asks.py"
    path.write_text(f"{source()}\ntry:\n    input('go?')\nexcept EOFError:\n    pass\n", encoding="utf-8")
    words, outcome = attempt(str(path), {})
    assert outcome is not None, words


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("import threading, time; threading.Thread(target=time.sleep, args=(60,)).start()", "thread"),
        ("import threading, time; threading.Thread(target=time.sleep, args=(60,), daemon=True).start()", ""),
        ("import threading, time; threading.Thread(target=time.sleep, args=(0.2,)).start()", ""),
        ("import sys; sys.stdout = None", ""),
        ("import os; os.chdir(os.sep)", ""),
    ],
)
def test_what_a_program_leaves_behind(line: str, words: str, tmp_path: Path) -> None:
    """A thread without an end, for which the command would wait, is told; no other folder, and no lost output, is left."""
    path = tmp_path / "leaves.py"
    path.write_text(f"{source()}\n{line}\n", encoding="utf-8")
    out, folder, threads = sys.stdout, Path.cwd(), {each for each in threading.enumerate() if not each.daemon}
    said, outcome = attempt(str(path), {})
    assert (outcome is None) == bool(words), said
    assert words in said
    assert (sys.stdout, Path.cwd()) == (out, folder)
    for each in {each for each in threading.enumerate() if not each.daemon} - threads:
        each.join(5.0)
        assert not each.is_alive()


def test_the_finished_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With all holes filled, the command trains XOR with the reader's engine, compares, draws its graph; so does the file itself."""
    file, picture = tmp_path / "my_engine.py", tmp_path / "mine.svg"
    file.write_text(source(), encoding="utf-8")
    assert main(["lesson", "L30", "seed=1", "--file", str(file), "--svg", str(picture)]) == 0
    out = capsys.readouterr().out
    assert "8 of 8" in out
    assert "seed = 1, with" in out
    assert out.count("✓") == 8 + 3
    assert "w¹₂₁" in picture.read_text(encoding="utf-8")
    assert [path.name for path in tmp_path.iterdir() if path.name not in {"my_engine.py", "mine.svg"}] == []
    done = subprocess.run([sys.executable, str(file)], capture_output=True, text=True, encoding="utf-8", timeout=60, env={**os.environ, "PYTHONUTF8": "1"})  # fmt: skip
    assert re.findall(r"learnt: (-?)0\.9", done.stdout) == ["-", "", "", "-"], done


UNREADABLE = [
    ("class Value\n    pass\n", "Python cannot read the file: expected ':' in line 1: 'class Value'"),
    ("x = (\n", "Python cannot read the file: '(' was never closed in line 1"),
    ("\0", "Python cannot read the file"),
    ("# -*- coding: no-such -*-\n", "Python cannot read the file"),
    ("x = 1\n\ny = 1 / 0\n", "ends with ZeroDivisionError in line 3 (<module>): division by zero"),
    ("import no_such_module\n", "ends with ModuleNotFoundError in line 1 (<module>): No module named 'no_such_module'"),
    ("import sys\nsys.exit()\n", "ends the whole program in line 2"),
    ("def f():\n    f()\n\nf()\n", "does not end: line 2 (f) calls itself"),
    ("x = 1\n", "there is no class Value in it"),
    ("Value = 1\n", "there is no class Value in it"),
    ("class Value:\n    pass\n", "Value() takes no arguments"),
    ("raise SystemError('\\x1b[31m')\n", "SystemError"),
]


@pytest.mark.parametrize(("text", "words"), UNREADABLE)
def test_what_cannot_be_run_is_told(text: str, words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Errors of syntax and exceptions are told in a sentence with their line, and never as Python's traceback."""
    file = tmp_path / "my_engine.py"
    file.write_text(text, encoding="utf-8")
    assert main(["lesson", "L30", "--file", str(file)]) == 1
    out, err = capsys.readouterr()
    assert words in out
    assert err == ""
    assert "Traceback" not in out
    assert "\x1b" not in out


SWALLOWED = "while True:\n    try:\n        while True:\n            pass\n    except:\n        pass"
UNENDING = {
    "at the top": filled({}) + "\nwhile True:\n    pass\n",
    "a bare except": filled({6: SWALLOWED}),
    "a finally": filled({7: "while True:\n    try:\n        while True:\n            pass\n    finally:\n        continue"}),
    "no line of Python": filled({4: "return sum(range(10**12))"}),
    "another thread": filled({6: "import threading\nt = threading.Thread(target=lambda: [0 for _ in iter(int, 1)])\nt.start()\nt.join()"}),
}  # fmt: skip


@pytest.mark.parametrize("text", UNENDING.values(), ids=UNENDING)
def test_what_does_not_end_is_ended(
    text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A program that never comes to its end is ended from outside, whatever it does, and told by the line where it was."""
    monkeypatch.setattr("autograd_lite.lessons.building.program.SECONDS", 2.0)
    file = tmp_path / "my_engine.py"
    file.write_text(text, encoding="utf-8")
    assert main(["lesson", "L30", "--file", str(file)]) == 1
    out, err = capsys.readouterr()
    found = re.search(r"it does not end: after 2 seconds it still runs in line (\d+)", out)
    assert found, out
    line = text.splitlines()[int(found[1]) - 1]
    assert any(part in line for part in ("while", "pass", "continue", "sum(", "iter(")), line
    assert err == ""


def test_a_program_that_stops_the_clock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a program has put off its end from within, the one from outside comes later, and says the same."""
    monkeypatch.setattr("autograd_lite.lessons.building.program.SECONDS", 0.5)
    path = tmp_path / "stops.py"
    path.write_text("import faulthandler\nfaulthandler.cancel_dump_traceback_later()\nwhile True:\n    pass\n", "utf-8")
    assert attempt(str(path), {}) == (f"{path}: it does not end: after 0.5 seconds it still runs", None)


VIOLENT = {
    "os._exit": ({6: "import os\nos._exit(0)"}, "it ends the whole program, and nothing could be judged"),
    "a crash": ({6: "import ctypes\nctypes.string_at(0)"}, "Python itself has crashed in line"),
    "exit": ({6: "exit()"}, r"the order of y ends the whole program in line \d+ \(order\)"),
    "input": ({6: "input()"}, "the order of y ends with EOFError in line"),
    "GeneratorExit": ({6: "raise GeneratorExit"}, "the order of y ends with GeneratorExit in line"),
    "no words": ({6: "class E(Exception):\n    def __str__(self):\n        raise ValueError\nraise E"}, r"ends with E in line \d+ \(order\)\n"),
    "too many words": ({6: "raise ValueError('x' * 10**6)"}, r"ends with ValueError in line \d+ \(order\): x{200}\n"),
    "an assertion": ({6: "assert False"}, r"ends with AssertionError in line \d+ \(order\)\n"),
    "a generator without an end": ({6: "while True:\n    yield self"}, "the order of y does not end: 1,000 Values have come, of 1"),
    "an iterator without an end": ({6: "import itertools\nreturn itertools.repeat(self)"}, "the order of y does not end: 1,000 Values"),
    "parents without an end": ({1: "import itertools\nself.data, self.grad, self.partials = data, 0.0, partials\nself.parents = itertools.count() if parents else ()"}, "among its parents is 0, which is no Value"),
    "all memory": ({6: "x = [0]\nwhile True:\n    x = x + x"}, r"the order of y ends with MemoryError in line \d+ \(order\)"),
    "no output": ({6: "import sys\nsys.stdout.close()\nreturn []"}, "y is left out"),
}  # fmt: skip


ELSEWHERE = {  # what other systems do not do
    "a crash": pytest.mark.unix,  # on Windows, ctypes makes an exception of it
    "all memory": pytest.mark.skipif(sys.platform != "linux", reason="only Linux keeps to a limit of memory"),
}


@pytest.mark.parametrize(
    ("bodies", "words"),
    [pytest.param(*case, marks=ELSEWHERE.get(name, ()), id=name) for name, case in VIOLENT.items()],
)
def test_whatever_a_program_does_is_told(
    bodies: dict[int, str], words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    """A program that ends, breaks or fills everything is told what it did; nothing of it reaches this process."""
    monkeypatch.setattr("autograd_lite.lessons.building.program.MEMORY", 1 << 30)
    file = tmp_path / "my_engine.py"
    file.write_text(filled(bodies), encoding="utf-8")
    assert main(["lesson", "L30", "--file", str(file)]) == 1
    out, err = capsys.readouterr()
    assert re.search(words, out), out
    assert (err, "Traceback" in out) == ("", False)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (filled({}) + "\nstep = 'x'\n", "step is 'x', expected a function"),
        (filled({}) + "\ndef odd(self, other):\n    raise ValueError\n\nValue.__sub__ = odd\n", "learning XOR ends with ValueError in line"),
        (filled({}) + "\ndef odd(self, other):\n    raise NotImplementedError\n\nValue.__sub__ = odd\n", r"line \d+ \(odd\) raises NotImplementedError"),
        ("raise NotImplementedError\n", "line 1 (<module>) raises NotImplementedError"),
    ],
)  # fmt: skip
def test_mistakes_outside_of_the_holes(
    text: str, words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What was given and has been changed is told in words as well."""
    file = tmp_path / "my_engine.py"
    file.write_text(text, encoding="utf-8")
    assert main(["lesson", "L30", "--file", str(file)]) == 1
    out, err = capsys.readouterr()
    assert words in out or re.search(words, out), out
    assert err == ""


def test_a_module_beside_the_program(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    """A program may import what lies in its own folder, as where Python runs it; what lies there hides nothing of ours."""
    (tmp_path / "beside.py").write_text("ONE = 1.0\n", encoding="utf-8")
    (tmp_path / "json.py").write_text("raise SystemError\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    Path("my_engine.py").write_text("from beside import ONE\n" + filled({}), encoding="utf-8")
    assert main(["lesson", "L30", "--file", "my_engine.py"]) == 0
    assert "8 of 8" in capsys.readouterr().out
    assert str(tmp_path) not in sys.path


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["L30", "--file", "engine.txt"], "ends in .py"),
        (["L30", "--file", "no/such/folder/engine.py"], "no such folder"),
        (["L01", "--file", "engine.py"], "--file is for L30"),
    ],
)
def test_what_the_command_refuses(words: list[str], says: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A name that no program has, a folder that is not there, and another lesson are refused in one line."""
    assert main(["lesson", *words]) == 2
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert says in err
