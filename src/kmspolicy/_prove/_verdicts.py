"""The answers of proofs: a claim holds, it fails for a request, or it is unknown, with the reason."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Literal, NoReturn, TypeAlias, TypedDict, final

import attrs

from kmspolicy._display import Displayed
from kmspolicy.errors import NotShownError

if TYPE_CHECKING:
    from kmspolicy._evaluate._decide import Decision
    from kmspolicy._evaluate._request import Request, RequestDict


@final
class WitnessDict(TypedDict):
    """The fields of a :class:`Witness` in JSON."""

    request: RequestDict
    outcome: str
    before: str | None
    typical: bool


@final
class VerdictDict(TypedDict):
    """The fields of a verdict in JSON."""

    verdict: Literal["holds", "fails", "unknown"]
    claim: str
    reason: str | None
    witness: WitnessDict | None
    depends_on: list[str]


@final
class ComparisonDict(TypedDict):
    """The fields of a :class:`Comparison` in JSON."""

    relation: str
    no_new_access: VerdictDict
    no_lost_access: VerdictDict
    no_more: VerdictDict
    no_less: VerdictDict


class _Verdict(Displayed):
    """The answer to a question about all requests; it has no truth value."""

    __slots__ = ()

    def __bool__(self) -> NoReturn:
        """Raise TypeError, since the answer may be unknown."""
        raise _neither("a verdict", "ask whether it .holds")


@final
@attrs.frozen
class Witness(Displayed):
    """A request that shows an answer; :func:`kmspolicy.decide` gives the same decisions about it.

    Attributes:
        decision: The decision of the policy; of two policies, that of the later one.
        before: The decision of the earlier policy; None if there is only one policy.
        typical: Whether it looks like a real request: with a known action, and with condition keys that requests of the
            action have.
    """

    decision: Decision
    before: Decision | None = None
    typical: bool = True

    @property
    def request(self) -> Request:
        """The request."""
        return self.decision.request

    def to_dict(self) -> WitnessDict:
        """Return the request for JSON, with its outcomes in words."""
        return {
            "request": self.request.to_dict(),
            "outcome": self.decision.outcome.value,
            "before": None if self.before is None else self.before.outcome.value,
            "typical": self.typical,
        }


@final
@attrs.frozen
class Holds(_Verdict):
    """The claim holds for every request.

    Attributes:
        claim: The claim.
    """

    claim: str

    @property
    def holds(self) -> Literal[True]:
        """Whether the claim is shown to hold."""
        return True

    def to_dict(self) -> VerdictDict:
        """Return the verdict for JSON."""
        return {"verdict": "holds", "claim": self.claim, "reason": None, "witness": None, "depends_on": []}

    def require(self) -> Holds:
        """Return this verdict; :class:`Fails` and :class:`Unknown` raise NotShownError."""
        return self


@final
@attrs.frozen
class Fails(_Verdict):
    """The claim does not hold.

    Attributes:
        claim: The claim.
        witness: A request for which it does not hold.
    """

    claim: str
    witness: Witness

    @property
    def holds(self) -> Literal[False]:
        """Whether the claim is shown to hold."""
        return False

    def to_dict(self) -> VerdictDict:
        """Return the verdict for JSON."""
        return {
            "verdict": "fails",
            "claim": self.claim,
            "reason": None,
            "witness": self.witness.to_dict(),
            "depends_on": [],
        }

    def require(self) -> NoReturn:
        """Raise NotShownError, with the request.

        Raises:
            NotShownError: always.
        """
        raise NotShownError(str(self), self)


@final
@attrs.frozen
class Unknown(_Verdict):
    """It is not known whether the claim holds.

    Attributes:
        claim: The claim.
        reason: Why it is not known.
        witness: A request for which the claim may not hold; None if none is known.
        depends_on: Of a :class:`kmspolicy.PartialPolicy`, the placeholders and conditions on whose values the answer depends.
    """

    claim: str
    reason: str
    witness: Witness | None = None
    depends_on: tuple[str, ...] = ()

    @property
    def holds(self) -> Literal[False]:
        """Whether the claim is shown to hold."""
        return False

    def to_dict(self) -> VerdictDict:
        """Return the verdict for JSON."""
        witness = None if self.witness is None else self.witness.to_dict()
        return {
            "verdict": "unknown",
            "claim": self.claim,
            "reason": self.reason,
            "witness": witness,
            "depends_on": list(self.depends_on),
        }

    def require(self) -> NoReturn:
        """Raise NotShownError, with the reason.

        Raises:
            NotShownError: always.
        """
        raise NotShownError(str(self), self)


Verdict: TypeAlias = Holds | Fails | Unknown
"""The answer to a question about all requests."""


class Relation(Enum):
    """The relation of the later of two policies to the earlier one."""

    EQUIVALENT = "equivalent"
    LESS_PERMISSIVE = "less permissive"
    MORE_PERMISSIVE = "more permissive"
    INCOMPARABLE = "incomparable"
    """More permissive for some requests, less for others."""
    UNKNOWN = "unknown"

    def __bool__(self) -> NoReturn:
        """Raise TypeError: it has no truth value."""
        raise _neither("a relation", f"compare it, as in: relation is {self}")


@final
@attrs.frozen
class Comparison(Displayed):
    """The differences between two policies, for all requests.

    Outcomes are ordered: DENIED, NOT_GRANTED, DELEGATED, ALLOWED. Access is granted by the last two.

    Attributes:
        no_new_access: Whether no request is granted more than before.
        no_lost_access: Whether no request that was granted is granted less.
        no_more: Whether the outcome is higher for no request; NOT_GRANTED is higher than DENIED, since a KMS grant may
            allow a request that is not denied.
        no_less: Whether the outcome is lower for no request.
    """

    no_new_access: Verdict
    no_lost_access: Verdict
    no_more: Verdict
    no_less: Verdict

    @property
    def relation(self) -> Relation:
        """The relation of the later policy to the earlier one."""
        more, less = self.no_more, self.no_less
        if isinstance(more, Fails) and isinstance(less, Fails):
            return Relation.INCOMPARABLE
        if isinstance(more, Unknown) or isinstance(less, Unknown):
            return Relation.UNKNOWN
        if isinstance(more, Fails):
            return Relation.MORE_PERMISSIVE
        return Relation.LESS_PERMISSIVE if isinstance(less, Fails) else Relation.EQUIVALENT

    @property
    def gained(self) -> Witness | None:
        """A request with a higher outcome than before; None if there is none or none is known: see the verdicts."""
        return None if isinstance(self.no_more, Holds) else self.no_more.witness

    @property
    def lost(self) -> Witness | None:
        """A request with a lower outcome than before; None if there is none or none is known: see the verdicts."""
        return None if isinstance(self.no_less, Holds) else self.no_less.witness

    @property
    def reason(self) -> str:
        """Why something is not known; empty if everything is known."""
        verdicts = (self.no_more, self.no_less)
        return next((one.reason for one in verdicts if isinstance(one, Unknown)), "")

    def to_dict(self) -> ComparisonDict:
        """Return the comparison for JSON."""
        return {
            "relation": self.relation.value,
            "no_new_access": self.no_new_access.to_dict(),
            "no_lost_access": self.no_lost_access.to_dict(),
            "no_more": self.no_more.to_dict(),
            "no_less": self.no_less.to_dict(),
        }

    def __bool__(self) -> NoReturn:
        """Raise TypeError: it has no truth value."""
        raise _neither("a comparison", "ask for its relation, or whether .no_new_access.holds")


def _neither(what: str, instead: str) -> TypeError:
    return TypeError(f"{what} is neither true nor false; {instead}")
