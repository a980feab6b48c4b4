"""Scores <-> disk."""
