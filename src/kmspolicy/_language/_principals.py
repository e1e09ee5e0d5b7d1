"""The names of principals, parsed: kind, account, role, session, and whether such a principal can exist.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
The characters of names are those of IAM's and STS's models (roleNameType, userNameType, pathType, roleSessionNameType):
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html#reference_iam-quotas-names
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final, Literal, NamedTuple, TypeAlias

from kmspolicy._language._patterns import COLONS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

PrincipalType: TypeAlias = Literal["AWS", "Service", "Federated", "CanonicalUser"]
"""The types of principals in a document."""

PrincipalKind: TypeAlias = Literal[
    "everyone",
    "account",
    "user",
    "role",
    "session",
    "federated user",
    "service",
    "unique id",
    "identity provider",
    "canonical user",
    "unknown",
]
"""What a name stands for; ``unknown`` if it is not known."""

PrincipalFault: TypeAlias = Literal[
    "wildcard", "form", "unsettled", "service form", "deleted user", "deleted role"
]
"""What is wrong with a name: it has a wildcard, it cannot exist, it is not known whether it works, it does not look like
a service, or it is the unique id of a deleted principal."""


class PrincipalName(NamedTuple):
    """The name of one principal.

    Attributes:
        type: Its type in a document.
        text: The name as it is written.
        kind: What it stands for.
        partition: The partition of its ARN; empty for a name without one, such as an account id.
        account: The account id; empty for a principal without an account.
        path: The path of a user or a role, without the first slash; empty for none.
        name: The name of the user, the role or the federated user; for a session, the name of its role, without the
            path, which a session does not show.
        session: The name of the session.
        fault: What is wrong with it; None for nothing.
        why: More about the fault, in words; may be empty.
    """

    type: PrincipalType
    text: str
    kind: PrincipalKind
    partition: str = ""
    account: str = ""
    path: str = ""
    name: str = ""
    session: str = ""
    fault: PrincipalFault | None = None
    why: str = ""

    def arn(self, partition: str) -> str:
        """Return the name in its normal spelling: an account id as the ARN of the account's root.

        Args:
            partition: The partition of the key, for a name without one.

        https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-accounts
        """
        return self.text if self.kind != "account" else root_arn(self.partition or partition, self.account)

    @property
    def is_unsettled(self) -> bool:
        """Whether it is not known whom it stands for, or whether it works."""
        return self.kind in _UNSETTLED or self.fault == "unsettled"

    def is_role_of(self, other: PrincipalName) -> bool:
        """Return whether it is the role of a session; the path is ignored, since a session does not show it."""
        return (self.kind, other.kind) == ("role", "session") and (
            (self.partition, self.account, self.name) == (other.partition, other.account, other.name)
        )


def is_same_name(one: PrincipalName, other: PrincipalName) -> bool:
    """Return whether two names stand for the same principal; an account id has no partition, and fits that of each ARN."""
    if one.kind == other.kind == "account":
        return one.account == other.account and (
            one.partition == other.partition or "" in (one.partition, other.partition)
        )
    return one.text == other.text


_UNSETTLED: Final[frozenset[PrincipalKind]] = frozenset({"unique id", "identity provider", "canonical user"})

# --- ARNs --------------------------------------------------------------------------------------------


def root_arn(partition: str, account: str) -> str:
    """Return the ARN with which policies name an account."""
    return f"arn:{partition}:iam::{account}:root"


_ACCOUNT_ID: Final = re.compile(r"[0-9]{12}").fullmatch
_PARTITION: Final = re.compile(r"aws(?:-[a-z]+)*").fullmatch
_NAME: Final = re.compile(r"[\w+=,.@-]{1,64}", re.ASCII).fullmatch
_PATH_AND_NAME: Final = re.compile(r"(?:[!-)+->@-~]{1,510}/)?[\w+=,.@-]{1,64}", re.ASCII).fullmatch
_SESSION: Final = re.compile(r"[\w+=,.@-]{2,64}", re.ASCII).fullmatch
_UNIQUE_ID: Final = re.compile(r"A(?:ID|RO)A[A-Z0-9]{12,}").fullmatch
_SERVICE: Final = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)+").fullmatch


def is_account_id(text: str) -> bool:
    """Return whether a text is an account id of 12 digits."""
    return _ACCOUNT_ID(text) is not None


def is_partition(text: str) -> bool:
    """Return whether a text has the form of a partition, ``aws-cn`` for example."""
    return _PARTITION(text) is not None


def is_name(text: str) -> bool:
    """Return whether a text can be the name of a user or a role, without its path."""
    return _NAME(text) is not None


def is_path_and_name(text: str) -> bool:
    """Return whether a text can be the name of a user or a role, with or without its path, and without wildcards."""
    return _PATH_AND_NAME(text) is not None


def is_session_name(text: str) -> bool:
    """Return whether a text can be the name of a role session."""
    return _SESSION(text) is not None


def name_of(kind: PrincipalType, text: str) -> PrincipalName:
    """Parse a name, even an invalid one.

    Args:
        kind: Its type in a document.
        text: The name.
    """
    return kept_name(kind, text) if len(text) <= _LONG else _READERS[kind](text)


_LONG: Final = 256


@lru_cache(maxsize=2048)
def kept_name(kind: PrincipalType, text: str) -> PrincipalName:
    """Parse a name that may be asked for again, and keep the result."""
    return _READERS[kind](text)


def _aws(text: str) -> PrincipalName:
    if text == "*":
        return PrincipalName("AWS", text, "everyone")
    if _ACCOUNT_ID(text):
        return PrincipalName("AWS", text, "account", account=text)
    if _UNIQUE_ID(text):
        return PrincipalName(
            "AWS", text, "unique id", fault="deleted user" if text[1] == "I" else "deleted role"
        )
    if "*" in text or "?" in text:
        return PrincipalName("AWS", text, "unknown", fault="wildcard")
    return _arn(text)


def _arn(text: str) -> PrincipalName:
    beginning, partition, service, region, account, resource = _split(text)
    if beginning != "arn" or not _PARTITION(partition) or region:
        return _impossible(text, "")
    kind, _, rest = resource.partition("/")
    if (service, account, kind) == ("iam", "cloudfront", "user"):  # its names have spaces
        return _unsettled(text)
    if not _ACCOUNT_ID(account):
        return _impossible(text, "an account id has 12 digits")
    if resource.split() != [resource]:
        return _impossible(text, "it has white space, or ends behind the account")
    read = _RESOURCES.get((service, kind))
    return (
        _other(text, service, kind)
        if read is None
        else read(PrincipalName("AWS", text, "unknown", partition, account), rest)
    )


def _split(text: str) -> list[str]:
    """Split an ARN into its six parts; missing ones are empty."""
    parts = text.split(":", COLONS)
    return parts + [""] * (COLONS + 1 - len(parts))


def _impossible(text: str, why: str) -> PrincipalName:
    return PrincipalName("AWS", text, "unknown", fault="form", why=why)


def _unsettled(text: str) -> PrincipalName:
    return PrincipalName("AWS", text, "unknown", fault="unsettled")


def _other(text: str, service: str, kind: str) -> PrincipalName:
    """Parse an ARN of IAM or STS that is not a principal's, and say what was probably meant."""
    if (service, kind) == ("iam", "assumed-role"):
        return _impossible(text, "the ARN of a role session begins with arn:aws:sts:")
    if (service, kind) == ("sts", "role"):
        return _impossible(text, "the ARN of a role begins with arn:aws:iam:")
    if (service, kind) == ("iam", "group"):
        return _impossible(text, "a group is not a principal")
    return _unsettled(text) if service in ("iam", "sts") and kind else _impossible(text, "")


def _root(name: PrincipalName, _: str) -> PrincipalName:
    return name._replace(kind="account") if name.text.endswith(":root") else _impossible(name.text, "")


def _with_path(kind: PrincipalKind) -> Callable[[PrincipalName, str], PrincipalName]:
    """Return the parser of the ARNs of users or roles."""

    def read(name: PrincipalName, rest: str) -> PrincipalName:
        path, slash, own = rest.rpartition("/")
        if not is_path_and_name(rest):
            return _impossible(name.text, f"the name of a {kind} {_LETTERS}, behind a path of ASCII")
        return name._replace(
            kind=kind, path=path + slash, name=own, fault="unsettled" if ":" in path else None
        )

    return read


_LETTERS: Final = "has 1 to 64 letters, digits and _+=,.@- of ASCII"


def _session(name: PrincipalName, rest: str) -> PrincipalName:
    role, slash, session = rest.partition("/")
    if is_name(role) and not slash:  # perhaps any session of the role
        return _unsettled(name.text)
    if not (is_name(role) and is_session_name(session)):
        return _impossible(
            name.text, "a role session is assumed-role/ROLE/SESSION, the role without its path"
        )
    return name._replace(kind="session", name=role, session=session)


def _federated_user(name: PrincipalName, rest: str) -> PrincipalName:
    if not is_name(rest):
        return _impossible(name.text, f"the name of a federated user {_LETTERS}")
    return name._replace(kind="federated user", name=rest)


_RESOURCES: Final[Mapping[tuple[str, str], Callable[[PrincipalName, str], PrincipalName]]] = {
    ("iam", "root"): _root,
    ("iam", "user"): _with_path("user"),
    ("iam", "role"): _with_path("role"),
    ("sts", "assumed-role"): _session,
    ("sts", "federated-user"): _federated_user,
}


def _service(text: str) -> PrincipalName:
    if "*" in text or "?" in text:
        return PrincipalName("Service", text, "service", fault="wildcard")
    return PrincipalName("Service", text, "service", fault=None if _SERVICE(text) else "service form")


def _identity_provider(text: str) -> PrincipalName:
    return PrincipalName("Federated", text, "identity provider")


def _canonical_user(text: str) -> PrincipalName:
    return PrincipalName("CanonicalUser", text, "canonical user")


_READERS: Final[Mapping[PrincipalType, Callable[[str], PrincipalName]]] = {
    "AWS": _aws,
    "Service": _service,
    "Federated": _identity_provider,
    "CanonicalUser": _canonical_user,
}
