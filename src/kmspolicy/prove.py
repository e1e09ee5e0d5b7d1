"""Claims about all requests that a key policy answers: shown, refuted by a request, or not known with the reason.

:func:`kmspolicy.decide` answers one request; here each answer is for every request there can be. A verdict is
:class:`kmspolicy.Holds`, :class:`kmspolicy.Fails` or :class:`kmspolicy.Unknown`; ``verdict.require()`` raises
:class:`kmspolicy.errors.NotShownError` unless it holds.
"""

from kmspolicy._prove._compare import (
    access_not_granted,
    always_granted,
    grants_at_most,
    no_new_access,
    no_public_access,
)

__all__ = [
    "access_not_granted",
    "always_granted",
    "grants_at_most",
    "no_new_access",
    "no_public_access",
]
