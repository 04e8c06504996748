"""Convolution and its gradients as sums of products, as they are defined, in register tiles."""
