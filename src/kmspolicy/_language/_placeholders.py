"""Placeholders in texts: what a template or a page left for somebody to fill in.

Policy variables of IAM have a prefix, and ``${*}``, ``${?}`` and ``${$}`` are characters; all else in ``${...}`` is a
placeholder: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
"""

from __future__ import annotations

import re
from typing import Final

_OF_TEMPLATES: Final = r"\$\{(?![*?$]\}|\s*[^\s,':{}]+:(?!:))[^{}]+\}"
EXPRESSION: Final = re.compile(rf"{_OF_TEMPLATES}|&\{{[^{{}}]+\}}")
"""What no caller writes, even in free text; Terraform writes ``&{...}`` for a variable of IAM."""

_OF_PAGES: Final = r"\{\{[^{}]*\}\}|<[A-Za-z][^<>]*>"
ANY_PLACEHOLDER: Final = re.compile(rf"{EXPRESSION.pattern}|{_OF_PAGES}")
"""The same, and what people write on pages, ``<ACCOUNT_ID>`` for example, which may be a part of free text."""

FILLED_IN: Final = re.compile(rf"{_OF_TEMPLATES}|{_OF_PAGES}")
"""A placeholder for which somebody fills in a text."""


def name_of_placeholder(written: str) -> str:
    """Return the name in a placeholder, ``AWS::AccountId`` for ``${AWS::AccountId}``."""
    return written.strip("$&<>{}").strip() or written
