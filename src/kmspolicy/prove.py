"""Claims about all requests: each is shown, refuted by a request, or unknown, with the reason.

:func:`kmspolicy.decide` answers for one request; these functions answer for all possible requests. A verdict is
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
