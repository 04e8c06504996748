"""The names of DESIGN.md, section 3: which there are, how they are called, what they pull in."""

import inspect
import pydoc
import subprocess
import sys

import pytest

import stridewise as sw

CONV = "stride=1, padding=0, dilation=1, groups=1)"
POOL = "stride=None, padding=0, dilation=1, ceil_mode=False"

SIGNATURES = {
    "batch_norm": "(x, weight, bias, *, mean=None, variance=None, epsilon=1e-05)",
    "batch_norm_backward": "(grad_y, x, weight, *, mean=None, variance=None, epsilon=1e-05)",
    "cross_entropy": "(logits, labels)",
    "cross_entropy_backward": "(grad_y, logits, labels)",
    "dropout": "(x, rate=0.5, *, seed)",
    "dropout_backward": "(grad_y, x, rate=0.5, *, seed)",
    "engine_info": "()",
    "global_avg_pool": "(x, *, keepdims=False)",
    "global_avg_pool_backward": "(grad_y, x, *, keepdims=False)",
    "global_max_pool": "(x, *, keepdims=False)",
    "global_max_pool_backward": "(grad_y, x, *, keepdims=False, ties='first')",
    "linear": "(x, weight, bias=None)",
    "linear_backward": "(grad_y, x, weight)",
    "pad": "(x, widths, mode='constant', value=0.0)",
    "pad_backward": "(grad_y, x, widths, mode='constant', value=0.0)",
    "relu": "(x)",
    "relu_backward": "(grad_y, x)",
    "set_engine": "(name)",
    "sigmoid": "(x)",
    "sigmoid_backward": "(grad_y, x)",
    "softmax": "(x, axis=-1)",
    "softmax_backward": "(grad_y, x, axis=-1)",
    "tanh": "(x)",
    "tanh_backward": "(grad_y, x)",
    "use_engine": "(name)",
}
for _rank in ("1d", "2d", "3d"):
    SIGNATURES |= {
        f"conv{_rank}": "(x, weight, bias=None, *, " + CONV,
        f"conv{_rank}_backward": "(grad_y, x, weight, *, " + CONV,
        f"max_pool{_rank}": f"(x, kernel_size, *, {POOL})",
        f"max_pool{_rank}_with_indices": f"(x, kernel_size, *, {POOL})",
        f"max_pool{_rank}_backward": f"(grad_y, x, kernel_size, *, {POOL}, ties='first')",
        f"avg_pool{_rank}": f"(x, kernel_size, *, {POOL}, count_include_pad=True)",
        f"avg_pool{_rank}_backward": f"(grad_y, x, kernel_size, *, {POOL}, count_include_pad=True)",
    }
TYPES = {
    "BatchNormGradients": ("x", "weight", "bias"),
    "ConvGradients": ("x", "weight", "bias"),
    "LinearGradients": ("x", "weight", "bias"),
    "MaxPooled": ("y", "indices"),
    "EngineInfo": None,
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


@pytest.mark.parametrize("name", [name for name in SIGNATURES if "engine" not in name])
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
    heavy += ["numba", "torch", "scipy"]
    code = f"import sys, stridewise; print([name for name in {heavy} if name in sys.modules])"
    run = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=True
    )
    assert run.stdout.strip() == "[]"
    assert run.stderr == ""


SUBPACKAGES = ["datasets", "layers", "networks", "notebook", "testing", "training"]


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
