"""Convolution of 3×3 with fewer products: Winograd's minimal filtering."""
