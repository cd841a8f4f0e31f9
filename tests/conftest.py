"""How all tests are run: on how many processes and in which order, with which random examples, and with patience."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import register_random, settings
from xdist.scheduler import LoadScopeScheduling

from autograd_lite.engine.rng import generator, manual_seed
from autograd_lite.views.picture.digraph import Picture

# The same examples in every run, whoever runs it and wherever; `.ci/long` draws new ones, and tells their seed.
settings.register_profile("same", deadline=None, derandomize=True, database=None, max_examples=50)
settings.register_profile("long", deadline=None, derandomize=False, database=None, max_examples=500, print_blob=True)
settings.load_profile("same")

collect_ignore_glob = ["programs/engine_*.py"]  # programs of a process of their own, which find one another there
MOST_PROCESSES = 4  # each one collects all tests, which takes some seconds
ALONE = {  # tests that share nothing with the others of their file and take long, together or each
    "test_many_tame_programs_are_not_accused",
    "test_many_wild_programs_are_not_accused",
    "test_all_digits_on_a_fine_grid",
    "test_outputs_are_those_committed",
    "test_checkers_accept_the_programs_and_find_every_mistake",
    "test_in_pyodide",
}


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """One process for each core, within reason; no other one where a single file is asked for."""
    files = {argument.partition("::")[0] for argument in config.args}
    alone = len(files) == 1 and all(os.path.isfile(name) for name in files)
    return 0 if alone else min(os.cpu_count() or 1, MOST_PROCESSES)


def shares_nothing(name: str) -> bool:
    """Whether a test, by its name with its file and its parameters, is one of those that share nothing and take long."""
    return name.rpartition("::")[2].partition("[")[0] in ALONE


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """A process takes all tests of a file, which share a browser or the like, but those of ALONE one by one."""
    if config.getvalue("dist") != "loadscope":
        return None
    scheduler = LoadScopeScheduling(config, log)
    of_file = scheduler._split_scope
    scheduler._split_scope = lambda name: name if shares_nothing(name) else of_file(name)
    return scheduler


register_random(generator)  # Hypothesis starts it afresh for each example


def pytest_runtest_setup() -> None:
    """What a test draws without a seed does not depend on the tests before it."""
    manual_seed(0)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Tests that need what only Unix has are skipped on Windows; on several processes, what takes longest comes first.

    They need terminals, signals, permissions or programs to be run by their names, as Windows does not have them.
    """
    if hasattr(config, "workerinput"):  # so that at the end no process waits for another one
        items.sort(key=lambda item: not shares_nothing(item.nodeid))
    if sys.platform == "win32":
        for item in items:
            if item.get_closest_marker("unix"):
                item.add_marker(pytest.mark.skip(reason="needs what only Unix has"))


@pytest.fixture(scope="session")
def run_seed(pytestconfig: pytest.Config) -> str:
    """The seed that this run was given for random examples, for tests that draw theirs without Hypothesis."""
    return str(pytestconfig.getoption("--hypothesis-seed") or 0)


@pytest.fixture
def ctrl_c() -> Iterator[None]:
    """Programs that a test starts meanwhile obey Ctrl-C, also where this one was told to ignore it, as by nohup."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture(scope="session", autouse=True)
def time_limit() -> Iterator[float]:
    """No layout is given up because the machine is busy; the number is the limit that users have."""
    limit, Picture.time_limit = Picture.time_limit, 600.0
    yield limit
    Picture.time_limit = limit
