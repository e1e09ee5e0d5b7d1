"""Two policies: do they mean the same, and if not, what is different.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
"""

from kmspolicy._compare._canonical import canonical, equivalent
from kmspolicy._compare._diff import AccessChange, Change, Diff, Pair, diff

__all__ = ["AccessChange", "Change", "Diff", "Pair", "canonical", "diff", "equivalent"]
