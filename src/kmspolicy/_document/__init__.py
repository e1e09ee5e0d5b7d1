"""Key policy documents as values.

The elements and their grammar are those of the IAM user guide:
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html

What a document can say but should not is no business of this package.
"""

from kmspolicy._document._condition import Condition
from kmspolicy._document._policy import Policy, a_policy
from kmspolicy._document._principal import Principal
from kmspolicy._document._statement import Statement

__all__ = ["Condition", "Policy", "Principal", "Statement", "a_policy"]
