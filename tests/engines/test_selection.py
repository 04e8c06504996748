"""Which engine is in use: asked for, refused, nested, threaded, and taken back."""

import sys
import threading
from types import ModuleType

import numpy as np
import pytest

from stridewise.blocks.convolution import conv1d
from stridewise.engines import current_engine, engine_info, selection, set_engine, use_engine
from stridewise.engines.protocol import Engine
from stridewise.errors import EngineError

ASK = {"use_engine": use_engine, "set_engine": set_engine}


@pytest.fixture(autouse=True)
def _nothing_chosen(monkeypatch):
    """No environment variable, nothing set; what a test sets is taken back."""
    monkeypatch.delenv("STRIDEWISE_ENGINE", raising=False)
    monkeypatch.setattr(selection, "_chosen_by_set", None)


@pytest.fixture
def pretend(monkeypatch):
    """Pretend that "compiled" is a module of the given source, or is not there."""

    def pretend(finder):
        monkeypatch.setitem(selection._MODULES, "compiled", "stridewise.engines.compiled")
        for name in list(sys.modules):
            if name.startswith("stridewise.engines.compiled"):
                monkeypatch.delitem(sys.modules, name)
        monkeypatch.setattr(sys, "meta_path", [finder, *sys.meta_path])
        selection._why_missing.cache_clear()

    yield pretend
    selection._why_missing.cache_clear()


class Absent:
    """A finder that fails where the compiled engine is looked for."""

    def __init__(self, error):
        self.error = error

    def find_spec(self, name, path=None, target=None):
        if name == "stridewise.engines.compiled":
            raise self.error


@pytest.mark.parametrize("ask", ASK)
@pytest.mark.parametrize(
    ("name", "suggestion"),
    [("nunpy", "'numpy'"), ("Loops", "'loops'"), ("NUMPY ", "'numpy'|'loops'")],
)
def test_a_wrong_name_is_refused_with_the_nearest(ask, name, suggestion):
    before = engine_info()
    message = (
        rf"(?s)^{ask}: there is no engine of that name.*received: '{name}'.*try:.*({suggestion})"
    )
    with pytest.raises(EngineError, match=message):
        ASK[ask](name)
    assert engine_info() == before


@pytest.mark.parametrize("name", [3, b"numpy", ["numpy"], True, ""])
@pytest.mark.parametrize("ask", ASK)
def test_what_is_no_name_is_refused(ask, name):
    with pytest.raises(EngineError, match=rf"(?s)^{ask}: there is no engine.*'numpy'.*'loops'"):
        ASK[ask](name)


def test_use_engine_needs_a_name_and_set_engine_takes_none_as_back():
    with pytest.raises(EngineError, match="received: None"):
        use_engine(None)
    set_engine("loops")
    set_engine(None)
    assert engine_info().chosen_by == "default"


@pytest.mark.parametrize("name", engine_info().available)
def test_every_engine_can_be_chosen_in_each_way(name, monkeypatch):
    with use_engine(name):
        assert (engine_info().in_use, engine_info().chosen_by) == (name, "use_engine")
    set_engine(name)
    assert (engine_info().in_use, engine_info().chosen_by) == (name, "set_engine")
    set_engine(None)
    monkeypatch.setenv("STRIDEWISE_ENGINE", name)
    assert (engine_info().in_use, engine_info().chosen_by) == (name, "STRIDEWISE_ENGINE")


def test_the_default_is_the_fastest_there_is():
    info = engine_info()
    assert (info.in_use, info.chosen_by) == (info.available[0], "default")
    assert info.available[-2:] == ("numpy", "loops")


def test_the_innermost_choice_wins(monkeypatch):
    monkeypatch.setenv("STRIDEWISE_ENGINE", "loops")
    set_engine("numpy")
    assert engine_info().in_use == "numpy"
    with use_engine("loops"):
        assert engine_info().in_use == "loops"
        with use_engine("numpy"):
            assert engine_info().in_use == "numpy"
        assert engine_info().in_use == "loops"
        set_engine("numpy")
        assert engine_info().in_use == "loops"
    assert engine_info().in_use == "numpy"


def test_an_exception_takes_the_choice_back():
    before, inside = engine_info(), []

    def fail():
        with use_engine("loops"):
            inside.append(engine_info().in_use)
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert inside == ["loops"]
    assert engine_info() == before


def test_a_refused_name_inside_a_block_leaves_the_block_as_it_was():
    with use_engine("loops"):
        with pytest.raises(EngineError, match="no engine"):
            use_engine("lops")
        assert engine_info().in_use == "loops"


def test_threads_choose_each_for_itself():
    barrier = threading.Barrier(2, timeout=20)
    seen = {}

    def work(name):
        with use_engine(name):
            barrier.wait()  # both are inside their block now
            seen[name] = engine_info().in_use
            barrier.wait()

    threads = [threading.Thread(target=work, args=(name,)) for name in ("loops", "numpy")]
    with use_engine("loops"):
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert seen == {"loops": "loops", "numpy": "numpy"}


def test_set_engine_is_for_all_threads_and_use_engine_for_one():
    set_engine("loops")
    seen = []
    with use_engine("numpy"):
        thread = threading.Thread(target=lambda: seen.append(engine_info().in_use))
        thread.start()
        thread.join()
    assert seen == ["loops"]


def test_a_wrong_environment_is_refused_at_the_first_operation(monkeypatch):
    monkeypatch.setenv("STRIDEWISE_ENGINE", "nunpy")
    message = r"(?s)^STRIDEWISE_ENGINE: there is no engine of that name.*try:      'numpy'"
    with pytest.raises(EngineError, match=message):
        conv1d([[[1.0]]], [[[1.0]]])
    with use_engine("loops"):
        assert conv1d([[[2.0]]], [[[3.0]]]).item() == 6.0


def test_an_empty_environment_variable_is_none(monkeypatch):
    monkeypatch.setenv("STRIDEWISE_ENGINE", "")
    assert engine_info().chosen_by == "default"


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (
            ModuleNotFoundError("llvmlite", name="llvmlite"),
            r"it needs the package llvmlite: pip install 'stridewise\[fast\]'",
        ),
        (OSError("no libllvmlite.so"), "it cannot be loaded: no libllvmlite.so"),
    ],
)
def test_an_engine_that_is_not_there_says_why(pretend, monkeypatch, error, reason):
    pretend(Absent(error))
    for ask in ASK:
        problem = f"{ask}: the engine 'compiled' is not available"
        with pytest.raises(EngineError, match=rf"(?s)^{problem}.*received: 'compiled': {reason}"):
            ASK[ask]("compiled")
    info = engine_info()
    assert info.available == ("numpy", "loops")
    assert info.in_use == "numpy"
    assert list(info.missing) == ["compiled"]
    assert f"compiled: not available, {info.missing['compiled']}" in str(info)
    monkeypatch.setenv("STRIDEWISE_ENGINE", "compiled")
    with pytest.raises(EngineError, match=r"^STRIDEWISE_ENGINE: the engine 'compiled' is not"):
        current_engine()


def test_a_new_engine_is_one_line(monkeypatch):
    module = ModuleType("engine_of_this_test")
    module.conv = lambda x, weight, bias, spec: np.full((1, 1, 1), 42.0)
    monkeypatch.setitem(sys.modules, module.__name__, module)
    monkeypatch.setitem(selection._MODULES, "of_this_test", module.__name__)
    assert "of_this_test" in engine_info().available
    with use_engine("of_this_test"):
        assert current_engine() is module
        assert conv1d([[[1.0]]], [[[1.0]]]).item() == 42.0


def test_engine_info_as_text():
    with use_engine("loops"):
        lines = str(engine_info()).splitlines()
    assert lines[0] == "engine in use: loops (chosen by use_engine)"
    assert {"  numpy: available", "  loops: available"} <= set(lines)
    assert len(lines) == 4


def test_every_engine_has_the_functions_of_the_protocol(engine):
    names = {name for name in vars(Engine) if not name.startswith("_")}
    assert {"conv_grad_x", "max_pool_grad", "normalise_grad", "explain"} <= names
    assert names == set(current_engine().__all__)
