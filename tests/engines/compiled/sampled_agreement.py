"""Some of the problems on which engines agree, and larger ones; test_targets runs this."""

import sys

import numpy as np

from stridewise.blocks.convolution import conv2d, conv2d_backward
from stridewise.engines.compiled.code.target import host
from stridewise.testing import check_engines_agree
from tests.engines.conftest import all_cases

EVERY = 17  # which has no divisor in common with the number of cases of one kind

# N, spatial size, channels in and out, kernel, options: every algorithm, and no full vectors
LARGER = [
    (2, (9, 14), 20, 37, (3, 3), {"padding": 1}),
    (1, (8, 9), 37, 50, (1, 1), {}),
    (2, (9, 8), 24, 24, (3, 3), {"groups": 24, "padding": 1}),
    (1, (7, 9), 24, 24, (3, 2), {"groups": 12, "stride": 2}),
    (1, (30, 31), 3, 40, (5, 5), {"stride": 2, "padding": 2}),
]


def larger(problem, dtype):
    N, size, C_in, C_out, kernel, options = problem
    rng = np.random.default_rng(C_out)
    x = rng.integers(-5, 6, (N, *size, C_in)).astype(dtype)
    weight = rng.integers(-5, 6, (*kernel, C_in // options.get("groups", 1), C_out)).astype(dtype)
    y = conv2d(x, weight, **options)
    grad_y = rng.integers(-5, 6, y.shape).astype(dtype)
    return (y, *conv2d_backward(grad_y, x, weight, **options))


def say(line):
    """At once: this may be the last line before a crash."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main():
    """Fail on the first that does not agree; says how many do."""
    cases = all_cases()
    chosen = list(cases)[::EVERY]
    for name in chosen:
        say(name)
        check_engines_agree(cases[name])
    float64_too = [(problem, "float64") for problem in LARGER[::2]]
    others = [(problem, "float32") for problem in LARGER] + float64_too
    for problem, dtype in others:
        say(f"{problem} {dtype}")
        check_engines_agree(
            lambda problem=problem, dtype=dtype: larger(problem, dtype),
            reference="numpy",
            rtol=1e-4,
            atol=1e-3 if dtype == "float32" else 0,
        )
    say(f"{host().cpu}: {len(chosen) + len(others)} cases agree")


if __name__ == "__main__":
    main()
