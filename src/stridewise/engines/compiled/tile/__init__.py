"""The register tile: its code, its shape, and weights in its order."""
