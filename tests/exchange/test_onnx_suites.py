"""ONNX's own judges, run by its own runner: the node suite, and the cases that PyTorch made."""

import warnings

import pytest
from onnx.backend.test import BackendTest
from onnx.backend.test.loader import load_model_tests

from stridewise.errors import DataError
from stridewise.exchange.onnx import StridewiseBackend
from tests.exchange.networks import LIGHT
from tests.exchange.suites import DIFFERENCES, OUT_OF_SCOPE, SUITES, cases, counted

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # some references divide by zero on purpose
    IN_SCOPE = [case for case in cases() if case.reason is None]
    OUT = [case for case in cases() if case.reason is not None]
    RUNNER = {
        name: (test_class, name)
        for test_class in BackendTest(StridewiseBackend, __name__).test_cases.values()
        for name in dir(test_class)
        if name.startswith("test_") and name.endswith("_cpu")
    }


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("case", IN_SCOPE, ids=lambda case: case.name)
def test_case(case):
    test_class, name = RUNNER[f"{case.name}_cpu"]
    if case.name in DIFFERENCES:
        with pytest.raises(AssertionError, match=r"Mismatched elements: 2 / 192"):
            getattr(test_class(name), name)()
    else:
        getattr(test_class(name), name)()


@pytest.mark.parametrize("name", LIGHT)
def test_whole_network(name):
    """All weights are equal, as the files have them; test_networks draws some."""
    test_class, name = RUNNER[f"test_{name}_cpu"]
    getattr(test_class(name), name)()


@pytest.mark.parametrize("reason", sorted({case.reason for case in OUT}))
def test_what_is_out_of_scope_is_refused_on_loading(reason):
    names = {case.name for case in OUT if case.reason == reason}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = [test for suite in SUITES for test in load_model_tests(kind=suite)]
    models = [test.model for test in found if test.name in names and test.model is not None]
    for model in models:
        with pytest.raises(DataError, match=r"not supported|no tensor of numbers"):
            StridewiseBackend.prepare(model)


def test_every_reason_is_one_of_the_list(record_property):
    counts = counted()
    known = {*OUT_OF_SCOPE, "numbers of 4 and 8 bits, bfloat16, complex", "in scope"}
    assert {reason for count in counts.values() for reason in count} <= known
    for suite, count in counts.items():
        record_property("conformance", f"ONNX {suite}: {dict(count.most_common())}")


def test_the_pytorch_suites_are_in_scope_entirely():
    assert {c.suite for c in OUT} == {"node", "simple"}
    assert len([c for c in IN_SCOPE if c.suite.startswith("pytorch")]) == 82 + 35


@pytest.mark.parametrize(
    "operator",
    [
        *("Conv", "ConvTranspose", "DeformConv", "Col2Im", "MaxPool", "AveragePool", "LpPool"),
        *("GlobalAveragePool", "GlobalMaxPool", "MaxUnpool", "Pad", "Resize", "Gemm", "MatMul"),
        *("BatchNormalization", "InstanceNormalization", "GroupNormalization", "LRN", "Relu"),
        *("LayerNormalization", "RMSNormalization", "LeakyRelu", "PRelu", "Elu", "Selu", "Celu"),
        *("Gelu", "Mish", "Sigmoid", "HardSigmoid", "HardSwish", "Softplus", "Softmax", "Tanh"),
        *("LogSoftmax", "Clip", "Flatten", "Dropout", "DepthToSpace", "SpaceToDepth", "Concat"),
        *("Reshape", "Transpose", "ReduceMean", "Slice", "Split", "Squeeze", "Unsqueeze"),
    ],
)
def test_every_case_of_these_operators_is_in_scope(operator):
    own = [case for case in cases() if case.operators == (operator,)]
    assert own
    strange = [
        c.name for c in own if c.reason not in (None, "numbers of 4 and 8 bits, bfloat16, complex")
    ]
    assert strange == []
