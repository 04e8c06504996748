"""Normalisations. PyTorch's scale and shift may be missing; ours are always there."""

import numpy as np
import torch
from opinfo_adapters.translation import Answer, array, first, last, refuse

import stridewise as sw


def _affine(shape, weight, bias, like):
    """Scale and shift, 1 and 0 where PyTorch has none."""
    dtype = array(like).dtype
    scale = np.ones(shape, dtype) if weight is None else array(weight)
    return scale, np.zeros(shape, dtype) if bias is None else array(bias)


def _given(*pairs):
    return [(tensor, grad) for tensor, grad in pairs if tensor is not None]


def _channels(input):
    refuse(input.ndim < 2 and input.numel() == 0, "no channels, and nothing to average")
    return input.shape[1:2]


def batch_norm(
    input,
    running_mean,
    running_var,
    weight=None,
    bias=None,
    training=False,
    momentum=0.1,
    eps=1e-5,
):
    scale, shift = _affine(_channels(input), weight, bias, input)
    x, options = last(array(input)), {"epsilon": eps}
    if not training:  # copied: PyTorch would write to them in training
        options |= {"mean": array(running_mean), "variance": array(running_var)}

    def gradients(grad_y):
        g = sw.batch_norm_backward(last(grad_y), x, scale, **options)
        return _given((input, first(g.x)), (weight, g.weight), (bias, g.bias))

    return Answer(first(sw.batch_norm(x, scale, shift, **options)), gradients)


def instance_norm(
    input,
    running_mean=None,
    running_var=None,
    weight=None,
    bias=None,
    use_input_stats=True,
    momentum=0.1,
    eps=1e-5,
):
    if not use_input_stats:  # known statistics: there is nothing of the instance in it
        return batch_norm(input, running_mean, running_var, weight, bias, eps=eps)
    scale, shift = _affine(_channels(input), weight, bias, input)
    x = last(array(input))

    def gradients(grad_y):
        g = sw.instance_norm_backward(last(grad_y), x, scale, epsilon=eps)
        return _given((input, first(g.x)), (weight, g.weight), (bias, g.bias))

    return Answer(first(sw.instance_norm(x, scale, shift, epsilon=eps)), gradients)


def group_norm(input, num_groups, weight=None, bias=None, eps=1e-5):
    refuse(eps < 0, "an epsilon below 0")
    scale, shift = _affine(input.shape[1:2], weight, bias, input)
    x, options = last(array(input)), {"groups": num_groups, "epsilon": eps}

    def gradients(grad_y):
        g = sw.group_norm_backward(last(grad_y), x, scale, **options)
        return _given((input, first(g.x)), (weight, g.weight), (bias, g.bias))

    return Answer(first(sw.group_norm(x, scale, shift, **options)), gradients)


def layer_norm(input, normalized_shape, weight=None, bias=None, eps=1e-5):
    refuse(eps < 0, "an epsilon below 0")
    scale, shift = _affine(normalized_shape, weight, bias, input)
    x, options = array(input), {"axis": input.ndim - len(normalized_shape), "epsilon": eps}

    def gradients(grad_y):
        g = sw.layer_norm_backward(grad_y, x, scale, **options)
        return _given((input, g.x), (weight, g.weight), (bias, g.bias))

    return Answer(sw.layer_norm(x, scale, shift, **options), gradients)


def rms_norm(input, normalized_shape, weight=None, eps=None):
    eps = torch.finfo(input.dtype).eps if eps is None else eps
    refuse(eps < 0, "an epsilon below 0")
    scale, _ = _affine(normalized_shape, weight, None, input)
    x, options = array(input), {"axis": input.ndim - len(normalized_shape), "epsilon": eps}

    def gradients(grad_y):
        g = sw.rms_norm_backward(grad_y, x, scale, **options)
        return _given((input, g.x), (weight, g.weight))

    return Answer(sw.rms_norm(x, scale, **options), gradients)


def local_response_norm(input, size, alpha=1e-4, beta=0.75, k=1.0):
    """A window of even size has its larger half before the channel: ours, seen from the end."""
    turn = slice(None, None, -1 if size % 2 == 0 else 1)
    x = last(array(input))[..., turn]
    options = {"alpha": alpha, "beta": beta, "k": k}

    def gradients(grad_y):
        grad = sw.local_response_norm_backward(last(grad_y)[..., turn], x, size, **options)
        return [(input, first(grad[..., turn]))]

    return Answer(first(sw.local_response_norm(x, size, **options)[..., turn]), gradients)
