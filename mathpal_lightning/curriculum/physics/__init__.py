"""A second subject of the same form: measuring in the natural sciences of grade 6, in a strands.yaml and one module."""
