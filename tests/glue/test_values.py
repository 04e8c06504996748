"""What every function of the glue gives: worked by hand, or by plain loops over ``math``."""

import math

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from stridewise.errors import DtypeError, OptionError, ShapeError
from stridewise.glue import FUNCTIONS

F, D, L, B = np.float32, np.float64, np.int64, np.bool_
INF, NAN = math.inf, math.nan
GRID = [[1, 2, 3], [4, 5, 6]]
CUBE = np.arange(24).reshape(2, 3, 4)


def call(name, *arrays, **settings):
    with np.errstate(all="ignore"):
        return np.asarray(FUNCTIONS[name].forward(*map(np.asarray, arrays), **settings))


# Name, arrays, settings, what comes out: its values and its dtype are compared.
HAND = [
    ("identity", [L(GRID)], {}, L(GRID)),
    ("abs", [L([-3, 0, 2])], {}, L([3, 0, 2])),
    ("negative", [F([1, -2])], {}, F([-1, 2])),
    ("reciprocal", [F([2, -4])], {}, F([0.5, -0.25])),
    ("sqrt", [F([4, 0, -1])], {}, F([2, 0, NAN])),
    ("log", [F([1, 0, -1])], {}, F([0, -INF, NAN])),
    ("floor", [F([-1.5, 1.5, 2])], {}, F([-2, 1, 2])),
    ("ceil", [F([-1.5, 1.5, 2])], {}, F([-1, 2, 2])),
    ("round", [F([0.5, 1.5, 2.5, -0.5, -1.6])], {}, F([0, 2, 2, -0.0, -2])),
    ("sign", [L([-7, 0, 3])], {}, L([-1, 0, 1])),
    ("is_nan", [F([NAN, INF, 0])], {}, B([1, 0, 0])),
    ("is_inf", [F([NAN, INF, -INF, 0])], {}, B([0, 1, 1, 0])),
    ("is_inf", [F([INF, -INF])], {"negative": False}, B([1, 0])),
    ("is_inf", [F([INF, -INF])], {"positive": False}, B([0, 1])),
    ("logical_not", [B([1, 0])], {}, B([0, 1])),
    ("bitwise_not", [L([0, 5, -1])], {}, L([-1, -6, 0])),
    ("shrink", [F([-3, -1, 0.5, 1, 4])], {"threshold": 1, "bias": 0.5}, F([-2.5, 0, 0, 0, 3.5])),
    ("clip", [F([-3, 0, 9, NAN])], {"low": -1, "high": 2.5}, F([-1, 0, 2.5, NAN])),
    ("clip", [L([-3, 9])], {"high": 4.0}, L([-3, 4])),
    ("clip_between", [L([-3, 9]), L(0)], {"given": [True, False]}, L([0, 9])),
    ("clip_between", [L([-3, 9]), L(0)], {"given": [False, True]}, L([-3, 0])),
    ("clip_between", [F([-3, 1, 9]), F(0), F(5)], {"given": [True, True]}, F([0, 1, 5])),
    ("clip_between", [F([-3])], {"given": [False, False]}, F([-3])),
    # The upper bound wins where the bounds are crossed.
    ("clip_between", [F([1]), F(5), F(2)], {"given": [True, True]}, F([2])),
    ("cast", [F([1.9, -1.9])], {"dtype": "int8"}, np.int8([1, -1])),
    ("cast", [L([0, 2])], {"dtype": "bool"}, B([0, 1])),
    ("cast_like", [B([1, 0]), F([7])], {}, F([1, 0])),
    ("add", [L([1, 2]), L([[10], [20]]), L(100)], {}, L([[111, 112], [121, 122]])),
    ("add", [L([3])], {}, L([3])),
    ("maximum", [F([1, NAN, 3]), F([2, 0, 2]), F(2.5)], {}, F([2.5, NAN, 3])),
    ("minimum", [L([1, 5]), L([[2], [7]])], {}, L([[1, 2], [1, 5]])),
    ("mean", [F([1, 2]), F([3, 4]), F(5)], {}, F([3, 11 / 3])),
    ("subtract", [L([[1], [2]]), L([5, 7])], {}, L([[-4, -6], [-3, -5]])),
    ("multiply", [L([2, -3]), L(4)], {}, L([8, -12])),
    ("divide", [L([7, -7, 7, -7, 0]), L([2, 2, -2, -2, 5])], {}, L([3, -3, -3, 3, 0])),
    ("divide", [np.uint8([7, 250]), np.uint8([2, 3])], {}, np.uint8([3, 83])),
    ("divide", [F([1, -1, 0]), F([0, 0, 0])], {}, F([INF, -INF, NAN])),
    ("power", [F([2, 4, 9]), F([3, 0.5, 0])], {}, F([8, 2, 1])),
    ("power", [L([2, 3]), L([3, 2])], {}, L([8, 9])),
    ("power", [L([2, 3]), F([0.5, 2])], {}, L([1, 9])),
    ("power", [F([2, 4]), L([2, -1])], {}, F([4, 0.25])),
    # The sign is the divisor's; of fmod, the dividend's.
    ("mod", [L([7, -7, 7, -7]), L([3, 3, -3, -3])], {}, L([1, 2, -2, -1])),
    ("fmod", [L([7, -7, 7, -7]), L([3, 3, -3, -3])], {}, L([1, -1, 1, -1])),
    ("fmod", [F([5.5, -5.5]), F(2)], {}, F([1.5, -1.5])),
    ("bit_shift", [np.uint8([1, 200]), np.uint8([2, 1])], {"direction": "LEFT"},
     np.uint8([4, 144])),
    ("bit_shift", [np.uint8([16, 3]), np.uint8(1)], {"direction": "RIGHT"}, np.uint8([8, 1])),
    ("bitwise_and", [L([6, 5]), L(3)], {}, L([2, 1])),
    ("bitwise_or", [L([6, 5]), L(3)], {}, L([7, 7])),
    ("bitwise_xor", [L([6, 5]), L(3)], {}, L([5, 6])),
    ("logical_and", [B([1, 1, 0, 0]), B([1, 0, 1, 0])], {}, B([1, 0, 0, 0])),
    ("logical_or", [B([1, 1, 0, 0]), B([1, 0, 1, 0])], {}, B([1, 1, 1, 0])),
    ("logical_xor", [B([1, 1, 0, 0]), B([1, 0, 1, 0])], {}, B([0, 1, 1, 0])),
    ("equal", [F([1, NAN, 2]), F([1, NAN, 3])], {}, B([1, 0, 0])),
    ("less", [L([1, 2, 3]), L(2)], {}, B([1, 0, 0])),
    ("less_or_equal", [L([1, 2, 3]), L(2)], {}, B([1, 1, 0])),
    ("greater", [L([1, 2, 3]), L(2)], {}, B([0, 0, 1])),
    ("greater_or_equal", [L([1, 2, 3]), L(2)], {}, B([0, 1, 1])),
    ("where", [B([1, 0]), L([[1], [2]]), L(9)], {}, L([[1, 9], [2, 9]])),
    ("reshape", [L(GRID)], {"shape": [3, -1]}, L([[1, 2], [3, 4], [5, 6]])),
    ("reshape", [L(GRID)], {"shape": [0, 1, -1]}, L([[[1, 2, 3]], [[4, 5, 6]]])),
    ("reshape", [np.zeros((0, 3), F)], {"shape": [3, 0], "allow_zero": True}, np.zeros((3, 0), F)),
    ("reshape", [L([7]), L([])], {}, L(7)),
    ("transpose", [L(GRID)], {}, L([[1, 4], [2, 5], [3, 6]])),
    ("transpose", [L(GRID)], {"axes": [-1, 0]}, L([[1, 4], [2, 5], [3, 6]])),
    ("move_axis", [L(GRID)], {"source": 0, "target": -1}, L([[1, 4], [2, 5], [3, 6]])),
    ("squeeze", [L([[[5], [6]]])], {}, L([5, 6])),
    ("squeeze", [L([[[5], [6]]])], {"axes": [-1]}, L([[5, 6]])),
    ("squeeze", [L([[[5], [6]]]), L([0])], {}, L([[5], [6]])),
    ("unsqueeze", [L([5, 6])], {"axes": [-1, 0]}, L([[[5], [6]]])),
    ("flatten", [CUBE], {"axis": 0}, CUBE.reshape(1, 24)),
    ("flatten", [CUBE], {}, CUBE.reshape(2, 12)),
    ("flatten", [CUBE], {"axis": -1}, CUBE.reshape(6, 4)),
    ("flatten", [CUBE], {"axis": 3}, CUBE.reshape(24, 1)),
    ("expand", [L([[1], [2]])], {"shape": [3]}, L([[1, 1, 1], [2, 2, 2]])),
    ("expand", [L([1, 2]), L([2, 1])], {}, L([[1, 2], [1, 2]])),
    ("tile", [L([[1, 2]])], {"repeats": [2, 2]}, L([[1, 2, 1, 2], [1, 2, 1, 2]])),
    ("tile", [L([1, 2]), L([0])], {}, L([])),
    ("concat", [L([[1]]), L([[2, 3]]), L([[]])], {"axis": -1}, L([[1, 2, 3]])),
    ("split", [L([1, 2, 3, 4, 5])], {"index": 0, "parts": 3}, L([1, 2])),
    ("split", [L([1, 2, 3, 4, 5])], {"index": 2, "parts": 3}, L([5])),
    ("split", [L([1, 2, 3, 4, 5])], {"index": 3, "parts": 4}, L([])),
    ("split", [L([1, 2, 3, 4, 5])], {"index": 1, "sizes": [1, 3, 1]}, L([2, 3, 4])),
    ("split", [L(GRID), L([2, 1])], {"index": 1, "axis": -1}, L([[3], [6]])),
    ("slice", [L([0, 1, 2, 3, 4])], {"starts": [1], "ends": [-1]}, L([1, 2, 3])),
    ("slice", [L([0, 1, 2, 3, 4])], {"starts": [-3], "ends": [2**63 - 1]}, L([2, 3, 4])),
    ("slice", [L([0, 1, 2, 3, 4]), L([4]), L([-99]), L([0]), L([-2])], {}, L([4, 2, 0])),
    ("slice", [L([0, 1, 2, 3, 4]), L([99]), L([0]), L([0]), L([-1])], {}, L([4, 3, 2, 1])),
    ("slice", [L([0, 1, 2, 3, 4]), L([-99]), L([-99]), L([0]), L([-1])], {}, L([0])),
    ("slice", [L([0, 1, 2, 3, 4]), L([-1]), L([-6]), L([0]), L([-1])], {}, L([4, 3, 2, 1, 0])),
    ("slice", [L([0, 1, 2, 3, 4]), L([3]), L([1])], {}, L([])),
    ("slice", [L(GRID)], {"starts": [0], "ends": [9], "axes": [-1], "steps": [2]},
     L([[1, 3], [4, 6]])),
    ("center", [L([0, 1, 2, 3, 4])], {"size": [2]}, L([1, 2])),
    ("center", [L([0, 1, 2, 3])], {"size": [1]}, L([1])),
    ("center", [L([1, 2, 3, 4])], {"size": [7]}, L([0, 1, 2, 3, 4, 0, 0])),
    ("center", [L(GRID)], {"size": [1], "axes": [-1]}, L([[2], [5]])),
    ("center", [F(GRID), L([3, 2])], {}, F([[1, 2], [4, 5], [0, 0]])),
    ("reverse_sequence", [L(GRID), L([1, 2, 0])], {}, L([[1, 5, 3], [4, 2, 6]])),
    ("reverse_sequence", [L(GRID), L([2, 3])], {"batch_axis": 0, "time_axis": 1},
     L([[2, 1, 3], [6, 5, 4]])),
    ("pad_axes", [L([1, 2])], {"widths": [1, 2]}, L([0, 1, 2, 0, 0])),
    ("pad_axes", [F([1, 2]), L([1, 0]), F([7])], {}, F([7, 1, 2])),
    ("pad_axes", [L([1, 2, 3])], {"widths": [-1, 2], "value": 9}, L([2, 3, 9, 9])),
    ("pad_axes", [L([1, 2, 3])], {"widths": [-1, -2]}, L([])),
    ("pad_axes", [L(GRID)], {"widths": [1, 0], "axes": [-1]}, L([[0, 1, 2, 3], [0, 4, 5, 6]])),
    ("pad_axes", [L([1, 2, 3])], {"widths": [2, 1], "mode": "reflect"}, L([3, 2, 1, 2, 3, 2])),
    ("pad_axes", [L([1, 2, 3])], {"widths": [2, 1], "mode": "edge"}, L([1, 1, 1, 2, 3, 3])),
    ("pad_axes", [L([1, 2, 3])], {"widths": [2, 1], "mode": "wrap"}, L([2, 3, 1, 2, 3, 1])),
    ("reduce_sum", [L(GRID)], {}, L([[21]])),
    ("reduce_sum", [L(GRID)], {"axes": [], "keepdims": False}, L(21)),
    ("reduce_sum", [L(GRID)], {"axes": [], "empty_is_none": True, "keepdims": False}, L(GRID)),
    ("reduce_sum", [L(GRID), L([-1])], {"keepdims": False}, L([6, 15])),
    ("reduce_sum", [np.zeros((2, 0), F)], {"axes": [1]}, F([[0], [0]])),
    ("reduce_mean", [F(GRID)], {"axes": [0]}, F([[2.5, 3.5, 4.5]])),
    ("reduce_mean", [L([[-3, 0], [3, 2]])], {"axes": [1]}, L([[-1], [2]])),
    ("reduce_max", [L(GRID)], {"axes": [0, -1]}, L([[6]])),
    ("reduce_max", [B([[1, 0], [0, 0]])], {"axes": [1], "keepdims": False}, B([1, 0])),
    ("reduce_max", [np.zeros((2, 0), F)], {"axes": [1]}, F([[-INF], [-INF]])),
    ("reduce_max", [np.zeros((1, 0), B)], {"axes": [1]}, B([[0]])),
    ("reduce_max", [F([[1, NAN]])], {"axes": [1]}, F([[NAN]])),
    ("reduce_min", [B([[1, 1], [0, 1]])], {"axes": [1], "keepdims": False}, B([1, 0])),
    ("reduce_min", [np.zeros((1, 0), np.int8)], {"axes": [1]}, np.int8([[127]])),
    ("reduce_min", [np.zeros((1, 0), F)], {"axes": [1]}, F([[INF]])),
    ("reduce_min", [np.zeros((1, 0), B)], {"axes": [1]}, B([[1]])),
    ("reduce_max", [np.zeros((1, 0), np.int8)], {"axes": [1]}, np.int8([[-128]])),
    ("reduce_prod", [L(GRID)], {"axes": [1]}, L([[6], [120]])),
    ("reduce_l1", [L([[-1, 2], [3, -4]])], {"axes": [0]}, L([[4, 6]])),
    ("reduce_l2", [F([[3, 4], [0, 0]])], {"axes": [1]}, F([[5], [0]])),
    ("reduce_l2", [L([[3, 4]])], {"axes": [1]}, L([[5]])),
    ("reduce_sum_square", [L([[3, 4]])], {"axes": [1]}, L([[25]])),
    ("reduce_log_sum", [D([[0.25, 0.75, 0]])], {"axes": [1]}, D([[0]])),
    ("reduce_log_sum_exp", [D([[0, 0], [-INF, -INF], [1000, -INF], [INF, 0]])], {"axes": [1]},
     D([[math.log(2)], [-INF], [1000], [INF]])),
    ("arg_extreme", [F([[1, 3, 3], [2, 2, 0]])], {"largest": True, "axis": 1}, L([[1], [0]])),
    ("arg_extreme", [F([[1, 3, 3], [2, 2, 0]])], {"largest": True, "axis": -1, "select_last": True},
     L([[2], [1]])),
    ("arg_extreme", [L([[1, 3], [0, 3]])], {"largest": False, "keepdims": False}, L([1, 0])),
    ("arg_extreme", [L([[1, 3], [1, 3]])],
     {"largest": False, "keepdims": False, "select_last": True},
     L([1, 1])),
    ("cumulative", [L(GRID)], {"axis": -1}, L([[1, 3, 6], [4, 9, 15]])),
    ("cumulative", [L(GRID), L(1)], {"exclusive": True}, L([[0, 1, 3], [0, 4, 9]])),
    ("cumulative", [F(GRID)], {"axis": 1, "reverse": True}, F([[6, 5, 3], [15, 11, 6]])),
    ("cumulative", [L(GRID)], {"axis": 1, "reverse": True, "exclusive": True},
     L([[5, 3, 0], [11, 6, 0]])),
    ("cumulative", [L(GRID)], {"axis": 1, "product": True}, L([[1, 2, 6], [4, 20, 120]])),
    ("cumulative", [L(GRID)], {"axis": 1, "product": True, "exclusive": True},
     L([[1, 1, 2], [1, 4, 20]])),
    ("cumulative", [F([[4], [5]])], {"axis": 1, "exclusive": True}, F([[0], [0]])),
    ("gather", [L(GRID), L([1, -2, 1])], {}, L([[4, 5, 6], [1, 2, 3], [4, 5, 6]])),
    ("gather", [L(GRID), L([[0, -1]])], {"axis": 1}, L([[[1, 3]], [[4, 6]]])),
    ("gather", [F(GRID)], {"indices": 1}, F([4, 5, 6])),
    ("gather_elements", [L(GRID), L([[1, 0, -1]])], {}, L([[4, 2, 6]])),
    ("gather_elements", [L(GRID), L([[2, -3], [1, 1]])], {"axis": -1}, L([[3, 1], [5, 5]])),
    ("gather_nd", [L(GRID), L([[1, -1], [0, 0]])], {}, L([6, 1])),
    ("gather_nd", [L(GRID), L([[1], [0]])], {}, L([[4, 5, 6], [1, 2, 3]])),
    ("gather_nd", [L(GRID), L([[2], [0]])], {"batch_dims": 1}, L([3, 4])),
    ("scatter_elements", [L([1, 2, 3]), L([2, -3]), L([7, 8])], {}, L([8, 2, 7])),
    ("scatter_elements", [L([1, 2, 3]), L([1, 1]), L([7, 8])], {"reduction": "add"}, L([1, 17, 3])),
    ("scatter_elements", [F([1, 2, 3]), L([1, 1]), F([3, 4])], {"reduction": "mul"}, F([1, 24, 3])),
    ("scatter_elements", [L([1, 2, 3]), L([1, 1, 2]), L([7, 8, 0])], {"reduction": "max"},
     L([1, 8, 3])),
    ("scatter_elements", [L([1, 2, 3]), L([1, 1, 2]), L([7, 8, 0])], {"reduction": "min"},
     L([1, 2, 0])),
    ("scatter_elements", [L(GRID), L([[2], [0]]), L([[9], [8]])], {"axis": 1},
     L([[1, 2, 9], [8, 5, 6]])),
    ("scatter_nd", [L([1, 2, 3]), L([[2], [-3]]), L([7, 8])], {}, L([8, 2, 7])),
    ("scatter_nd", [L(GRID), L([[1]]), L([[7, 8, 9]])], {}, L([[1, 2, 3], [7, 8, 9]])),
    ("scatter_nd", [L(GRID), L([[0, 1], [0, 1]]), L([5, 5])], {"reduction": "add"},
     L([[1, 12, 3], [4, 5, 6]])),
    ("compress", [L(GRID), B([0, 1])], {"axis": 0}, L([[4, 5, 6]])),
    ("compress", [L(GRID), B([0, 1, 1])], {"axis": -1}, L([[2, 3], [5, 6]])),
    ("compress", [L(GRID), L([0, 1, 0, 1])], {}, L([2, 4])),
    ("top_k", [F([3, 1, 3, 2, 1]), L([4])], {"indices": False}, F([3, 3, 2, 1])),
    ("top_k", [F([3, 1, 3, 2, 1]), L([4])], {"indices": True}, L([0, 2, 3, 1])),
    ("top_k", [F([3, 1, 3, 2, 1]), L(4)], {"indices": True, "largest": False}, L([1, 4, 3, 0])),
    ("top_k", [L([[1, 5], [5, 5]])], {"k": 1, "indices": True, "axis": 0}, L([[1, 0]])),
    ("top_k", [L([1, 2])], {"k": 0, "indices": False}, L([])),
    ("nonzero", [F([[1, 0], [0, NAN]])], {}, L([[0, 1], [0, 1]])),
    ("one_hot", [L([1, -1, 3, -4]), L([3]), F([0, 9])], {},
     F([[0, 9, 0], [0, 0, 9], [0] * 3, [0] * 3])),
    ("one_hot", [L([1, 0]), L(2), L([5, 7])], {"axis": 0}, L([[5, 7], [7, 5]])),
    ("matmul", [L(GRID), L([1, 0, 2])], {}, L([7, 16])),
    ("matmul", [L([1, 2]), L([3, 4])], {}, L(11)),
    ("matmul", [F(GRID), F([[1, 0], [0, 1], [1, 1]])], {}, F([[4, 5], [10, 11]])),
    ("gemm", [F(GRID), F([[1], [0], [1]]), F([10])], {"alpha": 0.5, "beta": 2}, F([[22], [25]])),
    ("gemm", [F([[1, 4], [2, 5], [3, 6]]), F([[1, 0, 1]])],
     {"transpose_a": True, "transpose_b": True},
     F([[4], [10]])),
    ("einsum", [L(GRID), L([1, 0, 2])], {"equation": "ij, j -> i"}, L([7, 16])),
    ("einsum", [L(GRID)], {"equation": "ji"}, L([[1, 4], [2, 5], [3, 6]])),
    ("einsum", [L(GRID), L([[1, 1, 1]])], {"equation": "...i,...i"}, L([6, 15])),
    ("determinant", [F([[[1, 2], [3, 4]], [[2, 0], [0, 5]]])], {}, F([-2, 10])),
    ("trilu", [L([[1, 2], [3, 4]])], {}, L([[1, 2], [0, 4]])),
    ("trilu", [L([[1, 2], [3, 4]])], {"upper": False, "k": -1}, L([[0, 0], [3, 0]])),
    ("trilu", [L([[1, 2], [3, 4]]), L(1)], {}, L([[0, 2], [0, 0]])),
    ("shape", [CUBE], {}, L([2, 3, 4])),
    ("shape", [CUBE], {"start": -2}, L([3, 4])),
    ("shape", [CUBE], {"order": [0, 2, 1], "end": 2}, L([2, 4])),
    ("size", [CUBE], {}, L(24)),
    ("constant_of_shape", [L([2, 1])], {"value": 3, "dtype": "int8"}, np.int8([[3], [3]])),
    ("constant_of_shape", [L([])], {}, F(0)),
    ("range", [L(3), L(9), L(4)], {}, L([3, 7])),
    ("range", [L(3), L(-2), L(-2)], {}, L([3, 1, -1])),
    ("range", [F([0]), F([1]), F([0.25])], {}, F([0, 0.25, 0.5, 0.75])),
    ("range", [L(3), L(3), L(1)], {}, L([])),
    ("eye_like", [F(GRID)], {}, F([[1, 0, 0], [0, 1, 0]])),
    ("eye_like", [F(GRID)], {"k": 1, "dtype": "int8"}, np.int8([[0, 1, 0], [0, 0, 1]])),
    # Mean (2, 4) and variance (1, 4) of each channel, a quarter of the way.
    ("running_statistic", [F([[1, 2], [3, 6]]), F([0, 8])], {"statistic": "mean", "momentum": 0.75},
     F([0.5, 7])),
    ("running_statistic", [F([[1, 2], [3, 6]]), F([0, 8])],
     {"statistic": "variance", "momentum": 0.75},
     F([0.25, 7])),
    ("layer_statistic", [F([[1, 3], [2, 6]])], {"statistic": "mean"}, F([[2], [4]])),
    ("layer_statistic", [F([[1, 3], [2, 6]])], {"statistic": "deviation", "epsilon": 0},
     F([[1], [0.5]])),
    ("layer_statistic", [np.float16([[1, 3], [5, 7]])], {"statistic": "mean", "axis": 0}, F([[4]])),
    ("standardise", [D([[1, 3], [5, 5]])], {"axes": [1]}, D([[-1, 1], [0, 0]])),
    ("lp_normalise", [F([[3, -4], [0, 0]])], {"p": 2}, F([[0.6, -0.8], [0, 0]])),
    ("lp_normalise", [F([[1, -3]])], {"p": 1, "axis": 1}, F([[0.25, -0.75]])),
    ("hardmax", [F([[1, 3, 3], [2, 2, 0]])], {}, F([[0, 1, 0], [1, 0, 0]])),
    ("hardmax", [F([[1, 3], [2, 2]])], {"axis": 0}, F([[0, 1], [1, 0]])),
    ("hardmax_from", [F([[[1, 3], [4, 0]]])], {"axis": 1}, F([[[0, 0], [1, 0]]])),
    ("drop", [F([1, 2]), F(0.5), B(False)], {}, F([1, 2])),
    ("drop", [F([1, 2]), F(0), B(True)], {}, F([1, 2])),
    ("drop_mask", [F([1, 2]), F(0.5), B(False)], {}, B([1, 1])),
]  # fmt: skip
IDS = [f"{name} {n}" for n, (name, *_) in enumerate(HAND)]


@pytest.mark.parametrize(("name", "arrays", "settings", "wanted"), HAND, ids=IDS)
def test_worked_by_hand(name, arrays, settings, wanted):
    kept = [array.copy() for array in arrays]
    y = call(name, *arrays, **settings)
    assert y.dtype == wanted.dtype
    assert y.shape == wanted.shape
    assert_allclose(y, wanted, rtol=1e-6, atol=1e-7)
    for array, before in zip(arrays, kept, strict=True):
        assert_array_equal(array, before)


# A pair of numbers that the function takes, and the function of Python that it is.
PLAIN = {
    "exp": math.exp,
    "sin": math.sin,
    "cos": math.cos,
    "tan": math.tan,
    "asin": math.asin,
    "acos": math.acos,
    "atan": math.atan,
    "sinh": math.sinh,
    "cosh": math.cosh,
    "asinh": math.asinh,
    "acosh": lambda a: math.acosh(1 + a),
    "atanh": math.atanh,
    "log": math.log,
    "sqrt": math.sqrt,
}


@pytest.mark.parametrize("name", PLAIN)
@pytest.mark.parametrize("dtype", [F, D])
def test_functions_of_one_number(name, dtype):
    numbers = dtype([[0.1, 0.5], [0.75, 0.9]])
    wanted = [[PLAIN[name](float(a)) for a in row] for row in numbers]
    y = call(name, numbers + dtype(1) if name == "acosh" else numbers)
    assert y.dtype == dtype
    assert_allclose(y, wanted, rtol=1e-5 if dtype is F else 1e-14)


def test_no_function_is_left_out():
    covered = {name for name, *_ in HAND} | set(PLAIN)
    assert covered == set(FUNCTIONS)


EXACT = [
    *("identity", "abs", "negative", "sign", "add", "subtract", "multiply", "divide", "maximum"),
    *("minimum", "where", "reshape", "transpose", "tile", "concat", "slice", "pad_axes", "gather"),
    *("reduce_sum", "reduce_mean", "reduce_max", "reduce_min", "reduce_prod", "matmul", "trilu"),
    *("cumulative", "top_k", "scatter_nd", "compress", "hardmax", "expand", "clip", "center"),
]


@pytest.mark.parametrize("dtype", ["int8", "int64", "float32", "float64"])
@pytest.mark.parametrize("name", EXACT)
def test_dtypes_are_kept(name, dtype):
    for _, arrays, settings, _ in (case for case in HAND if case[0] == name):
        # Indices, sizes and conditions stay what they are; the first array of numbers decides.
        numbers = {"where": (1, 2), "scatter_nd": (0, 2)}.get(name, (0,))
        if name in (
            "add",
            "subtract",
            "multiply",
            "divide",
            "maximum",
            "minimum",
            "concat",
            "matmul",
        ):
            numbers = range(len(arrays))
        if settings.get("indices") is True:
            continue
        finite = [np.nan_to_num(array) for array in arrays]
        given = [a.astype(dtype) if n in numbers else a for n, a in enumerate(finite)]
        assert call(name, *given, **settings).dtype == dtype


def test_not_contiguous_arrays_give_the_same():
    for name, arrays, settings, wanted in HAND:
        strided = []
        for array in arrays:
            wide = np.repeat(np.asarray(array)[..., None], 2, -1)[..., ::-1]
            wide.flags.writeable = False
            strided.append(wide[..., 0])
        assert_allclose(call(name, *strided, **settings), wanted, rtol=1e-6, atol=1e-7)


def test_dropping_keeps_the_mean_and_agrees_with_its_mask():
    x = np.full((50, 40), 3, F)
    y = call("drop", x, F(0.25), B(True), seed=4)
    kept = call("drop_mask", x, F(0.25), B(True), seed=4)
    assert (y.dtype, kept.dtype) == ("float32", "bool")
    assert_array_equal(y, np.where(kept, F(4), F(0)))
    assert 0.7 < kept.mean() < 0.8
    assert (kept != call("drop_mask", x, F(0.25), B(True), seed=5)).any()


@pytest.mark.parametrize(
    ("name", "arrays", "settings"),
    [
        ("transpose", [L(GRID)], {"axes": [0, 1, 2]}),
        ("reduce_sum", [L(GRID)], {"axes": [2]}),
        ("reduce_sum", [L(GRID)], {"axes": [1, -1]}),
        ("unsqueeze", [L(GRID)], {"axes": [0, 0]}),
        ("squeeze", [L(GRID)], {"axes": [-3]}),
        ("slice", [L(GRID)], {"starts": [0, 0], "ends": [1, 1], "axes": [1, 1]}),
        ("gather_elements", [L(GRID), L([[0]])], {"axis": 2}),
        ("pad_axes", [L(GRID)], {"widths": [1, 1], "axes": [5]}),
        ("center", [L(GRID)], {"size": [1], "axes": [2]}),
    ],
)
def test_axes_that_there_are_not(name, arrays, settings):
    with pytest.raises(ValueError, match=r"these are no axes|axes don't match"):
        call(name, *arrays, **settings)


@pytest.mark.parametrize(
    ("name", "arrays", "settings", "error", "words"),
    [
        ("pad_axes", [L([1, 2])], {"widths": [-2, -1]}, ValueError, "more than there is"),
        ("pad_axes", [L([1])], {"widths": [1, 1], "mode": "empty"}, OptionError, "no such mode"),
        ("center", [L([1, 2])], {"size": [-1]}, ShapeError, "unreasonable size"),
        ("center", [L([1, 2])], {"size": [1, 1]}, ValueError, "argument 2"),
        ("gather_elements", [L(GRID), L([0])], {}, IndexError, "have 1 axes, the array has 2"),
        ("gather_elements", [L([1, 2]), L([-3])], {}, IndexError, "out of bounds"),
        ("scatter_elements", [L([1]), L([-2]), L([0])], {}, IndexError, "out of bounds"),
        ("gather", [L([1, 2]), L([2])], {}, IndexError, "out of bounds"),
        ("top_k", [L([1, 2])], {"k": 3, "indices": True}, ValueError, "no 3 extremes of 2"),
        ("top_k", [L([1, 2])], {"k": -1, "indices": True}, ValueError, "no -1 extremes"),
        ("reshape", [L(GRID)], {"shape": [4, -1]}, ValueError, "cannot reshape"),
        ("split", [L([1])], {"index": 2, "sizes": [1]}, IndexError, "out of range"),
        ("slice", [L([1])], {"starts": [0], "ends": [1], "steps": [0]}, ValueError, "zero"),
        ("cast", [L([1])], {"dtype": "U1000000"}, DtypeError, "no dtype of real numbers"),
        ("cast", [L([1])], {"dtype": "object"}, DtypeError, "no dtype of real numbers"),
        ("cast", [L([1])], {"dtype": None}, DtypeError, "no dtype of real numbers"),
        ("cast", [L([1])], {"dtype": "float31"}, DtypeError, "received: 'float31'"),
        ("eye_like", [L(GRID)], {"dtype": "S9"}, DtypeError, "no dtype of real numbers"),
        ("constant_of_shape", [L([1])], {"dtype": "c16"}, DtypeError, "no dtype of real numbers"),
        ("einsum", [L(GRID)], {"equation": "i->i"}, ValueError, "does not name the axes"),
        ("einsum", [L(GRID), L([1, 2])], {"equation": "ij,j->i"}, ValueError, "j is 3 and 2"),
        ("power", [L([2]), L([-1])], {}, ValueError, "negative integer powers"),
    ],
)
def test_what_is_refused(name, arrays, settings, error, words):
    with pytest.raises(error, match=words):
        call(name, *arrays, **settings)


@pytest.mark.parametrize("name", ["exp", "abs", "logical_not", "multiply", "equal", "power"])
def test_an_array_too_many_is_not_written_to(name):
    arrays = [np.array([2.0, 3.0]) for _ in range(3)]
    with pytest.raises(TypeError, match="positional argument"):
        call(name, *arrays)
    assert_array_equal(arrays, [[2, 3]] * 3)
