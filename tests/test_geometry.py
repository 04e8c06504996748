"""The integers of a window, against positions that are enumerated one by one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stridewise.geometry import Axis, ReceptiveField, effective_kernel, output_size, same_padding

sizes = st.integers(1, 14)
kernels = strides = dilations = st.integers(1, 5)


@st.composite
def axes(draw, ceil=True):
    """An axis as a pool may have it: less padding than the window is long, on both sides."""
    size, kernel, stride, dilation = draw(st.tuples(sizes, kernels, strides, dilations))
    reach = effective_kernel(kernel, dilation)
    before, after = draw(st.tuples(st.integers(0, reach - 1), st.integers(0, reach - 1)))
    ceil_mode = draw(st.booleans()) if ceil else False
    positions = output_size(size, kernel, stride, before, after, dilation, ceil_mode)
    return Axis(size, kernel, stride, before, after, dilation, positions)


def elements(axis, position):
    """The input elements under a window, tap by tap; those in the padding too."""
    first = position * axis.stride - axis.before
    return [first + tap * axis.dilation for tap in range(axis.kernel)]


@pytest.mark.parametrize(
    ("kernel", "dilation", "reach"), [(1, 1, 1), (1, 9, 1), (3, 1, 3), (3, 2, 5), (2, 4, 5)]
)
def test_effective_kernel(kernel, dilation, reach):
    assert effective_kernel(kernel, dilation) == reach


@pytest.mark.parametrize(
    ("size", "kernel", "options", "positions"),
    [
        (5, 3, {}, 3),  # Dumoulin and Visin, figure 2.1's relationship 1
        (5, 4, {"before": 2, "after": 2}, 6),  # relationship 2
        (5, 3, {"before": 1, "after": 1}, 5),  # relationship 3: half padding
        (5, 3, {"before": 2, "after": 2}, 7),  # relationship 4: full padding
        (5, 3, {"stride": 2}, 2),  # relationship 5
        (6, 3, {"stride": 2, "before": 1, "after": 1}, 3),  # relationship 6: does not divide
        (7, 3, {"dilation": 2}, 3),  # relationship 15
        (224, 7, {"stride": 2, "before": 3, "after": 3}, 112),
        (4, 5, {}, 0),
        (4, 5, {"stride": 3}, 0),
        (4, 9, {"stride": 2}, 0),
        (7, 2, {"stride": 2, "ceil_mode": True}, 4),
        (6, 2, {"stride": 2, "ceil_mode": True}, 3),
        (3, 2, {"stride": 2, "before": 1, "after": 1, "ceil_mode": True}, 2),  # 3 would start late
        (1, 2, {"stride": 2, "ceil_mode": True}, 1),
        (1, 3, {"stride": 2, "ceil_mode": True}, 0),
    ],
)
def test_output_size_by_hand(size, kernel, options, positions):
    assert output_size(size, kernel, **options) == positions


@given(axes(ceil=False))
def test_output_size_counts_the_windows_that_fit(axis):
    padded = axis.before + axis.size + axis.after
    reach = effective_kernel(axis.kernel, axis.dilation)
    fitting = [p for p in range(99) if p * axis.stride + reach <= padded]
    assert axis.positions == len(fitting)


@given(sizes, kernels, strides, dilations, st.data())
def test_ceil_mode_goes_on_until_all_is_covered(size, kernel, stride, dilation, data):
    reach = effective_kernel(kernel, dilation)
    before, after = data.draw(st.tuples(st.integers(0, reach - 1), st.integers(0, reach - 1)))
    padded = before + size + after
    positions = 0
    # One more while the window before it stopped short of the end and it starts in time.
    while (positions - 1) * stride + reach < padded and positions * stride < size + before:
        positions += 1
    assert output_size(size, kernel, stride, before, after, dilation, True) == positions


@pytest.mark.parametrize(
    ("size", "kernel", "stride", "dilation", "lower", "upper"),
    [
        (8, 3, 1, 1, (1, 1), (1, 1)),
        (8, 4, 1, 1, (1, 2), (2, 1)),
        (8, 3, 2, 1, (0, 1), (1, 0)),
        (7, 3, 2, 1, (1, 1), (1, 1)),
        (64, 8, 8, 1, (0, 0), (0, 0)),
        (5, 2, 1, 3, (1, 2), (2, 1)),
        (5, 1, 3, 1, (0, 0), (0, 0)),
    ],
)
def test_same_padding_by_hand(size, kernel, stride, dilation, lower, upper):
    assert same_padding(size, kernel, stride, dilation) == lower
    assert same_padding(size, kernel, stride, dilation, lower=True) == upper


@given(sizes, kernels, strides, dilations)
def test_same_padding_is_the_least_that_gives_ceil_of_size_by_stride(
    size, kernel, stride, dilation
):
    before, after = same_padding(size, kernel, stride, dilation)
    wanted = -(-size // stride)
    assert output_size(size, kernel, stride, before, after, dilation) == wanted
    assert after - before in (0, 1)
    assert same_padding(size, kernel, stride, dilation, lower=True) == (after, before)
    if after:
        assert output_size(size, kernel, stride, before, after - 1, dilation) == wanted - 1


@given(axes())
def test_meetings_are_the_taps_that_meet_the_input(axis):
    found = []
    for tap, positions, met in axis.meetings():
        pairs = zip(
            range(positions.start, positions.stop),
            range(met.start, met.stop, met.step),
            strict=True,
        )
        found.append((tap, list(pairs)))
    wanted = []
    for tap in range(axis.kernel):
        pairs = [(p, elements(axis, p)[tap]) for p in range(axis.positions)]
        wanted.append((tap, [(p, element) for p, element in pairs if 0 <= element < axis.size]))
    assert found == [(tap, pairs) for tap, pairs in wanted if pairs]


@given(axes())
def test_window_is_all_that_a_position_meets(axis):
    for position in range(axis.positions):
        seen = axis.window(position)
        wanted = [each for each in elements(axis, position) if 0 <= each < axis.size]
        assert list(range(seen.start, seen.stop, seen.step)) == wanted


def test_huge_kernels_take_no_time():
    axis = Axis(10, 2**31 - 1, 2**31 - 1, 2**31 - 2, 2**31 - 2, 1, 2)
    assert len(list(axis.meetings())) == 10  # one at the first position, nine at the second
    assert axis.counted(0, include_pad=False) == 1


@given(axes())
def test_start_is_the_first_tap(axis):
    for position in range(axis.positions):
        assert axis.start(position) == elements(axis, position)[0]


@given(axes())
def test_counted_taps(axis):
    for position in range(axis.positions):
        under = elements(axis, position)
        real = sum(0 <= element < axis.size for element in under)
        padded = sum(-axis.before <= element < axis.size + axis.after for element in under)
        assert axis.counted(position, include_pad=False) == real
        assert axis.counted(position, include_pad=True) == padded


@given(axes().filter(lambda axis: axis.positions > 0), st.data())
def test_a_part_sees_the_same_input(axis, data):
    first = data.draw(st.integers(0, axis.positions - 1))
    stop = data.draw(st.integers(first + 1, axis.positions))
    seen, small = axis.part(first, stop)
    assert 0 <= seen.start <= seen.stop <= axis.size
    assert (small.size, small.positions) == (seen.stop - seen.start, stop - first)
    assert min(small.before, small.after) >= 0
    span = (stop - first - 1) * axis.stride + effective_kernel(axis.kernel, axis.dilation)
    assert small.before + small.size + small.after == span
    for position in range(first, stop):
        whole = [e if 0 <= e < axis.size else None for e in elements(axis, position)]
        part = [
            e + seen.start if 0 <= e < small.size else None
            for e in elements(small, position - first)
        ]
        assert part == whole


@pytest.mark.parametrize(
    ("windows", "field"),
    [
        ([], ReceptiveField(1, 1)),
        ([(3, 1)], ReceptiveField(3, 1)),
        ([(3, 1), (3, 1)], ReceptiveField(5, 1)),
        ([(7, 2), (3, 2), (3, 1)], ReceptiveField(19, 4)),  # ResNet's first layers
        ([(3, 1, 2), (3, 1, 4)], ReceptiveField(13, 1)),
        ([(2, 2), (1, 1)], ReceptiveField(2, 2)),
    ],
)
def test_receptive_field_by_hand(windows, field):
    found = ReceptiveField()
    for window in windows:
        found = found.through(*window)
    assert found == field


@given(st.lists(st.tuples(kernels, strides, dilations), max_size=3))
def test_receptive_field_is_what_two_neighbours_depend_on(windows):
    field = ReceptiveField()
    for kernel, stride, dilation in windows:
        field = field.through(kernel, stride, dilation)
    spans = []
    for element in (0, 1):
        seen = {element}
        for kernel, stride, dilation in reversed(windows):
            seen = {e * stride + tap * dilation for e in seen for tap in range(kernel)}
        spans.append((min(seen), max(seen)))
    (low, high), (next_low, _) = spans
    assert field == (high - low + 1, next_low - low)
