"""The normal form: what every spelling of one policy has in common."""
