"""Calling kernels: plans, threads, and the memory that they need."""
