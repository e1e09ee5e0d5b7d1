"""Policies in files: what templates, plans and manifests say of keys."""
