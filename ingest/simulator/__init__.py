"""Simulated service points: events as installations would send them, and the truth beside them."""
