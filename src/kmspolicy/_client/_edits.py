"""Changes of the policy that a key has."""

from __future__ import annotations

from inspect import iscoroutine
from typing import TYPE_CHECKING

import attrs

from kmspolicy._client._prepared import a_bypass
from kmspolicy._document import Policy
from kmspolicy.errors import PolicyDocumentError, Problem

if TYPE_CHECKING:
    from collections.abc import Callable


@attrs.frozen(eq=False)
class Edit:
    """How to change a policy.

    Attributes:
        function: Gets the policy and returns the changed one.
        tries: How often it is called at most.
        bypass: Whether the policy is put even if it locks the caller out.
        idempotent: Whether the function may change a policy that may hold its change already.
    """

    function: Callable[[Policy], Policy]
    tries: int = 3
    bypass: bool = False
    idempotent: bool = False

    def changed(self, policy: Policy) -> Policy:
        """Return the changed policy.

        Raises:
            PolicyDocumentError: if the function does not return a Policy.
        """
        new: object = self.function(policy)
        if isinstance(new, Policy):
            return new
        what = "an awaitable; it must not be async" if iscoroutine(new) else type(new).__name__
        if iscoroutine(new):
            new.close()
        message = f"the function of edit must return the changed Policy, not {what}"
        raise PolicyDocumentError([Problem("DATA_TYPE_MISMATCH", message)])


def an_edit(function: Callable[[Policy], Policy], tries: int, *, bypass: bool) -> Edit:
    """Return the edit, if it can be one."""
    if isinstance(tries, bool) or not isinstance(tries, int) or tries < 1:
        raise ValueError(f"tries must be an integer of 1 or more, not {tries!r}")
    if not callable(function):
        raise TypeError(f"expected a function from Policy to Policy, not {function!r}")
    return Edit(function, tries, a_bypass(bypass))
