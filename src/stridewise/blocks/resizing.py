"""Resizing images by interpolation, and its gradient."""

from __future__ import annotations

import math
from collections.abc import Sequence

from stridewise.arrays import Array, ArrayLike, finish, prepare, require_shape
from stridewise.axis_options import AXES, AxisInts, axis_ints, is_sequence, require_possible
from stridewise.blocks.axis_resizing import Roi, resize_axes, resize_axes_backward
from stridewise.blocks.interpolation import Coordinates, Interpolation, Nearest, ResizeMode
from stridewise.errors import OptionError, ShapeError, explain
from stridewise.options import require_number

__all__ = ["resize", "resize_backward", "resized_size"]


def resize(
    x: ArrayLike,
    size: AxisInts | None = None,
    *,
    scale: float | Sequence[float] | None = None,
    mode: ResizeMode = "nearest",
    coordinates: Coordinates = "half_pixel",
    nearest: Nearest = "round_prefer_floor",
    cubic_coeff: float = -0.75,
    exclude_outside: bool = False,
    extrapolation_value: float = 0.0,
    antialias: bool = False,
    roi: Roi | None = None,
) -> Array:
    """Enlarge or shrink images by interpolation.

    On one axis ``y[n, i, c] = Σ_j weight(j − place(i)) · x[n, j, c]``, where ``place(i)`` is
    where the new element ``i`` lies among the old ones; one axis after the other.

    Parameters
    ----------
    x : array, (N, *spatial, C)
        One to three spatial axes, channels last.
    size : int, or one int an axis
        The new size, in elements. Either ``size`` or ``scale`` is given.
    scale : float, or one float an axis
        New elements per old one: the new size is ``floor(size · scale)``.
    mode : "nearest", "linear" or "cubic"
        Take the nearest element, or mix the nearest two or four an axis.
    coordinates : str
        Where new elements lie; ``s`` is the scale, ``size`` old and ``out`` new elements.

        - "half_pixel": ``(i + 0.5) / s − 0.5``, as if elements were small squares
        - "half_pixel_symmetric": the same, about the middle where ``out`` was rounded down
        - "pytorch_half_pixel": the same, but 0 if ``out`` is 1
        - "align_corners": ``i · (size − 1) / (size · s − 1)``, first on first, last on last
        - "asymmetric": ``i / s``
        - "tf_half_pixel_for_nn": ``(i + 0.5) / s``
        - "tf_crop_and_resize": ``(start + i · (end − start) / (out − 1)) · (size − 1)``, the
          middle of the part if ``out`` is 1
    nearest : "round_prefer_floor", "round_prefer_ceil", "floor" or "ceil"
        Which element is the nearest: to which side halves, or all, are rounded.
    cubic_coeff : float
        The ``a`` of the cubic weight: −0.75 as in PyTorch, −0.5 as in TensorFlow.
    exclude_outside : bool
        Leave out elements beyond the border, and let the weights of the others add up to one;
        otherwise the outermost elements are repeated there.
    extrapolation_value : float
        What "tf_crop_and_resize" gives for places beyond the input.
    antialias : bool
        When shrinking, widen the weight so that every element counts.
    roi : one (start, end) an axis
        The part of each axis that "tf_crop_and_resize" looks at, from 0 (the first element) to
        1 (the last); by default all. Goes with ``size``.

    Returns
    -------
    array, (N, *size, C)

    Raises
    ------
    ShapeError
        If ``x`` has no spatial axes, or an empty one.
    OptionError, OptionTypeError
        If an option is out of range, not known or no number, or two do not go together.
    DtypeError
        If ``x`` does not hold real numbers.

    Notes
    -----
    Linear weights are ``max(1 − |d|, 0)``. With ``antialias`` they are of ``d · min(s, 1)``,
    scaled to add up to one. PyTorch's ``interpolate`` is "half_pixel", "align_corners", or
    "asymmetric" with "floor" for its "nearest"; its antialias excludes the outside, with a
    coefficient of −0.5. A NaN or infinity spoils what it is mixed into.

    References
    ----------
    R. Keys, "Cubic convolution interpolation for digital image processing", IEEE Trans. ASSP
    29(6), 1981, equation (4). ONNX: Resize, version 19; "tf_half_pixel_for_nn": version 11.

    Examples
    --------
    >>> x = np.array([10.0, 20.0]).reshape(1, 2, 1)
    >>> resize(x, 4, mode="linear").ravel()
    array([10. , 12.5, 17.5, 20. ])
    >>> resize(x, scale=2).ravel()
    array([10., 10., 20., 20.])
    """
    (x,), result = prepare("resize", x=x)
    how = Interpolation(
        mode, coordinates, nearest, cubic_coeff, exclude_outside, extrapolation_value, antialias
    )
    axes, sizes, scales = _checked("resize", x, size, scale, how, roi)
    y = resize_axes(x, axes, sizes, scales, how, roi=roi, operation="resize")
    return finish(y, result)


def resize_backward(
    grad_y: ArrayLike,
    x: ArrayLike,
    size: AxisInts | None = None,
    *,
    scale: float | Sequence[float] | None = None,
    mode: ResizeMode = "nearest",
    coordinates: Coordinates = "half_pixel",
    nearest: Nearest = "round_prefer_floor",
    cubic_coeff: float = -0.75,
    exclude_outside: bool = False,
    extrapolation_value: float = 0.0,
    antialias: bool = False,
    roi: Roi | None = None,
) -> Array:
    """Gradient of :func:`resize` by ``x``: each new element gives back to what it mixed.

    On one axis ``grad_x[n, j, c] = Σ_i weight(j − place(i)) · grad_y[n, i, c]``.

    Parameters
    ----------
    grad_y : array, (N, *size, C)
        Gradient of the loss by the output.
    x, size, scale, mode, coordinates, nearest, cubic_coeff, exclude_outside
        As they were given to :func:`resize`; of ``x`` only the shape and dtype matter.
    extrapolation_value, antialias, roi
        As they were given to :func:`resize`; of ``x`` only the shape and dtype matter.

    Returns
    -------
    array, (N, *spatial, C)

    Raises
    ------
    ShapeError, OptionError, OptionTypeError, DtypeError
        As in :func:`resize`; also if ``grad_y`` has not the shape of the output.

    Notes
    -----
    The gradient of a place beyond the input, which has the ``extrapolation_value``, is dropped.

    Examples
    --------
    >>> grad_y = np.array([1.0, 2.0, 3.0, 4.0]).reshape(1, 4, 1)
    >>> resize_backward(grad_y, np.zeros((1, 2, 1)), scale=2).ravel()
    array([3., 7.])
    """
    (grad, x), result = prepare("resize_backward", grad_y=grad_y, x=x)
    how = Interpolation(
        mode, coordinates, nearest, cubic_coeff, exclude_outside, extrapolation_value, antialias
    )
    axes, sizes, scales = _checked("resize_backward", x, size, scale, how, roi)
    shape = (x.shape[0], *sizes, x.shape[-1])
    because = "the shape of the output that `x` gives"
    require_shape("resize_backward", "grad_y", grad, shape, because)
    grad_x = resize_axes_backward(
        grad, x, axes, sizes, scales, how, roi=roi, operation="resize_backward"
    )
    return finish(grad_x, result)


def resized_size(
    operation: str,
    input_size: Sequence[int],
    size: AxisInts | None = None,
    scale: float | Sequence[float] | None = None,
) -> tuple[tuple[int, ...], tuple[float, ...] | None]:
    """Sizes and scales on the spatial axes, for the public forms of ``size`` and ``scale``.

    >>> resized_size("resize", (5, 4), scale=(0.7, 2))
    ((3, 8), (0.7, 2.0))
    """
    rank = len(input_size)
    if size is not None and scale is None:
        return axis_ints(operation, "size", size, rank, 1), None
    if size is not None or scale is None:
        raise _wrong(operation, "either `size` or `scale`", f"size={size!r}, scale={scale!r}")
    given = list(scale) if is_sequence(scale) else [scale] * rank  # type: ignore[arg-type]  # a sequence
    if len(given) != rank:
        raise _wrong(operation, f"one scale, or one an axis: {AXES[rank]}", f"scale={scale!r}")
    scales = tuple(require_number(operation, "scale", each) for each in given)
    wanted = [n * each for n, each in zip(input_size, scales, strict=True)]
    if not 1 <= min(wanted) <= max(wanted) < 2**31:
        raise _wrong(
            operation,
            "an output of 1 to 2**31 - 1 elements on each axis",
            f"scale={scale!r}, spatial size {tuple(input_size)}",
        )
    return tuple(map(math.floor, wanted)), scales


def _checked(
    operation: str,
    x: Array,
    size: AxisInts | None,
    scale: float | Sequence[float] | None,
    how: Interpolation,
    roi: Roi | None,
) -> tuple[range, tuple[int, ...], tuple[float, ...] | None]:
    if not 3 <= x.ndim <= 5 or 0 in x.shape[1:-1]:
        raise ShapeError(
            explain(
                operation,
                "`x` has no image to resize.",
                needed="a batch, one to three spatial axes that are not empty, and channels",
                received=f"x.shape={x.shape}",
                hint="x[None, ..., None] for one image of one channel",
            )
        )
    if roi is not None and (how.coordinates != "tf_crop_and_resize" or size is None):
        needed = "`roi` only with coordinates='tf_crop_and_resize', and with `size`"
        raise _wrong(operation, needed, f"coordinates={how.coordinates!r}, size={size!r}")
    sizes, scales = resized_size(operation, x.shape[1:-1], size, scale)
    require_possible(operation, sizes, f"size={size!r}, scale={scale!r}", "a smaller size")
    return range(1, x.ndim - 1), sizes, scales


def _wrong(operation: str, needed: str, received: str) -> OptionError:
    return OptionError(
        explain(
            operation,
            "the options do not go together.",
            needed=needed,
            received=received,
            hint="size=(64, 64) or scale=2",
        )
    )
