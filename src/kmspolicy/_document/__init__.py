"""Key policy documents as values.

The elements and their grammar are those of the IAM user guide:
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html

This package accepts all that the grammar allows; :mod:`kmspolicy._check` finds what a document should not say.
"""

from kmspolicy._document._condition import Condition
from kmspolicy._document._policy import Policy, a_policy
from kmspolicy._document._principal import Principal
from kmspolicy._document._statement import Statement

__all__ = ["Condition", "Policy", "Principal", "Statement", "a_policy"]
