"""Max and average pooling, and their gradients."""
