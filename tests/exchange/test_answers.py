"""What a network answers: asked for, told in short, kept in a file."""

import numpy as np
import pytest

from stridewise.errors import DataError, RunError, ShapeError
from stridewise.exchange.answers import (
    ask,
    is_distribution,
    largest,
    require_free,
    summarised,
    vector_of,
    write_answers,
)
from stridewise.layers import Activation, Flatten
from stridewise.networks import Graph


def test_asking_several_outputs_and_failing():
    graph = Graph(
        {"x": (None, 6, 3)},
        [("a", Activation("tanh"), ("x",)), ("b", Flatten(), ("a",))],
        ["a", "b"],
    )
    x = np.ones((1, 4, 6, 3), np.float32)
    assert [y.shape for y in ask(graph, x, "a.png")] == [(1, 4, 6, 3), (1, 72)]
    with pytest.raises(ShapeError, match=r"(?s)on this image.*'a.png', brought to \(4, 5, 3\)"):
        ask(graph, x[:, :, :5], "a.png")


def test_too_little_memory(monkeypatch):
    graph = Graph({"x": (4, 6, 3)}, [("y", Activation("tanh"), ("x",))], ["y"])

    def predict(x):
        raise MemoryError("Unable to allocate 9 TiB")

    monkeypatch.setattr(graph, "predict", predict)
    with pytest.raises(DataError, match=r"(?s)not enough memory.*9 TiB.*a smaller size"):
        ask(graph, np.ones((1, 4, 6, 3), np.float32), "a.png")


@pytest.mark.parametrize(
    "shape", [(1, 5), (5,), (1, 1, 1, 5), (1, 5, 1, 1), (1, 1), (1,), (), (1, 1, 1)]
)
def test_vectors(shape):
    y = np.arange(np.prod(shape, dtype=int), dtype=np.float32).reshape(shape)
    vector = vector_of(y)
    assert vector.dtype == np.float64
    np.testing.assert_array_equal(vector, np.arange(y.size))


@pytest.mark.parametrize("shape", [(2, 5), (1, 3, 1, 5), (1, 2, 2, 1), (1, 0), (0,), (0, 7)])
def test_what_is_no_vector(shape):
    assert vector_of(np.ones(shape)) is None


def test_largest():
    assert largest(np.array([2.0, np.nan, 5.0, 5.0, -np.inf]), 9) == [2, 3, 0, 4, 1]
    assert largest(np.array([2.0, 3.0]), 1) == [1]


def test_distributions():
    assert is_distribution(np.array([0.1, 0.9]))
    assert not is_distribution(np.array([0.1, 0.8]))
    assert not is_distribution(np.array([1.5, -0.5]))
    assert not is_distribution(np.array([np.nan, 1.0]))


def test_summaries():
    assert summarised(np.array([[True, False]])) == ((1, 2), 0.0, 0.5, 1.0)
    assert summarised(np.zeros((0, 7))) == ((0, 7), None, None, None)
    assert np.isnan(summarised(np.array([np.inf, -np.inf])).mean)


def test_answers_come_back_from_the_file(tmp_path):
    same, other = [np.full((1, 2, 3), n, np.float32) for n in (1, 2)], [np.ones(2), np.ones(3)]
    rows = [np.full((2, 4), n) for n in (1, 2)]
    outputs = [
        ("file", same),
        ("files", rows),
        ("a/b", other),
        ("../up", same),
        ("/root", same),
        ("\0", [np.array(True)] * 2),
        ("file", same),
    ]
    written = write_answers(tmp_path / "out.npz", ["x.png", "[é].png"], outputs)
    with np.load(tmp_path / "out.npz") as archive:
        found = dict(archive)
    assert written == {name: array.shape for name, array in found.items()}
    assert [*found] == [
        *("files", "file", "files_", "a/b_0", "a/b_1"),
        *("output", "output_", "output__", "file_"),
    ]
    assert [*found["files"]] == ["x.png", "[é].png"]
    np.testing.assert_array_equal(found["file"], np.concatenate(same))
    assert found["file"].dtype == np.float32
    np.testing.assert_array_equal(found["files_"], np.stack(rows))
    assert [found[name].shape for name in ("a/b_0", "a/b_1", "output__")] == [(2,), (3,), (2,)]
    assert [path.name for path in tmp_path.iterdir()] == ["out.npz"]


def test_nothing_is_overwritten(tmp_path):
    for name in ("out.npz", "out-2.npz"):
        (tmp_path / name).write_text("precious")
    (tmp_path / "link.npz").symlink_to("nowhere")
    with pytest.raises(RunError, match=r"(?s)exists already.*out\.npz.*out-3\.npz"):
        write_answers(tmp_path / "out.npz", ["a"], [("y", [np.ones(2)])])
    for name in ("link.npz", "."):
        with pytest.raises(RunError, match="exists already"):
            require_free(tmp_path / name)
    for name in ("no/out.npz", "out.npz/x.npz"):
        with pytest.raises(RunError, match=r"(?s)no folder for the file.*make the folder first"):
            require_free(tmp_path / name)
    require_free(tmp_path / "new.npz")
    assert (tmp_path / "out.npz").read_text() == "precious"
