"""Offline workshop of the suite: corpora, training, export and verification. Nothing at run time depends on it."""
