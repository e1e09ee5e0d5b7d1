"""Policies with values that are not known yet."""
