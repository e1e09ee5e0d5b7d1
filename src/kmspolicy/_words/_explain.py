"""Explanations of decisions, proofs, statements and policies."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kmspolicy._document import Policy, Statement
from kmspolicy._document._unfilled import asked_of_each
from kmspolicy._evaluate._decide import Decision
from kmspolicy._prove._verdicts import Comparison, Fails, Holds, Unknown, Verdict, Witness
from kmspolicy._words._decisions import decision_words
from kmspolicy._words._proofs import comparison_words, verdict_words, witness_words
from kmspolicy._words._statements import policy_words, statement_words

if TYPE_CHECKING:
    from kmspolicy._partial import PartialPolicy


@asked_of_each
def explain(subject: Decision | Verdict | Witness | Comparison | Statement | Policy | PartialPolicy) -> str:
    """Return in plain English what a decision, a proof, a statement or a policy says.

    Args:
        subject: The result of :func:`kmspolicy.decide`, :func:`kmspolicy.compare` or a function of :mod:`kmspolicy.prove`,
            its witness, a statement, or a policy.

    Returns:
        A sentence or two. If nothing is granted, a line for each Allow statement with the first reason why it does not apply;
        for a policy, a line for each statement; for a comparison, what is gained and lost. What a statement says only for some
        values of a :class:`kmspolicy.PartialPolicy` names these.

    Raises:
        TypeError: for anything else.
    """
    if isinstance(subject, Decision):
        return decision_words(subject)
    if isinstance(subject, Witness):
        return witness_words(subject)
    if isinstance(subject, Holds | Fails | Unknown):
        return verdict_words(subject)
    if isinstance(subject, Comparison):
        return comparison_words(subject)
    if isinstance(subject, Statement):
        return statement_words(subject)
    if isinstance(subject, Policy):
        return policy_words(subject)
    raise TypeError(
        f"expected a decision, a proof, a statement or a policy to explain, not {type(subject).__name__}"
    )
