"""ONNX's own cases: which there are, and which of them are out of scope, by operator and type."""

import functools
from collections import Counter
from typing import NamedTuple

import onnx
from onnx import TensorProto
from onnx.backend.test.loader import load_model_tests

from stridewise.exchange.onnx.operators import TRANSLATORS
from stridewise.exchange.onnx.reading import element_type

SUITES = ("node", "pytorch-converted", "pytorch-operator", "simple")

# Every operator of the suites that is not translated, and why not.
OUT_OF_SCOPE = {
    "attention and language models": (
        *("Attention", "CausalConvWithState", "FlexAttention", "LinearAttention"),
        *("RotaryEmbedding", "SwiGLU", "TensorScatter"),
    ),
    "recurrent networks": ("GRU", "LSTM", "RNN"),
    "control flow": ("If", "Loop", "Scan"),
    "sequences and optional values": (
        *("ConcatFromSequence", "OptionalGetElement", "OptionalHasElement", "SequenceAt"),
        *("SequenceConstruct", "SequenceEmpty", "SequenceErase", "SequenceInsert"),
        *("SequenceLength", "SequenceMap", "SplitToSequence"),
    ),
    "strings": (
        *("RegexFullMatch", "StringConcat", "StringNormalizer", "StringSplit"),
        "TfIdfVectorizer",
    ),
    "training, and losses as operators": (
        *("Adagrad", "Adam", "Gradient", "Momentum", "NegativeLogLikelihoodLoss"),
        "SoftmaxCrossEntropyLoss",
    ),
    "quantised arithmetic": (
        *("ConvInteger", "DequantizeLinear", "DynamicQuantizeLinear", "MatMulInteger"),
        *("QLinearConv", "QLinearMatMul", "QuantizeLinear"),
    ),
    "random numbers": ("Bernoulli", "RandomUniformLike"),
    "signal processing": (
        *("BlackmanWindow", "DFT", "HammingWindow", "HannWindow", "MelWeightMatrix", "STFT"),
    ),
    "sampling at computed places, and what follows a detector": (
        *("AffineGrid", "GridSample", "NonMaxSuppression", "RoiAlign"),
    ),
    "images as files, sets, bits": ("BitCast", "ImageDecoder", "Unique"),
    "classical machine learning (ai.onnx.ml)": (
        *("ArrayFeatureExtractor", "Binarizer", "LabelEncoder", "TreeEnsemble"),
    ),
}
# Cases that are in scope and differ, each with its reason; docs/conformance.md has them too.
DIFFERENCES = {
    "test_attention_4d_causal_fp16_expanded": "softmax computes float16 in float32, the reference "
    "rounds after every step: 2 of 192 numbers differ by one unit in the last place",
}
_REASONS = {name: reason for reason, names in OUT_OF_SCOPE.items() for name in names}


class Case(NamedTuple):
    """One case of a suite."""

    suite: str
    name: str
    operators: tuple[str, ...]
    reason: str | None  # why it is out of scope, if it is


@functools.cache
def cases() -> tuple[Case, ...]:
    """Every case of the suites."""
    found = []
    for suite in SUITES:
        for test in load_model_tests(kind=suite):
            model = test.model or onnx.load(f"{test.model_dir}/model.onnx")
            operators = tuple(sorted({node.op_type for node in model.graph.node}))
            found.append(Case(suite, test.name, operators, _reason(model, operators)))
    return tuple(found)


def _reason(model: onnx.ModelProto, operators: tuple[str, ...]) -> str | None:
    for name in operators:
        if name not in TRANSLATORS:
            return _REASONS.get(name, f"unexplained: {name}")
    values = [*model.graph.input, *model.graph.output]
    if not all(value.type.HasField("tensor_type") for value in values):
        return "sequences and optional values"
    types = {value.type.tensor_type.elem_type for value in values}
    types |= {tensor.data_type for tensor in model.graph.initializer}
    for node in model.graph.node:
        for attribute in node.attribute:
            types |= {attribute.i} if (node.op_type, attribute.name) == ("Cast", "to") else set()
            types |= {attribute.t.data_type} if attribute.HasField("t") else set()
    strange = sorted(TensorProto.DataType.Name(t) for t in types if t and element_type(t) is None)
    if strange:
        return "strings" if "STRING" in strange else "numbers of 4 and 8 bits, bfloat16, complex"
    return None


def counted() -> dict[str, Counter[str]]:
    """Cases, by suite: in scope, and out of it by reason."""
    counts: dict[str, Counter[str]] = {suite: Counter() for suite in SUITES}
    for case in cases():
        counts[case.suite][case.reason or "in scope"] += 1
    return counts
