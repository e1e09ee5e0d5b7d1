"""What kmspolicy costs, beside what others cost who do the same; ``nox -s bench`` runs it."""
