"""Measurements, apart from the tests. Each is a command; `python -m bench` runs them all."""
