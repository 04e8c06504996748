"""Convolution of groups that are narrower than a vector, depthwise above all."""
