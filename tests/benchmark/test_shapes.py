"""Tables of shapes: our own, and the user's."""

import pytest

from stridewise.benchmark.problem import ConvProblem, PoolProblem
from stridewise.benchmark.shapes import (
    CONV_COLUMNS,
    POOL_COLUMNS,
    own_shapes,
    read_shapes,
    select,
)
from stridewise.errors import DataError, OptionError


@pytest.fixture
def table(tmp_path):
    def write(*rows, columns=CONV_COLUMNS):
        path = tmp_path / "mine.tsv"
        lines = ["\t".join(columns), *("\t".join(map(str, row)) for row in rows)]
        path.write_text("\n".join(lines) + "\n")
        return path

    return write


def test_our_own():
    problems = own_shapes()
    assert len(problems) == len(set(problems)) > 100
    assert {problem.rank for problem in problems} == {1, 2, 3}
    first, *_, last = problems
    assert first == ConvProblem("resnet50", 1, (224, 224), (7, 7), (2, 2), (3, 3), 3, 64, (1, 1), 1)
    assert last == PoolProblem("pooling", 8, (28, 28), (3, 3), (1, 1), (1, 1), 192, "average")
    titles = [(problem.set, problem.title) for problem in problems]
    assert len(set(titles)) == len(titles)


def test_a_table_of_the_users(table):
    path = table(("mine", 3, "19x23", 6, 4, "1x7", 2, "0x3", "1x2", 2), ("# a comment",), ("",))
    assert read_shapes(path) == [
        ConvProblem("mine", 3, (19, 23), (1, 7), (2, 2), (0, 3), 6, 4, (1, 2), 2)
    ]


def test_a_table_of_poolings(table):
    path = table(("p", "max", 3, "19", 6, 2, 2, "same"), columns=POOL_COLUMNS)
    assert read_shapes(path) == [PoolProblem("p", 3, (19,), (2,), (2,), "same", 6, "max")]


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ((1, 2, 3), "line 2 has 3 fields"),
        (("a", "x", "9x9", 4, 4, 3, 1, 1, 1, 1), "line 2 is no problem"),
        (("a", 0, "9x9", 4, 4, 3, 1, 1, 1, 1), "0 is not positive"),
        (("a", 1, "9x9x9x9", 4, 4, 3, 1, 1, 1, 1), "at most three spatial axes"),
        (("a", 1, "9x9", 4, 4, 3, 1, 1, 1, 3), "groups does not divide the channels"),
        (("a", 1, "9x9", 4, 4, 12, 1, 1, 1, 1), "line 2 is no problem: `kernel_size` does not fit"),
        (("a", 1, "9x9", 4, 4, 3, 1, "sane", 1, 1), "line 2 is no problem"),
        (("a", 1, "9x9", 4, 4, "3x3x3", 1, 1, 1, 1), "no problem: `kernel_size` has the wrong"),
        (("a", 1, "9x9", 4, 4, 3, 0, 1, 1, 1), "no problem: `stride` is out of range"),
    ],
)
def test_rows_that_are_no_problem(table, row, problem):
    with pytest.raises(DataError, match=problem):
        read_shapes(table(row))


def test_an_unknown_pooling(table):
    with pytest.raises(DataError, match="pooling is max or average"):
        read_shapes(table(("p", "median", 3, "19", 6, 2, 2, 0), columns=POOL_COLUMNS))


def test_files_that_are_no_tables(table, tmp_path):
    with pytest.raises(DataError, match="does not name the columns"):
        read_shapes(table(columns=("a", "b")))
    with pytest.raises(DataError, match="it has no rows"):
        read_shapes(table())
    with pytest.raises(DataError, match="cannot be read"):
        read_shapes(tmp_path / "none.tsv")
    (tmp_path / "binary.tsv").write_bytes(b"\xff\xfe")
    with pytest.raises(DataError, match="cannot be read"):
        read_shapes(tmp_path / "binary.tsv")
    (tmp_path / "empty.tsv").write_text("")
    with pytest.raises(DataError, match="does not name the columns"):
        read_shapes(tmp_path / "empty.tsv")


def test_select():
    problems = own_shapes()
    chosen = select(problems, "alexnet")
    assert len(chosen) == 4
    assert {problem.set for problem in chosen} == {"alexnet"}
    with pytest.raises(OptionError, match=r"(?s)no set of that name.*'resnet50'"):
        select(problems, "resnet")
