"""Channels to space and back: by hand, place by place, and each the other's inverse."""

import itertools

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from stridewise import StridewiseError
from stridewise.blocks.depth_to_space import (
    depth_to_space,
    depth_to_space_backward,
    space_to_depth,
    space_to_depth_backward,
)
from stridewise.blocks.pixel_shuffle import (
    pixel_shuffle,
    pixel_shuffle_backward,
    pixel_unshuffle,
    pixel_unshuffle_backward,
)
from stridewise.testing import check_gradients

PROBLEMS = [
    ((2, 3, 8), 4, (4,)),
    ((2, 3, 4, 12), (2, 3), (2, 3)),
    ((3, 2, 5, 8), 2, (2, 2)),
    ((1, 2, 3, 2, 24), (3, 1, 2), (3, 1, 2)),
]
problems = pytest.mark.parametrize(("shape", "block", "blocks"), PROBLEMS)
modes = pytest.mark.parametrize("mode", ["DCR", "CRD"])


def test_a_position_of_eight_channels_by_hand():
    x = np.arange(8.0).reshape(1, 1, 1, 8)
    y = depth_to_space(x, 2)
    assert y[0, :, :, 0].tolist() == [[0, 2], [4, 6]]
    assert y[0, :, :, 1].tolist() == [[1, 3], [5, 7]]
    y = depth_to_space(x, 2, mode="CRD")
    assert y[0, :, :, 0].tolist() == [[0, 1], [2, 3]]
    assert y[0, :, :, 1].tolist() == [[4, 5], [6, 7]]
    assert_array_equal(pixel_shuffle(x, 2), y)


def test_an_image_of_two_by_four_by_hand():
    x = np.arange(8.0).reshape(1, 2, 4, 1)
    for y in (space_to_depth(x, 2), pixel_unshuffle(x, 2)):  # one channel: both orders are one
        assert y.tolist() == [[[[0, 1, 4, 5], [2, 3, 6, 7]]]]


@problems
@modes
def test_every_place(rng, shape, block, blocks, mode):
    x = rng.standard_normal(shape)
    y = depth_to_space(x, block, mode=mode)
    channels = shape[-1] // np.prod(blocks)
    seen = 0
    for places in itertools.product(*map(range, shape[1:-1])):
        for offsets in itertools.product(*map(range, blocks)):
            at = [p * b + i for p, b, i in zip(places, blocks, offsets, strict=True)]
            number = np.ravel_multi_index(offsets, blocks)
            for c in range(channels):
                k = number * channels + c if mode == "DCR" else c * np.prod(blocks) + number
                assert_array_equal(y[(slice(None), *at, c)], x[(slice(None), *places, k)])
                seen += shape[0]
    assert seen == x.size == y.size
    assert_array_equal(space_to_depth(y, block, mode=mode), x)


@problems
def test_pixel_shuffle_is_crd(rng, shape, block, blocks):
    x = rng.standard_normal(shape)
    y = pixel_shuffle(x, block)
    assert_array_equal(y, depth_to_space(x, block, mode="CRD"))
    assert_array_equal(pixel_unshuffle(y, block), x)
    assert_array_equal(pixel_shuffle_backward(y, x, block), x)
    assert_array_equal(pixel_unshuffle_backward(x, y, block), y)


@modes
def test_gradients(rng, mode):
    check_gradients(
        lambda x: depth_to_space(x, (1, 2), mode=mode),
        lambda grad_y, x: depth_to_space_backward(grad_y, x, (1, 2), mode=mode),
        [rng.standard_normal((2, 3, 1, 4))],
    )
    check_gradients(
        lambda x: space_to_depth(x, (3, 2), mode=mode),
        lambda grad_y, x: space_to_depth_backward(grad_y, x, (3, 2), mode=mode),
        [rng.standard_normal((1, 3, 4, 2))],
    )


@pytest.mark.parametrize(
    ("dtype", "result"), [("f2", "f2"), ("f4", "f4"), (">f8", "f8"), ("i4", "f8"), ("?", "f8")]
)
def test_dtypes(dtype, result):
    x = np.arange(8).astype(dtype).reshape(1, 2, 4)
    y = depth_to_space(x, 2)
    assert y.dtype == result
    assert_array_equal(y.ravel(), x.ravel())
    assert space_to_depth(x, 2).dtype == result
    assert depth_to_space_backward(y, x, 2).dtype == result
    assert space_to_depth_backward(np.zeros((1, 1, 8), dtype), x, 2).dtype == result


@modes
def test_the_result_is_always_new(mode):
    x = np.ones((1, 3, 1))
    for y in (depth_to_space(x, 1, mode=mode), space_to_depth(x, 3, mode=mode)):
        y[:] = 9
    depth_to_space_backward(x, x, 1, mode=mode)[:] = 9
    space_to_depth_backward(x, x, 1, mode=mode)[:] = 9
    assert (x == 1).all()


def test_strange_memory_gives_the_same(rng):
    x = rng.standard_normal((2, 4, 6, 4))
    for strange in (np.asfortranarray(x), x[:, ::-1].copy()[:, ::-1]):
        strange.flags.writeable = False
        assert_array_equal(pixel_shuffle(strange, 2), pixel_shuffle(x, 2))
        assert_array_equal(space_to_depth(strange, 2), space_to_depth(x, 2))


@modes
@pytest.mark.parametrize("shape", [(0, 2, 4, 8), (3, 2, 4, 0), (3, 0, 4, 8)])
def test_nothing_in_nothing_out(mode, shape):
    x = np.zeros(shape)
    y = depth_to_space(x, 2, mode=mode)
    assert y.shape == (shape[0], 2 * shape[1], 8, shape[-1] // 4)
    assert depth_to_space_backward(y, x, 2, mode=mode).shape == shape
    y = space_to_depth(x, 2, mode=mode)
    assert y.shape == (shape[0], shape[1] // 2, 2, shape[-1] * 4)
    assert space_to_depth_backward(y, x, 2, mode=mode).shape == shape


ZEROS = np.zeros((2, 4, 6, 8))


@pytest.mark.parametrize(
    "call",
    [
        depth_to_space,
        space_to_depth,
        lambda x, *rest, **options: depth_to_space_backward(x, x, *rest, **options),
        lambda x, *rest, **options: space_to_depth_backward(x, x, *rest, **options),
    ],
)
@pytest.mark.parametrize(
    ("x", "options", "kind", "message"),
    [
        (ZEROS, {"block": 2, "mode": "dcr"}, ValueError, "`mode` has an unknown(.|\n)*'DCR'"),
        (ZEROS, {"block": 0}, ValueError, "`block` is out of range"),
        (ZEROS, {"block": 2.0}, TypeError, "`block` is not an integer"),
        (ZEROS, {"block": (2, 2, 2)}, ValueError, "`block` has the wrong form"),
        (ZEROS, {"block": 5}, ValueError, "`x` does not divide into blocks"),
        (ZEROS[0, 0], {"block": 2}, ValueError, "`x` has the wrong number of axes"),
        (ZEROS.astype(complex), {"block": 2}, TypeError, "does not hold real numbers"),
    ],
)
def test_errors(call, x, options, kind, message):
    with pytest.raises(kind, match=message) as caught:
        call(x, **options)
    assert isinstance(caught.value, StridewiseError)


def test_grad_y_of_the_wrong_shape():
    with pytest.raises(ValueError, match=r"grad_y.shape=\(2, 8, 12, 2\)"):
        depth_to_space_backward(ZEROS, ZEROS, 2)
    with pytest.raises(ValueError, match=r"grad_y.shape=\(2, 2, 3, 32\)"):
        pixel_unshuffle_backward(ZEROS, ZEROS, 2)


@pytest.mark.parametrize(
    ("call", "size", "fits_not"),
    [(pixel_shuffle, "upscale", 3), (pixel_unshuffle, "downscale", 5)],
)
def test_errors_say_pixel_shuffle_and_its_option(call, size, fits_not):
    with pytest.raises(ValueError, match=rf"^{call.__name__}: `{size}` is out of range"):
        call(ZEROS, 0)
    words = rf"^{call.__name__}: `x` does not divide(.|\n)*{size}={fits_not}(.|\n)*another `{size}`"
    with pytest.raises(ValueError, match=words):
        call(ZEROS, fits_not)
    backward = {"upscale": pixel_shuffle_backward, "downscale": pixel_unshuffle_backward}[size]
    with pytest.raises(ValueError, match=rf"^{call.__name__}_backward: `{size}` is out of range"):
        backward(ZEROS, ZEROS, 0)
