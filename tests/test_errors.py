"""Error classes and the four lines of their messages."""

import pickle

import pytest

from stridewise import errors
from stridewise.errors import StridewiseError, explain, missing_extra, nearest

BUILTIN_BASES = {
    "CheckpointError": ValueError,
    "DataError": ValueError,
    "DivergedError": ValueError,
    "DtypeError": TypeError,
    "EngineError": ValueError,
    "MissingExtraError": ImportError,
    "NetworkError": ValueError,
    "OptionError": ValueError,
    "OptionTypeError": TypeError,
    "RunError": ValueError,
    "ShapeError": ValueError,
}


@pytest.mark.parametrize(("name", "builtin"), BUILTIN_BASES.items())
def test_every_error_can_be_caught_as_ours_and_as_a_builtin(name, builtin):
    error = getattr(errors, name)
    assert issubclass(error, StridewiseError)
    assert issubclass(error, builtin)
    assert isinstance(pickle.loads(pickle.dumps(error("text"))), error)


def test_no_error_class_is_left_out_above():
    ours = {name for name in errors.__all__ if name.endswith("Error")}
    assert ours == {*BUILTIN_BASES, "StridewiseError"}


def test_a_message_has_four_lines():
    message = explain("conv2d", "what is wrong.", needed="this", received="that", hint="try it")
    assert message.split("\n") == [
        "conv2d: what is wrong.",
        "  needed:   this",
        "  received: that",
        "  try:      try it",
    ]


def test_a_message_has_four_lines_whatever_came():
    message = explain("pad", "no.", needed="a", received="x=array([[1],\n       [2]])", hint="b")
    assert message.splitlines()[2] == "  received: x=array([[1], [2]])"


@pytest.mark.parametrize(
    ("name", "suggestion"),
    [
        ("nunpy", "'numpy'"),
        ("loop", "'loops'"),
        ("zzz", "'numpy' or 'loops' or 'compiled'"),
        (None, "'numpy' or 'loops' or 'compiled'"),
        (3, "'numpy' or 'loops' or 'compiled'"),
    ],
)
def test_nearest_suggests_the_closest_or_all(name, suggestion):
    assert nearest(name, iter(["numpy", "loops", "compiled"])) == suggestion


def test_a_missing_extra_says_how_to_install_it():
    error = missing_extra("load_hdf5", "h5py", "data")
    assert isinstance(error, errors.MissingExtraError)
    assert str(error).startswith("load_hdf5: the package `h5py` is not installed.")
    assert str(error).endswith("pip install 'stridewise[data]'")
