"""Gesso: an offline studio in which small neural networks assist artists."""

__version__ = "0.2.0"
