"""PyTorch's own samples as a judge: values, indices, gradients, and what must be refused.

``op_db`` has, for each operator, the inputs on which PyTorch tests itself. Each is translated to
ours by an adapter; a sample that asks for something we do not have is counted, with the reason.
"""

import collections
import functools

import numpy as np
import pytest
import torch
from opinfo_adapters.adapters import ADAPTERS, ON_ENGINES
from opinfo_adapters.differences import DIFFERENCES
from opinfo_adapters.page import PAGE, row
from opinfo_adapters.translation import OutOfScope

import stridewise as sw

pytestmark = [
    pytest.mark.judge,
    # PyTorch speaks of its own affairs.
    pytest.mark.filterwarnings("ignore:Using padding='same':UserWarning"),
    pytest.mark.filterwarnings("ignore:.*upsample.* is deprecated:UserWarning"),
]

# With oneDNN, torch 2.13.0 crashes on some float32 problems; without, on none.
torch.backends.mkldnn.enabled = False


@functools.cache
def operators():
    """Not imported before the tests run: it forbids the line above to every other module."""
    from torch.testing._internal.common_methods_invocations import op_db

    return {(op.name, op.variant_test_name): op for op in op_db}


# rtol, and atol for numbers as large as the largest; those of float32 are PyTorch's own.
TOLERANCES = {torch.float64: (1e-10, 1e-12), torch.float32: (1.3e-6, 1e-6)}
# Where PyTorch itself is less exact than that: its gradient of hardsigmoid is in float64 too a
# multiple of 1/6 in float32, and that of a layer of one element is not 0 but rounding noise.
LOOSER = {
    ("nn.functional.hardsigmoid", torch.float64): (1e-7, 0.0),
    ("nn.functional.layer_norm", torch.float32): (1.3e-6, 1e-4),
}


def name_of(key):
    return " ".join(key).strip()


def seeded(samples, *arguments, **options):
    torch.manual_seed(20240607)
    return list(samples(*arguments, **options))


def assert_close(mine, theirs, tolerance, what):
    theirs = theirs.detach().numpy()
    assert (mine.dtype, mine.shape) == (theirs.dtype, theirs.shape), what
    rtol, atol = tolerance
    atol *= max(1.0, float(np.abs(theirs[np.isfinite(theirs)]).max(initial=0)))
    np.testing.assert_allclose(mine, theirs, rtol=rtol, atol=atol, err_msg=what)


def differentiable(sample):
    everything = [sample.input, *sample.args, *sample.kwargs.values()]
    return [t for t in everything if isinstance(t, torch.Tensor) and t.requires_grad]


def compare(op, adapter, sample, dtype, counts, rng):
    tolerance = LOOSER.get((op.name, dtype), TOLERANCES[dtype])
    answer = adapter(sample.input, *sample.args, **sample.kwargs)
    theirs = op(sample.input, *sample.args, **sample.kwargs)
    what = f"{op.name}: {sample.summary()}"
    if answer.indices is not None:
        theirs, places = theirs
        np.testing.assert_array_equal(answer.indices, places.numpy(), err_msg=what)
    assert_close(answer.y, theirs, tolerance, what)
    counts["compared"] += 1
    wanted = differentiable(sample)
    if not wanted:
        return
    grad_y = rng.standard_normal(answer.y.shape).astype(answer.y.dtype)
    given = answer.backward(grad_y)
    grads = torch.autograd.grad(theirs, wanted, torch.tensor(grad_y), materialize_grads=True)
    for tensor, grad in zip(wanted, grads, strict=True):
        mine = [g for t, g in given if t is tensor]
        reasons = [reason for t, reason in answer.ungiven if t is tensor]
        assert len(mine) + len(reasons) == 1, f"{what}: no gradient, and no reason"
        for reason in reasons:
            counts["gradients_out_of_scope"][reason] += 1
        for each in mine:
            assert_close(each, grad, tolerance, f"{what}: gradient")
            counts["gradients"] += 1


def outcome(adapter, sample):
    """What becomes of a sample that PyTorch refuses; what we do not have cannot be accepted."""
    try:
        adapter(sample.input, *sample.args, **sample.kwargs)
    except sw.StridewiseError:
        return "refused"
    except OutOfScope:
        return "out of scope"
    return "accepted"


def meets(difference, op, error):
    shape = tuple(error.sample_input.input.shape)
    said = difference.op in op.name and difference.says in error.error_regex.replace("\\", "")
    return said and difference.shape in (None, shape)


def judge(key):
    """Count the samples of one operator, every one compared or out of scope for a reason."""
    op, adapter = operators()[key], ADAPTERS[key]
    counts = {"op": name_of(key), "samples": 0, "compared": 0, "gradients": 0}
    tallies = ("out_of_scope", "gradients_out_of_scope", "errors")
    counts |= {tally: collections.Counter() for tally in tallies}
    rng = np.random.default_rng(20240607)
    for dtype in TOLERANCES:
        for sample in seeded(op.sample_inputs, "cpu", dtype, requires_grad=op.supports_autograd):
            counts["samples"] += 1
            try:
                compare(op, adapter, sample, dtype, counts, rng)
            except OutOfScope as reason:
                counts["out_of_scope"][str(reason)] += 1
    errors = seeded(op.error_inputs, "cpu") if op.error_inputs_func else []
    for error in errors:
        sample, found = error.sample_input, outcome(adapter, error.sample_input)
        if any(meets(difference, op, error) for difference in DIFFERENCES):
            found = "accepted on purpose" if found == "accepted" else found
        assert found != "accepted", (
            f"{op.name} accepts {sample.summary()}, of which PyTorch says: {error.error_regex}"
        )
        counts["errors"][found] += 1
    assert counts["compared"] > 0
    assert row(counts) in PAGE.read_text(encoding="utf-8")  # docs/conformance.py writes it
    return counts | {tally: dict(counts[tally]) for tally in tallies}


@pytest.mark.parametrize("key", [key for key in ADAPTERS if key not in ON_ENGINES], ids=name_of)
def test_operator(key, record_property):
    record_property("opinfo", judge(key))


@pytest.mark.parametrize("key", ON_ENGINES, ids=name_of)
def test_operator_on_every_engine(key, engine, record_property):
    record_property("opinfo", judge(key) | {"engines": [engine]})


@pytest.mark.parametrize("difference", DIFFERENCES, ids=lambda d: f"{d.op}: {d.what}")
def test_difference_is_met(difference):
    met = [
        error
        for key, adapter in ADAPTERS.items()
        if (op := operators()[key]).error_inputs_func and difference.op in op.name
        for error in seeded(op.error_inputs, "cpu")
        if meets(difference, op, error) and outcome(adapter, error.sample_input) == "accepted"
    ]
    assert met, "PyTorch has no such sample, or we refuse it too"
