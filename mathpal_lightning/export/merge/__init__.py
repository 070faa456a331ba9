"""Adapter + base -> merged weights: in 16 bits, in 4 bits, or the better one of two ways."""
