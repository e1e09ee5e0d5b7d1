"""The normal form of policies: the same for all spellings of one policy."""
