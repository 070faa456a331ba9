"""A finished artefact -> its model card, and the Hub."""
