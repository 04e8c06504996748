"""The names of DESIGN.md, section 3: which there are, how they are called, what they pull in."""

import inspect
import pydoc
import re
import subprocess
import sys

import pytest

import stridewise as sw

SIGNATURES = {
    "adaptive_avg_pool": "(x, output_size)",
    "adaptive_avg_pool_backward": "(grad_y, x, output_size)",
    "adaptive_max_pool": "(x, output_size)",
    "adaptive_max_pool_backward": "(grad_y, x, output_size, *, ties='first')",
    "adaptive_max_pool_with_indices": "(x, output_size)",
    "batch_norm": "(x, weight, bias, *, mean=None, variance=None, epsilon=1e-05)",
    "batch_norm_backward": "(grad_y, x, weight, *, mean=None, variance=None, epsilon=1e-05)",
    "binary_cross_entropy_with_logits": "(logits, targets)",
    "binary_cross_entropy_with_logits_backward": "(grad_y, logits, targets)",
    "celu": "(x, alpha=1.0)",
    "celu_backward": "(grad_y, x, alpha=1.0)",
    "clip": "(x, low=-inf, high=inf)",
    "clip_backward": "(grad_y, x, low=-inf, high=inf)",
    "cross_entropy": "(logits, labels, *, label_smoothing=0.0, ignore_label=None, weight=None)",
    "cross_entropy_backward": "(grad_y, logits, labels, *, label_smoothing=0.0, ignore_label=None, weight=None)",
    "depth_to_space": "(x, block, *, mode='DCR')",
    "depth_to_space_backward": "(grad_y, x, block, *, mode='DCR')",
    "dropout": "(x, rate=0.5, *, seed)",
    "dropout_backward": "(grad_y, x, rate=0.5, *, seed)",
    "elu": "(x, alpha=1.0)",
    "elu_backward": "(grad_y, x, alpha=1.0)",
    "engine_info": "()",
    "erf": "(x)",
    "erf_backward": "(grad_y, x)",
    "explain_conv1d": "(x_shape, weight_shape, *, stride=1, padding=0, dilation=1, groups=1, dtype='float32')",
    "explain_conv2d": "(x_shape, weight_shape, *, stride=1, padding=0, dilation=1, groups=1, dtype='float32')",
    "explain_conv3d": "(x_shape, weight_shape, *, stride=1, padding=0, dilation=1, groups=1, dtype='float32')",
    "fold": "(columns, output_size, kernel_size, *, stride=1, padding=0, dilation=1)",
    "fold_backward": "(grad_y, columns, output_size, kernel_size, *, stride=1, padding=0, dilation=1)",
    "gelu": "(x, approximate='none')",
    "gelu_backward": "(grad_y, x, approximate='none')",
    "get_num_threads": "()",
    "get_precision": "()",
    "global_avg_pool": "(x, *, keepdims=False)",
    "global_avg_pool_backward": "(grad_y, x, *, keepdims=False)",
    "global_max_pool": "(x, *, keepdims=False)",
    "global_max_pool_backward": "(grad_y, x, *, keepdims=False, ties='first')",
    "group_norm": "(x, weight, bias, *, groups, epsilon=1e-05)",
    "group_norm_backward": "(grad_y, x, weight, *, groups, epsilon=1e-05)",
    "hard_sigmoid": "(x, alpha=0.16666666666666666, beta=0.5)",
    "hard_sigmoid_backward": "(grad_y, x, alpha=0.16666666666666666, beta=0.5)",
    "hard_swish": "(x)",
    "hard_swish_backward": "(grad_y, x)",
    "huber_loss": "(y, target, delta=1.0)",
    "huber_loss_backward": "(grad_y, y, target, delta=1.0)",
    "instance_norm": "(x, weight, bias, *, epsilon=1e-05)",
    "instance_norm_backward": "(grad_y, x, weight, *, epsilon=1e-05)",
    "layer_norm": "(x, weight, bias, *, axis=-1, epsilon=1e-05)",
    "layer_norm_backward": "(grad_y, x, weight, *, axis=-1, epsilon=1e-05)",
    "leaky_relu": "(x, slope=0.01)",
    "leaky_relu_backward": "(grad_y, x, slope=0.01)",
    "linear": "(x, weight, bias=None)",
    "linear_backward": "(grad_y, x, weight)",
    "local_response_norm": "(x, size, *, alpha=0.0001, beta=0.75, k=1.0)",
    "local_response_norm_backward": "(grad_y, x, size, *, alpha=0.0001, beta=0.75, k=1.0)",
    "log_softmax": "(x, axis=-1)",
    "log_softmax_backward": "(grad_y, x, axis=-1)",
    "lp_pool": "(x, kernel_size, *, p=2, stride=None, padding=0, dilation=1, ceil_mode=False)",
    "lp_pool_backward": "(grad_y, x, kernel_size, *, p=2, stride=None, padding=0, dilation=1, ceil_mode=False)",
    "max_unpool": "(x, indices, kernel_size, *, stride=None, padding=0, output_size=None)",
    "max_unpool_backward": "(grad_y, x, indices, kernel_size, *, stride=None, padding=0, output_size=None)",
    "mish": "(x)",
    "mish_backward": "(grad_y, x)",
    "mse_loss": "(y, target)",
    "mse_loss_backward": "(grad_y, y, target)",
    "pad": "(x, widths, mode='constant', value=0.0)",
    "pad_backward": "(grad_y, x, widths, mode='constant', value=0.0)",
    "pixel_shuffle": "(x, upscale)",
    "pixel_shuffle_backward": "(grad_y, x, upscale)",
    "pixel_unshuffle": "(x, downscale)",
    "pixel_unshuffle_backward": "(grad_y, x, downscale)",
    "prelu": "(x, weight)",
    "prelu_backward": "(grad_y, x, weight)",
    "relu": "(x)",
    "relu_backward": "(grad_y, x)",
    "resize": "(x, size=None, *, scale=None, mode='nearest', coordinates='half_pixel', nearest='round_prefer_floor', cubic_coeff=-0.75, exclude_outside=False, extrapolation_value=0.0, antialias=False, roi=None)",
    "resize_backward": "(grad_y, x, size=None, *, scale=None, mode='nearest', coordinates='half_pixel', nearest='round_prefer_floor', cubic_coeff=-0.75, exclude_outside=False, extrapolation_value=0.0, antialias=False, roi=None)",
    "rms_norm": "(x, weight, *, axis=-1, epsilon=1e-05)",
    "rms_norm_backward": "(grad_y, x, weight, *, axis=-1, epsilon=1e-05)",
    "selu": "(x, alpha=1.6732632423543772, gamma=1.0507009873554805)",
    "selu_backward": "(grad_y, x, alpha=1.6732632423543772, gamma=1.0507009873554805)",
    "set_engine": "(name)",
    "set_num_threads": "(threads)",
    "set_precision": "(precision)",
    "sigmoid": "(x)",
    "sigmoid_backward": "(grad_y, x)",
    "silu": "(x)",
    "silu_backward": "(grad_y, x)",
    "softmax": "(x, axis=-1)",
    "softmax_backward": "(grad_y, x, axis=-1)",
    "softplus": "(x)",
    "softplus_backward": "(grad_y, x)",
    "softsign": "(x)",
    "softsign_backward": "(grad_y, x)",
    "space_to_depth": "(x, block, *, mode='DCR')",
    "space_to_depth_backward": "(grad_y, x, block, *, mode='DCR')",
    "tanh": "(x)",
    "tanh_backward": "(grad_y, x)",
    "thresholded_relu": "(x, alpha=1.0)",
    "thresholded_relu_backward": "(grad_y, x, alpha=1.0)",
    "unfold": "(x, kernel_size, *, stride=1, padding=0, dilation=1)",
    "unfold_backward": "(grad_y, x, kernel_size, *, stride=1, padding=0, dilation=1)",
    "use_engine": "(name)",
}
for _rank in ("1d", "2d", "3d"):
    SIGNATURES |= {
        f"avg_pool{_rank}": "(x, kernel_size, *, stride=None, padding=0, dilation=1, ceil_mode=False, count_include_pad=True)",
        f"avg_pool{_rank}_backward": "(grad_y, x, kernel_size, *, stride=None, padding=0, dilation=1, ceil_mode=False, count_include_pad=True)",
        f"conv{_rank}": "(x, weight, bias=None, *, stride=1, padding=0, dilation=1, groups=1)",
        f"conv{_rank}_backward": "(grad_y, x, weight, *, stride=1, padding=0, dilation=1, groups=1)",
        f"conv_transpose{_rank}": "(x, weight, bias=None, *, stride=1, padding=0, output_padding=0, dilation=1, groups=1)",
        f"conv_transpose{_rank}_backward": "(grad_y, x, weight, *, stride=1, padding=0, output_padding=0, dilation=1, groups=1)",
        f"deform_conv{_rank}": "(x, offset, weight, bias=None, mask=None, *, stride=1, padding=0, dilation=1, groups=1, offset_groups=1)",
        f"deform_conv{_rank}_backward": "(grad_y, x, offset, weight, mask=None, *, stride=1, padding=0, dilation=1, groups=1, offset_groups=1)",
        f"max_pool{_rank}": "(x, kernel_size, *, stride=None, padding=0, dilation=1, ceil_mode=False)",
        f"max_pool{_rank}_backward": "(grad_y, x, kernel_size, *, stride=None, padding=0, dilation=1, ceil_mode=False, ties='first')",
        f"max_pool{_rank}_with_indices": "(x, kernel_size, *, stride=None, padding=0, dilation=1, ceil_mode=False)",
    }
TYPES = {
    "Explanation": None,
    "BatchNormGradients": ("x", "weight", "bias"),
    "ConvGradients": ("x", "weight", "bias"),
    "DeformConvGradients": ("x", "offset", "weight", "bias", "mask"),
    "EngineInfo": None,
    "GroupNormGradients": ("x", "weight", "bias"),
    "InstanceNormGradients": ("x", "weight", "bias"),
    "LayerNormGradients": ("x", "weight", "bias"),
    "LinearGradients": ("x", "weight", "bias"),
    "MaxPooled": ("y", "indices"),
    "PReluGradients": ("x", "weight"),
    "RMSNormGradients": ("x", "weight"),
    "StridewiseError": None,
}


def bare(function):
    """The signature without annotations."""
    signature = inspect.signature(function)
    parameters = [p.replace(annotation=p.empty) for p in signature.parameters.values()]
    return str(signature.replace(parameters=parameters, return_annotation=signature.empty))


def test_these_names_and_no_others():
    assert sorted(sw.__all__) == sorted([*SIGNATURES, *TYPES])
    assert len(set(sw.__all__)) == len(sw.__all__)


@pytest.mark.parametrize("name", SIGNATURES)
def test_signature(name):
    function = getattr(sw, name)
    assert bare(function) == SIGNATURES[name]
    # For the readers that unwrap first: contextmanager is the only wrapper there is.
    assert inspect.unwrap(function) is function or name == "use_engine"


@pytest.mark.parametrize("name", SIGNATURES)
def test_help(name):
    function = getattr(sw, name)
    assert function.__name__ == function.__qualname__ == name
    page = pydoc.plain(pydoc.render_doc(function))
    assert f"{name}(" in page
    assert inspect.getdoc(function).splitlines()[0].endswith((".", ";", "``"))


SETTING = re.compile("engine|num_threads|precision")


@pytest.mark.parametrize("name", [name for name in SIGNATURES if not SETTING.search(name)])
def test_docstring(name):
    docstring = inspect.getdoc(getattr(sw, name))
    for title in ("Parameters", "Returns", "Examples"):
        assert f"\n{title}\n{'-' * len(title)}\n" in docstring
    parameters = docstring.split("Parameters\n")[1].split("Returns\n")[0]
    for parameter in inspect.signature(getattr(sw, name)).parameters:
        assert parameter in parameters


@pytest.mark.parametrize("name", TYPES)
def test_types(name):
    given = getattr(sw, name)
    assert inspect.isclass(given)
    assert given.__module__.startswith("stridewise.")
    assert given.__doc__.rstrip().endswith(".")


@pytest.mark.parametrize("name", [name for name in TYPES if TYPES[name]])
def test_named_tuples(name):
    assert getattr(sw, name)._fields == TYPES[name]


@pytest.mark.parametrize("name", [name for name in SIGNATURES if f"{name}_backward" in SIGNATURES])
def test_backward_takes_the_options_of_its_forward(name):
    forward = inspect.signature(getattr(sw, name)).parameters
    backward = inspect.signature(getattr(sw, f"{name}_backward")).parameters
    assert next(iter(backward)) == "grad_y"
    missing = {key for key in forward if key not in backward}
    assert missing <= {"bias"}  # whose gradient does not depend on it
    assert {key for key in backward if key not in forward} <= {"grad_y", "ties"}
    for key in forward.keys() & backward.keys():
        assert (forward[key].default, forward[key].kind) == (
            backward[key].default,
            backward[key].kind,
        )


def test_import_pulls_in_nothing_but_numpy():
    heavy = ["matplotlib", "h5py", "PIL", "typer", "rich", "jinja2", "safetensors"]
    heavy += ["numba", "onnx", "torch", "scipy"]
    code = f"import sys, stridewise; print([name for name in {heavy} if name in sys.modules])"
    run = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=True
    )
    assert run.stdout.strip() == "[]"
    assert run.stderr == ""


SUBPACKAGES = [
    *("datasets", "exchange", "explorer", "figures", "layers", "networks", "notebook", "testing"),
    *("traces", "training"),
]


def test_subpackages_come_when_they_are_first_used():
    code = f"""
import sys, stridewise as sw
early = [name for name in {SUBPACKAGES} if "stridewise." + name in sys.modules]
found = [getattr(sw, name).__name__ for name in {SUBPACKAGES}]
print(early, found == ["stridewise." + name for name in {SUBPACKAGES}])
"""
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.split() == ["[]", "True"]


def test_dir_and_a_name_that_does_not_exist():
    assert dir(sw) == sorted([*sw.__all__, *SUBPACKAGES])
    with pytest.raises(AttributeError, match="module 'stridewise' has no attribute 'conv4d'"):
        sw.conv4d  # noqa: B018
