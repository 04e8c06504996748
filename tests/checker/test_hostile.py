"""Programs that mean harm: each comes to a clear outcome, and the other calls go on.

They are kept as text, so that nothing can take one for a module and import it; none can do real
harm where the protection fails.
"""

import socket
from pathlib import Path

import numpy as np
import pytest

from stridewise.checker.sandbox import (
    Call,
    Died,
    Limits,
    Other,
    Raised,
    Returned,
    TimedOut,
    right_functions,
    run_calls,
)
from stridewise.checker.submissions import Source
from stridewise.notebook import convolution

_FOLDER = Path(__file__).parent / "hostile"
_FINE = Call("distribute_value", (2.0, (2, 2)))
_X = np.ones((1, 2, 2, 1))
_LIMITS = Limits(call_seconds=1.0, memory=512 * 1024**2)

OUTCOMES = {
    "changes_modes": "PermissionError",
    "closes_the_pipes": Died("it ended its own process (exit status 1)"),
    "connects": "PermissionError",
    "deletes_the_home": "FileNotFoundError",
    "endless_threads": "RuntimeError",
    "exits": Died("it ended its own process (exit status 0)"),
    "fills_the_disk": "OSError",
    "fork_bomb": "PermissionError",
    "forges_an_answer": Died("it wrote to the checker's pipe: the answer is to no question"),
    "imports_the_solution": Returned(Other("_Nothing")),
    "infinite_loop": TimedOut(),
    "looks_for_helpers": Returned(0),
    "memory_bomb": "MemoryError",
    "patches_numpy": Returned(True),
    "raises_a_trap": "Trap",
    "raises_system_exit": "SystemExit",
    "reads_the_solution": "FileNotFoundError",
    "recurses": "RecursionError",
    "returns_a_trap": Returned(Other("Trap")),
    "returns_too_much": Returned(Other("array, too large")),
    "segfault": Died("it read memory that is not its own (segmentation fault)"),
    "signals_its_parent": "PermissionError",
    "sleeps": TimedOut(),
    "starts_programs": "PermissionError",
    "writes_into_the_home": "FileNotFoundError",
    "writes_to_the_pipe": Died("it wrote to the checker's pipe: the message is too long"),
}
ON_FILES = {"changes_modes", "deletes_the_home", "reads_the_solution", "writes_into_the_home"}


def _run(name, argument=_X, pad=1):
    source = Source(f"{name}.py", (_FOLDER / f"{name}.txt").read_text(encoding="utf-8"))
    return run_calls(source, [_FINE, Call("zero_pad", (argument, pad)), _FINE], limits=_LIMITS)


def _same(outcome, expected):
    if isinstance(expected, str):
        return isinstance(outcome, Raised) and outcome.trouble.type == expected
    return outcome == expected


def _goes_on(ran):
    return all(np.array_equal(ran.outcomes[i].value, np.full((2, 2), 0.5)) for i in (0, 2))


@pytest.mark.parametrize("name", sorted(OUTCOMES.keys() - ON_FILES - {"connects"}))
def test_each_comes_to_a_clear_outcome_and_the_others_go_on(way, name):
    ran = _run(name)
    assert _same(ran.outcomes[1], OUTCOMES[name]), ran.outcomes[1]
    assert _goes_on(ran)


@pytest.mark.parametrize("name", sorted(ON_FILES - {"reads_the_solution"}))
def test_the_users_files_are_out_of_reach(way, name, tmp_path):
    marker = tmp_path / "marker"
    marker.write_text("here", encoding="utf-8")
    marker.chmod(0o600)
    ran = _run(name, str(tmp_path))
    assert _goes_on(ran)
    if "filesystem" in ran.protection:
        assert marker.read_text(encoding="utf-8") == "here"
        assert marker.stat().st_mode & 0o777 == 0o600
        assert isinstance(ran.outcomes[1], Raised)


def test_the_solution_is_out_of_reach(way):
    ran = _run("reads_the_solution", convolution.__file__)
    if "filesystem" in ran.protection:
        assert ran.outcomes[1].trouble.type in ("FileNotFoundError", "PermissionError")


def test_there_is_no_network(way):
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.1)
        ran = _run("connects", pad=server.getsockname()[1])
        assert _same(ran.outcomes[1], OUTCOMES["connects"])
        with pytest.raises(TimeoutError):
            server.accept()


def test_10_gb_of_prints_fill_nothing(way):
    ran = _run("prints_10_gb")
    assert isinstance(ran.outcomes[1], Returned | TimedOut)
    assert _goes_on(ran)


def test_memory_stays_bounded():
    text = """
import resource
def zero_pad():
    held = []
    try:
        while True:
            held.append(b"x" * 2**24)
    except MemoryError:
        return len(held), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
"""
    limits = Limits(call_seconds=20, memory=_LIMITS.memory)
    ran = run_calls(Source("greedy.py", text), [Call("zero_pad", ())], limits=limits)
    pieces, kilobytes = ran.outcomes[0].value
    assert 8 < pieces <= _LIMITS.memory / 2**24
    assert kilobytes <= _LIMITS.memory / 1024


def test_a_child_taken_over_can_say_no_more_than_a_value():
    ran = _run("patches_the_child")
    assert ran.outcomes[2] == Returned("passed")  # which is not the right number


def test_a_value_within_itself_ends_somewhere():
    outcome = _run("returns_itself").outcomes[1]
    assert str(outcome).count("list, too deep") == 1


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("exits_on_import", Died("it ended its own process (exit status 3)")),
        ("loops_on_import", TimedOut()),
    ],
)
def test_a_program_that_cannot_be_executed_is_the_outcome_of_every_call(way, name, expected):
    ran = _run(name)
    assert _same(ran.problem, expected)
    assert set(ran.outcomes) == {ran.problem}


def test_what_fails_at_the_top_costs_nothing_but_itself(way):
    ran = _run("raises_on_import")
    assert ran.problem is None
    assert _goes_on(ran)


def test_a_program_that_never_survives_is_given_up():
    source = Source("exits.py", (_FOLDER / "exits.txt").read_text(encoding="utf-8"))
    ways = [frozenset({name}) for name in right_functions.__all__ if name != "zero_pad"]
    calls = [Call("zero_pad", (_X, 1), {}, way) for way in ways for _ in range(2)]
    ran = run_calls(source, calls, limits=Limits(restarts=2))
    # Three ways were tried, each once.
    assert [str(each) for each in ran.outcomes].count(str(OUTCOMES["exits"])) == 6
    assert ran.outcomes[-1] == Died("it was not called: the program did not survive other calls")


def test_every_hostile_program_is_tried():
    elsewhere = {"exits_on_import", "loops_on_import", "raises_on_import"}
    elsewhere |= {"patches_the_child", "prints_10_gb", "returns_itself"}
    assert {each.stem for each in _FOLDER.iterdir()} == OUTCOMES.keys() | elsewhere
