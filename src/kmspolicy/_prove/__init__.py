"""Proofs: answers about all requests at once, each with a request that shows it."""
