"""Proofs: answers about all requests at once, with a request where the answer is no."""
