"""A rule that tells a shape, against the shape that comes out: random arrays, good and bad."""

import numpy as np
import pytest

from stridewise.glue import FUNCTIONS

PER_FUNCTION = 60


def shape(random, least=0, most=4, sizes=(0, 1, 1, 2, 3)):
    rank = int(random.integers(least, most + 1))
    return tuple(int(n) for n in random.choice(sizes, rank))


def integers(random, low, high, count):
    return [int(n) for n in random.integers(low, high, count)]


def one(random):
    return [shape(random)], {}


def several(random, count=None):
    """Shapes that broadcast more often than not."""
    whole = shape(random)
    shapes = []
    for _ in range(count or random.integers(1, 4)):
        cut = whole[random.integers(0, len(whole) + 1) :]
        kept = random.choice([1, 1, 1, 0], len(cut))
        shapes.append(tuple(n if keep else 1 for n, keep in zip(cut, kept, strict=True)))
    if random.random() < 0.2:
        shapes[-1] = shape(random)
    return shapes, {}


def pair(random):
    return several(random, 2)


def three(random):
    return several(random, 3)


def settled(**settings):
    return lambda random: ([shape(random)], settings)


def reshaping(random):
    full = shape(random, 1)
    target = list(random.permutation(full))
    if random.random() < 0.5:
        target[random.integers(len(target))] = -1
    if random.random() < 0.3:
        target = [0, -1]
    settings = {"shape": [int(n) for n in target], "allow_zero": bool(random.random() < 0.3)}
    return [full], settings


def transposing(random):
    full = shape(random)
    axes = [int(a) - len(full) * int(random.random() < 0.3) for a in random.permutation(len(full))]
    if random.random() < 0.2:
        axes = integers(random, -4, 4, 3)
    return [full], random.choice([{"axes": axes}, {}])


def moving(random):
    return [shape(random, 1)], {
        "source": int(random.integers(-4, 4)),
        "target": int(random.integers(-4, 4)),
    }


def squeezing(random):
    return [shape(random, 1)], random.choice(
        [{}, {"axes": integers(random, -3, 3, random.integers(0, 3))}]
    )


def unsqueezing(random):
    return [shape(random)], {"axes": integers(random, -4, 5, random.integers(0, 4))}


def flattening(random):
    return [shape(random)], random.choice([{}, {"axis": int(random.integers(-4, 5))}])


def expanding(random):
    (full, other), _ = pair(random)
    return [full], {"shape": list(other)}


def tiling(random):
    full = shape(random)
    count = len(full) + int(random.random() < 0.1)
    return [full], {"repeats": integers(random, -1 if random.random() < 0.2 else 0, 4, count)}


def joining(random):
    full = shape(random, 1)
    axis = int(random.integers(-len(full), len(full) + (random.random() < 0.1)))
    shapes = []
    for _ in range(random.integers(1, 4)):
        other = list(full)
        other[random.integers(len(full)) if random.random() < 0.1 else axis % len(full)] = 2
        shapes.append(tuple(other))
    if random.random() < 0.1:
        shapes.append((2, *full))
    return shapes, {"axis": axis}


def splitting(random):
    settings = {"index": int(random.integers(0, 4)), "axis": int(random.integers(-3, 3))}
    how = {"parts": int(random.integers(1, 5))}
    if random.random() < 0.5:
        how = {"sizes": integers(random, 0, 3, 3)}
    return [shape(random, 1)], {**settings, **how}


def slicing(random):
    full = shape(random, 1, sizes=(0, 1, 4, 5))
    count = int(random.integers(0, len(full) + 1))
    settings = {
        "starts": integers(random, -7, 7, count),
        "ends": integers(random, -7, 7, count),
        "axes": [int(axis) for axis in random.permutation(len(full))[:count]],
        "steps": [int(n) for n in random.choice([-3, -2, -1, 1, 2, 3], count)],
    }
    for name in ("axes", "steps"):
        if random.random() < 0.3:
            del settings[name]
    if random.random() < 0.1:
        settings["steps"] = [0] * count
    return [full], settings


def framing(random):
    full = shape(random, 1, sizes=(1, 2, 3))
    axes = [int(axis) for axis in random.permutation(len(full))[: random.integers(1, 4)]]
    mode = str(random.choice(["constant", "edge", "wrap", "reflect"]))
    settings = {"widths": integers(random, -2, 4, 2 * len(axes)), "axes": axes, "mode": mode}
    if mode != "constant":
        settings["widths"] = [max(width, 0) for width in settings["widths"]]
    if random.random() < 0.2:
        del settings["axes"]
    return [full], settings


def reducing(random):
    axes = integers(random, -4, 4, random.integers(0, 3))
    return [shape(random)], {
        **random.choice([{}, {"axes": axes}]),
        "keepdims": bool(random.random() < 0.5),
        "empty_is_none": bool(random.random() < 0.5),
    }


def gathering(random):
    full = shape(random, 1, sizes=(1, 2, 3))
    axis = int(random.integers(-4, 4))
    if random.random() < 0.5:
        return [full, shape(random, most=2)], {"axis": axis}
    return [full], {"axis": axis, "indices": np.zeros(shape(random, most=2), int).tolist()}


def picking(random):
    full = shape(random, 1, sizes=(1, 2, 3))
    axis = int(random.integers(-len(full), len(full) + (random.random() < 0.1)))
    others = [int(random.integers(1, n + 1 + (random.random() < 0.1))) for n in full]
    return [full, tuple(others[random.random() < 0.1 :])], {"axis": axis}


def scattering(random):
    shapes, settings = picking(random)
    return [*shapes, shapes[1]], settings


def scattering_nd(random):
    full = shape(random, 2, sizes=(1, 2, 3))
    depth = int(random.integers(1, len(full) + 1))
    return [full, (2, depth), (2, *full[depth:])], {}


def multiplying(random):
    m, k, n = (int(size) for size in random.integers(1, 4, 3))
    a, b = random.choice([0, 1, 2], 2)
    left = (k,) if a == 0 else (*(2, 1)[: a - 1], m, k)
    right = (k,) if b == 0 else (*(1, 2)[: b - 1], k, n)
    if random.random() < 0.2:
        left = shape(random)
    return [left, right], {}


def gemm(random):
    m, k, n = (int(size) for size in random.integers(1, 4, 3))
    turned = [bool(random.random() < 0.5) for _ in range(2)]
    shapes = [(k, m) if turned[0] else (m, k), (n, k) if turned[1] else (k, n)]
    shapes += [[], [(n,)], [(m, 1)], [()], [(2, 3)]][random.integers(5)]
    if random.random() < 0.2:
        shapes[0] = shape(random)
    return shapes, {"transpose_a": turned[0], "transpose_b": turned[1], "alpha": 0.5}


def contracting(random):
    equations = ["ij,jk->ik", "ij,jk", "i,j->ji", "ii->i", "ii", "...i,i->...", "i...j->j...i"]
    equation = str(random.choice([*equations, "...,...", "ba", "ij->", "ij , ij -> j"]))
    sizes = {"i": 2, "j": int(random.integers(1, 4)), "k": 1, "a": 3, "b": 2}
    shapes = []
    for term in equation.split("->")[0].replace(" ", "").split(","):
        before, dots, after = term.partition("...")
        middle = (2, 1)[: random.integers(3)] if dots else ()
        shapes.append((*(sizes[c] for c in before), *middle, *(sizes[c] for c in after)))
    if random.random() < 0.2:
        shapes[0] = shape(random)
    return shapes, {"equation": equation}


def square(random):
    n = int(random.integers(1, 4))
    return [(*shape(random, most=2), n, n + int(random.random() < 0.2))], {}


def dropping(random):
    return [shape(random), (), ()], {}


MAKERS = {
    **dict.fromkeys(
        [
            "identity",
            "abs",
            "negative",
            "exp",
            "log",
            "sqrt",
            "reciprocal",
            "sin",
            "cos",
            "tan",
            "asin",
            "acos",
            "atan",
            "sinh",
            "cosh",
            "asinh",
            "acosh",
            "atanh",
            "floor",
            "ceil",
            "round",
            "sign",
            "is_nan",
            "is_inf",
            "logical_not",
            "bitwise_not",
        ],
        one,
    ),
    **dict.fromkeys(["add", "maximum", "minimum", "mean"], several),
    **dict.fromkeys(
        [
            "subtract",
            "multiply",
            "divide",
            "power",
            "mod",
            "fmod",
            "bitwise_and",
            "bitwise_or",
            "bitwise_xor",
            "logical_and",
            "logical_or",
            "logical_xor",
            "equal",
            "less",
            "less_or_equal",
            "greater",
            "greater_or_equal",
        ],
        pair,
    ),
    "bit_shift": lambda random: (pair(random)[0], {"direction": "LEFT"}),
    "where": three,
    "shrink": settled(threshold=0.5, bias=0.1),
    "clip": settled(low=-1, high=2),
    "clip_between": lambda random: ([shape(random), ()], {"given": [False, True]}),
    "cast": settled(dtype="int8"),
    "cast_like": lambda random: ([shape(random), shape(random)], {}),
    "reshape": reshaping,
    "transpose": transposing,
    "move_axis": moving,
    "squeeze": squeezing,
    "unsqueeze": unsqueezing,
    "flatten": flattening,
    "expand": expanding,
    "tile": tiling,
    "concat": joining,
    "split": splitting,
    "slice": slicing,
    "pad_axes": framing,
    "reverse_sequence": lambda random: ([(3, 2, *shape(random, most=1)), (2,)], {}),
    **dict.fromkeys([name for name in FUNCTIONS if name.startswith("reduce_")], reducing),
    "cumulative": lambda random: ([shape(random, 1)], {"axis": -1, "reverse": True}),
    "gather": gathering,
    "gather_elements": picking,
    "scatter_elements": scattering,
    "scatter_nd": scattering_nd,
    "matmul": multiplying,
    "gemm": gemm,
    "einsum": contracting,
    "determinant": square,
    "trilu": lambda random: ([shape(random, 2)], {"k": 1}),
    "standardise": lambda random: ([shape(random, 1, sizes=(1, 2, 3))], {"axes": [-1]}),
    "lp_normalise": lambda random: ([shape(random, 1)], {"p": 2}),
    **dict.fromkeys(
        ["hardmax", "hardmax_from"],
        lambda random: ([shape(random, 1, sizes=(1, 2, 3))], {"axis": -1}),
    ),
    "drop": dropping,
    "drop_mask": dropping,
}

# Wrong indices, or a rank that a function is not made for: no question of shapes alone.
SAME_AS_THE_FIRST = {"scatter_elements", "scatter_nd", "reverse_sequence", "cumulative", "trilu"}
INTEGERS = {"bitwise_not", "bitwise_and", "bitwise_or", "bitwise_xor", "bit_shift"}
INDICES = {"gather", "gather_elements", "scatter_elements", "scatter_nd", "reverse_sequence"}


def answer(question):
    """A shape, or None for a refusal."""
    try:
        with np.errstate(all="ignore"):
            return question()
    except (ValueError, TypeError, IndexError):
        return None


def arrays_of(name, shapes):
    arrays = [np.full(s, 0.5 if name.startswith("drop") else 1.0) for s in shapes]
    if name in INTEGERS:
        arrays = [array.astype(int) for array in arrays]
    if name in INDICES and len(arrays) > 1:
        arrays[1] = np.zeros(shapes[1], int)
    return arrays


@pytest.mark.parametrize("name", MAKERS)
def test_the_rule_says_what_comes_out(name):
    function = FUNCTIONS[name]
    random = np.random.default_rng(len(name))
    good = 0
    for _ in range(PER_FUNCTION):
        shapes, settings = MAKERS[name](random)
        arrays = arrays_of(name, shapes)
        wanted = answer(lambda a=arrays, s=settings: np.shape(function.forward(*a, **s)))
        found = answer(lambda a=shapes, s=settings: tuple(function.shape(*a, **s)))
        if wanted is None and name in SAME_AS_THE_FIRST:
            continue
        assert found == wanted, f"{shapes} {settings}"
        good += wanted is not None
    assert good > PER_FUNCTION / 5


def test_no_function_with_a_rule_is_left_out():
    assert set(MAKERS) == {name for name, function in FUNCTIONS.items() if function.shape}


@pytest.mark.parametrize(
    ("name", "shapes"),
    [
        ("reduce_sum", [(2, 3), (1,)]),
        ("squeeze", [(2, 1, 1), (1,)]),
        ("tile", [(2,), (1,)]),
        ("split", [(6, 2), (3,)]),
        ("reshape", [(2, 3), (1,)]),
        ("expand", [(2, 3), (2,)]),
        ("unsqueeze", [(2, 3), (1,)]),
        ("slice", [(2, 3), (1,), (1,)]),
        ("pad_axes", [(2, 3), (4,)]),
    ],
)
def test_a_rule_says_nothing_where_the_result_depends_on_the_numbers_of_an_array(name, shapes):
    with pytest.raises(TypeError, match=r"positional|missing|unexpected"):
        FUNCTIONS[name].shape(*shapes)
