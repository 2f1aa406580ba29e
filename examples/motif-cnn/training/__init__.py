"""The parts of train.py, one concept a module."""
