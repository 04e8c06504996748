"""Nodes as ONNX's own definitions have them: how many values, which attributes of which types."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import NamedTuple

from onnx import AttributeProto, NodeProto, defs

from stridewise.errors import DataError
from stridewise.exchange.onnx.reading import refuse

__all__ = ["require_specified", "title_of"]

_MOST_IN_ATTRIBUTE = 1024  # but for Constant, whose attributes are its numbers
_TYPES = dict(AttributeProto.AttributeType.items())


class _Rules(NamedTuple):
    """What a version of an operator asks for."""

    inputs: tuple[int, int]
    needed: frozenset[int]
    outputs: tuple[int, int]
    attributes: Mapping[str, int]
    required: frozenset[str]


def title_of(node: NodeProto) -> str:
    """What messages call a node: its own name, or that of what it computes."""
    title: str = node.name or next(filter(None, node.output), "") or node.op_type
    return title[:200]


def require_specified(node: NodeProto, opset: int) -> None:
    """Refuse a node of ONNX's own that is not as its operator's definition says."""
    rules = _rules(node.op_type, opset)
    if rules is None:
        if defs.has(node.op_type, ""):
            needed = f"an operator of opset {opset}"
            raise _wrong(node, opset, needed, f"{node.op_type}, which that opset does not have")
        return  # told with all others that are not supported
    for kind, names, (least, most) in (
        ("inputs", node.input, rules.inputs),
        ("outputs", node.output, rules.outputs),
    ):
        if not least <= len(names) <= most:
            raise _wrong(node, opset, f"{least} to {most} {kind}", str(len(names)))
    left_out = [
        place for place in rules.needed if place < len(node.input) and not node.input[place]
    ]
    if left_out or not any(node.output):
        what = f"input {left_out[0]}" if left_out else "any output"
        raise _wrong(
            node,
            opset,
            "a name for all inputs that are not optional, and one output",
            f"none for {what}",
        )
    names = [attribute.name for attribute in node.attribute]
    lacking = rules.required - set(names)
    if lacking or len(set(names)) < len(names):
        problem = f"no {', '.join(sorted(lacking))}" if lacking else "one of them twice"
        raise _wrong(node, opset, "every required attribute, and each once", problem)
    for attribute in node.attribute:
        _require_attribute(node, opset, attribute, rules)


def _require_attribute(
    node: NodeProto, opset: int, attribute: AttributeProto, rules: _Rules
) -> None:
    name, kind = attribute.name, attribute.type
    wanted = rules.attributes.get(name)
    if wanted != kind or attribute.ref_attr_name:
        known = ", ".join(sorted(rules.attributes)) or "no attributes"
        needed = known if wanted is None else f"{name} of the type {_type_name(wanted)}"
        source = " by reference" if attribute.ref_attr_name else ""
        raise _wrong(node, opset, needed, f"{name[:80]!r} of the type {_type_name(kind)}{source}")
    count = max(len(attribute.ints), len(attribute.floats), len(attribute.strings))
    if count > _MOST_IN_ATTRIBUTE and node.op_type != "Constant":
        raise _wrong(node, opset, f"at most {_MOST_IN_ATTRIBUTE:,} numbers in {name}", f"{count:,}")


@functools.lru_cache(maxsize=1024)
def _rules(operator: str, opset: int) -> _Rules | None:
    try:
        schema = defs.get_schema(operator, opset, "")
    except defs.SchemaError:
        return None
    single = defs.OpSchema.FormalParameterOption.Single
    return _Rules(
        (schema.min_input, schema.max_input),
        frozenset(place for place, one in enumerate(schema.inputs) if one.option == single),
        (schema.min_output, schema.max_output),
        {name: _TYPES[str(one.type).rpartition(".")[2]] for name, one in schema.attributes.items()},
        frozenset(name for name, one in schema.attributes.items() if one.required),
    )


def _type_name(code: int) -> str:
    return next((name for name, number in _TYPES.items() if number == code), f"number {code}")


def _wrong(node: NodeProto, opset: int, needed: str, received: str) -> DataError:
    return refuse(
        f"node {title_of(node)!r} ({node.op_type}, opset {opset}) is not as ONNX defines it.",
        needed=needed,
        received=received,
        hint="onnx.checker.check_model, for more detail",
    )
