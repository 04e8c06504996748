"""Which adapter answers which operator of PyTorch's ``op_db``."""

from opinfo_adapters import normalising, pointwise, shaping, windows

__all__ = ["ADAPTERS", "ON_ENGINES"]

# By the operator's name and variant. `clamp` has only samples whose bounds are tensors;
# `hardtanh` and `relu6` judge `clip` in its place.
ADAPTERS = {
    **{(name, ""): pointwise.activation(name) for name in ("erf", "sigmoid", "tanh")},
    **{(name, ""): pointwise.softmax(name) for name in ("softmax", "log_softmax")},
}
_FUNCTIONAL = {
    "relu": pointwise.activation("relu"),
    "leaky_relu": pointwise.activation("leaky_relu", negative_slope="slope"),
    "elu": pointwise.activation("elu", alpha="alpha"),
    "celu": pointwise.activation("celu", alpha="alpha"),
    "selu": pointwise.activation("selu"),
    "gelu": pointwise.activation("gelu", approximate="approximate"),
    "silu": pointwise.activation("silu"),
    "mish": pointwise.activation("mish"),
    "softsign": pointwise.activation("softsign"),
    "hardsigmoid": pointwise.activation("hard_sigmoid"),
    "hardswish": pointwise.activation("hard_swish"),
    "hardtanh": pointwise.hardtanh,
    "relu6": pointwise.relu6,
    "softplus": pointwise.softplus,
    "logsigmoid": pointwise.logsigmoid,
    "prelu": pointwise.prelu,
    "dropout": pointwise.dropout,
    "linear": pointwise.linear,
    "cross_entropy": pointwise.cross_entropy,
    "binary_cross_entropy_with_logits": pointwise.binary_cross_entropy,
    "mse_loss": pointwise.regression_loss("mse_loss"),
    "huber_loss": pointwise.regression_loss("huber_loss"),
    "batch_norm": normalising.batch_norm,
    "instance_norm": normalising.instance_norm,
    "group_norm": normalising.group_norm,
    "layer_norm": normalising.layer_norm,
    "rms_norm": normalising.rms_norm,
    "local_response_norm": normalising.local_response_norm,
    "unfold": windows.unfold,
    "upsample_nearest": shaping.upsample_nearest,
    "upsample_bilinear": shaping.upsample_bilinear,
    "pixel_shuffle": shaping.pixel_shuffle,
    "pixel_unshuffle": shaping.pixel_unshuffle,
}
for _rank in (1, 2, 3):
    _FUNCTIONAL |= {
        f"conv{_rank}d": windows.conv(_rank),
        f"conv_transpose{_rank}d": windows.conv_transpose(_rank),
        f"max_pool{_rank}d": windows.max_pool(_rank),
        f"avg_pool{_rank}d": windows.avg_pool(_rank),
        f"adaptive_avg_pool{_rank}d": windows.adaptive_avg(_rank),
        f"adaptive_max_pool{_rank}d": windows.adaptive_max(_rank),
        f"max_unpool{_rank}d": windows.unpool(_rank),
    }
    ADAPTERS[f"nn.functional.max_unpool{_rank}d", "grad"] = windows.unpool(_rank)
ADAPTERS |= {(f"nn.functional.{name}", ""): adapter for name, adapter in _FUNCTIONAL.items()}
for _mode in ("constant", "reflect", "replicate", "circular"):
    ADAPTERS["nn.functional.pad", _mode] = shaping.pad
for _mode in ("nearest", "nearest-exact", "linear", "bilinear", "trilinear", "bicubic", "area"):
    ADAPTERS["nn.functional.interpolate", _mode] = shaping.interpolate

# What an engine computes: judged on each of them.
ON_ENGINES = [
    key
    for key in ADAPTERS
    if key[0].startswith(tuple(f"nn.functional.{n}_pool" for n in ("max", "avg")))
    or key[0].startswith("nn.functional.conv")
]
