"""Encoders that read a whole document in one pass, with attention of five kinds, and what compares them."""
