"""Activations, softmax, and losses."""

import numpy as np
from opinfo_adapters.translation import Answer, array, first, last, refuse

import stridewise as sw


def activation(name, **renamed):
    """A function of each element; ``renamed`` gives our name for an option of PyTorch's."""
    forward, backward = getattr(sw, name), getattr(sw, f"{name}_backward")

    def adapter(input, inplace=False, **options):
        ours = {renamed[option]: value for option, value in options.items()}
        x = array(input)
        return Answer(forward(x, **ours), lambda grad_y: [(input, backward(grad_y, x, **ours))])

    return adapter


def hardtanh(input, min_val=-1.0, max_val=1.0, inplace=False):
    return activation("clip", low="low", high="high")(input, low=min_val, high=max_val)


def relu6(input, inplace=False):
    return hardtanh(input, 0.0, 6.0)


def softplus(input, beta=1.0, threshold=20.0):
    """``softplus(beta · x) / beta``; beyond the threshold PyTorch goes on in a line."""
    x = array(input)
    scaled = x * x.dtype.type(beta)
    curved = scaled <= threshold
    y = np.where(curved, sw.softplus(scaled) / x.dtype.type(beta), x)

    def gradients(grad_y):
        return [(input, np.where(curved, sw.softplus_backward(grad_y, scaled), grad_y))]

    return Answer(y, gradients)


def logsigmoid(input):
    """``−softplus(−x)``."""
    x = array(input)
    return Answer(-sw.softplus(-x), lambda grad_y: [(input, sw.softplus_backward(grad_y, -x))])


def prelu(input, weight):
    x, slope = last(array(input)), array(weight)
    slope = slope.reshape(()) if x.ndim == 0 and slope.size == 1 else slope

    def gradients(grad_y):
        g = sw.prelu_backward(last(grad_y), x, slope)
        return [(input, first(g.x)), (weight, g.weight.reshape(weight.shape))]

    return Answer(first(sw.prelu(x, slope)), gradients)


def dropout(input, p=0.5, training=True, inplace=False):
    refuse(training and p > 0, "random numbers: another generator")
    refuse(not training, "inference: there the block is left out")
    x = array(input)
    return Answer(
        sw.dropout(x, p, seed=1),
        lambda grad_y: [(input, sw.dropout_backward(grad_y, x, p, seed=1))],
    )


def softmax(name):
    forward, backward = getattr(sw, name), getattr(sw, f"{name}_backward")

    def adapter(input, dim):
        x = array(input)
        refuse(x.ndim == 0, "an axis of no axes")
        return Answer(forward(x, dim), lambda grad_y: [(input, backward(grad_y, x, dim))])

    return adapter


def linear(input, weight, bias=None):
    refuse(weight.ndim == 1, "one output without an axis")
    x, kernel = array(input), array(weight).T

    def gradients(grad_y):
        g = sw.linear_backward(grad_y, x, kernel)
        given = [(input, g.x), (weight, g.weight.T)]
        return given if bias is None else [*given, (bias, g.bias)]

    return Answer(sw.linear(x, kernel, array(bias)), gradients)


_REDUCTION = "reduction other than the mean"


def _mean_only(reduction):
    # What is no reduction at all is an error there, and `refuse` must not hide it.
    refuse(reduction != "mean", _REDUCTION)


def cross_entropy(
    input,
    target,
    weight=None,
    ignore_index=-100,
    reduction="mean",
    label_smoothing=0.0,
):
    _mean_only(reduction)
    refuse(target.is_floating_point(), "probabilities as targets")
    refuse(weight is not None and weight.min() < 0, "class weights below 0")
    single = input.ndim == 1
    logits = last(array(input)[None] if single else array(input))
    labels = array(target)[None] if single else array(target)
    options = {"ignore_label": ignore_index, "label_smoothing": label_smoothing}
    options |= {"weight": array(weight)}

    def gradients(grad_y):
        grad = first(sw.cross_entropy_backward(grad_y, logits, labels, **options))
        return [(input, grad[0] if single else grad)]

    ungiven = () if weight is None else ((weight, "gradient by the class weights"),)
    return Answer(sw.cross_entropy(logits, labels, **options), gradients, None, ungiven)


def binary_cross_entropy(input, target, weight=None, reduction="mean", pos_weight=None):
    _mean_only(reduction)
    refuse(weight is not None or pos_weight is not None, "weights in binary cross-entropy")
    logits, targets = array(input), array(target)

    def gradients(grad_y):
        grad = sw.binary_cross_entropy_with_logits_backward(grad_y, logits, targets)
        return [(input, grad)]

    y = sw.binary_cross_entropy_with_logits(logits, targets)
    return Answer(y, gradients, None, ((target, "gradient by the targets"),))


def regression_loss(name):
    """A loss of the difference: the gradient by the target is that of the mirrored problem."""
    forward, backward = getattr(sw, name), getattr(sw, f"{name}_backward")

    def adapter(input, target, reduction="mean", **options):
        _mean_only(reduction)
        y, wanted = array(input), array(target)

        def gradients(grad_y):
            grads = backward(grad_y, y, wanted, **options), backward(grad_y, wanted, y, **options)
            return list(zip((input, target), grads, strict=True))

        return Answer(forward(y, wanted, **options), gradients)

    return adapter
