"""Which check takes which problems."""

from fuzz import convolutions, images, poolings, unfolding
from fuzz.problems import integers, shapes, windows
from hypothesis import strategies as st

__all__ = ["OPERATIONS"]


def _outputs(draw, size, C):
    """Windows to be had, and how they may be asked for: None keeps a size."""
    outputs = integers(draw, len(size), 1, 6)
    asked = tuple(
        None if out == n and draw(st.booleans()) else out
        for out, n in zip(outputs, size, strict=True)
    )
    return {"outputs": outputs, "asked": asked, "ties": draw(st.booleans())}


def _frame(draw, size, C):
    mode = draw(st.sampled_from(["constant", "reflect", "edge", "wrap"]))
    widths = tuple(integers(draw, 2, 0, 5) for _ in size)
    return {"widths": widths, "mode": mode, "value": draw(st.integers(-3, 3)) / 2}


def _interpolation(draw, size, C):
    cubic = len(size) == 2 and draw(st.booleans())
    linear = len(size) > 1 and draw(st.booleans())
    return {
        "size": integers(draw, len(size), 1, 9),
        "mode": "cubic" if cubic else "linear" if linear else "nearest",
        "coordinates": draw(
            st.sampled_from(["half_pixel", "pytorch_half_pixel", "align_corners", "asymmetric"])
        ),
        "nearest": draw(
            st.sampled_from(["round_prefer_floor", "round_prefer_ceil", "floor", "ceil"])
        ),
        "cubic_coeff": draw(st.sampled_from([-0.75, -0.5])),
        "exclude_outside": cubic and draw(st.booleans()),
    }


def _epsilon(draw, size, C):
    return {"epsilon": draw(st.sampled_from([1e-2, 0.1, 1.0]))}


def _grouped(draw, size, C):
    groups = [n for n in range(1, C + 1) if C % n == 0]
    return _epsilon(draw, size, C) | {"groups": draw(st.sampled_from(groups))}


def _from_axis(draw, size, C):
    return _epsilon(draw, size, C) | {"axis": draw(st.integers(1, len(size) + 1))}


def _neighbours(draw, size, C):
    numbers = {"alpha": draw(st.integers(0, 4)) / 2, "beta": draw(st.integers(1, 4)) / 4}
    return {"size": draw(st.integers(1, 8)), "k": draw(st.integers(1, 4)) / 2, **numbers}


OPERATIONS = {
    "conv": (windows(), convolutions.check_conv),
    "conv_transpose": (windows(), convolutions.check_conv_transpose),
    "deform_conv": (windows(), convolutions.check_deform_conv),
    "max_pool": (windows(pooling=True), poolings.check_max_pool),
    "avg_pool": (windows(pooling=True, dilated=False), poolings.check_avg_pool),
    "lp_pool": (windows(pooling=True), poolings.check_lp_pool),
    "adaptive_avg_pool": (shapes(_outputs), poolings.check_adaptive_avg_pool),
    "adaptive_max_pool": (shapes(_outputs), poolings.check_adaptive_max_pool),
    "max_unpool": (windows(pooling=True, dilated=False), poolings.check_max_unpool),
    "unfold": (windows(), unfolding.check_unfold),
    "fold": (windows(), unfolding.check_fold),
    "pad": (shapes(_frame), images.check_pad),
    "resize": (shapes(_interpolation), images.check_resize),
    "global_pools": (shapes(), images.check_global_avg_pool),
    "batch_norm": (shapes(_epsilon, least_n=1), images.check_batch_norm),
    "instance_norm": (shapes(_epsilon), images.check_instance_norm),
    "group_norm": (shapes(_grouped), images.check_group_norm),
    "layer_norm": (shapes(_from_axis), images.check_layer_norm),
    "rms_norm": (shapes(_from_axis), images.check_rms_norm),
    "local_response_norm": (shapes(_neighbours), images.check_local_response_norm),
}
