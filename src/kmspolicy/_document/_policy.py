"""Policies, and their reading and writing."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING, Any, Final, cast, final

import attrs

from kmspolicy import _text
from kmspolicy._display import Displayed
from kmspolicy._document._at_once import policy_elements
from kmspolicy._document._convert import (
    compact,
    each,
    given,
    json_type,
    mapping,
    members_of,
    mistyped,
    plural,
    refused,
    slots_of,
    text,
    wrong,
)
from kmspolicy._document._principal import a_principal, with_names, without_names
from kmspolicy._document._statement import Statement
from kmspolicy.errors import PolicyDocumentError, Problem, SidError

if TYPE_CHECKING:
    from types import EllipsisType

    from kmspolicy._document._principal import Principal
    from kmspolicy._partial import PartialPolicy

_STATEMENT: Final = frozenset({Statement})
_NOT_STATEMENTS: Final = (str, bytes, Mapping, AbstractSet)  # a set has no order, a document has


def _statements(value: Statement | Iterable[Statement]) -> Statement | tuple[Statement, ...]:
    if isinstance(value, Statement):
        return value
    kind: type = type(value)
    if kind is list and _STATEMENT.issuperset(map(type, value)):
        return tuple(value)
    if isinstance(value, _NOT_STATEMENTS) or not isinstance(value, Iterable):
        raise mistyped(f"expected statements, found {json_type(cast('object', value))}; see Policy.from_dict")
    return given("Statement", tuple(value), _each_a_statement)


def _each_a_statement(values: tuple[object, ...]) -> tuple[Statement, ...]:
    return each(values, a_statement)


def a_statement(value: object) -> Statement:
    """Return the value if it is a Statement.

    Raises:
        PolicyDocumentError: if it is not; says what would make it one.
    """
    if not isinstance(value, Statement):
        hint = "; .to(principal) makes it one" if hasattr(value, "to") else ""
        raise mistyped(f"expected a Statement, found {json_type(value)}{hint}")
    return value


@final
@attrs.frozen(init=False, repr=False)
class Policy(Displayed):
    """A key policy document.

    Two policies are equal if and only if their documents are: ``a.to_json() == b.to_json()``.

    Args:
        statement: The statements; a single one, not in a list, is written as an object instead of an array.
        id: The label of the document, if any.
        version: The version of the policy language; None leaves it out, which means ``"2008-10-17"``.

    Raises:
        PolicyDocumentError: if a document cannot hold an element.

    https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html
    """

    statement: Statement | tuple[Statement, ...]
    id: str | None = attrs.field(kw_only=True)
    version: str | None = attrs.field(kw_only=True)

    def __init__(
        self,
        statement: Statement | Iterable[Statement],
        *,
        id: str | None = None,  # noqa: A002 - as the element is called
        version: str | None = "2012-10-17",
    ) -> None:
        """Create a policy from its elements."""
        _set_statement(self, _statements(statement))
        _set_id(self, None if id is None else given("Id", id, text))
        _set_version(self, None if version is None else given("Version", version, text))

    @classmethod
    def from_json(cls, text: str | bytes) -> Policy:
        """Create a policy from JSON text.

        Args:
            text: JSON text; bytes are UTF-8.

        Returns:
            A policy with ``policy.to_dict() == json.loads(text)``.

        Raises:
            PolicyDocumentError: if it is not a policy document; lists every problem with its line and column.
        """
        if not isinstance(text, (str, bytes)):
            raise mistyped(f"expected JSON text, found {json_type(text)}; see Policy.from_dict")
        try:
            return _of(*policy_elements(_text.members(text)))
        except (KeyError, ValueError, RecursionError):
            pass  # the strict reader decides, and finds the place
        return _explain(text)

    @classmethod
    def from_dict(cls, data: Mapping[str, object]) -> Policy:
        """Create a policy from a dict.

        Args:
            data: A dict as ``json.loads`` returns it, or another mapping of the same shape.

        Raises:
            PolicyDocumentError: if it is not a policy document; lists every problem.
        """
        policy = _read(data)
        if len(policy.to_json()) > _text.MAX_CHARACTERS:
            raise wrong("LIMIT_EXCEEDED", _text.TOO_LONG)
        return policy

    def to_json(self, indent: int | None = None) -> str:
        """Return the document as JSON text, with the elements in the order that AWS uses.

        Args:
            indent: The number of spaces by which each level is indented; None for compact text.

        Returns:
            JSON text; letters outside ASCII are written as they are.
        """
        if indent is None:
            return compact(self.to_element())
        return json.dumps(self.to_element(), indent=indent, ensure_ascii=False)

    def to_dict(self) -> dict[str, Any]:
        """Return the document as a dict for JSON."""
        return cast("dict[str, Any]", json.loads(compact(self.to_element())))

    @property
    def statements(self) -> tuple[Statement, ...]:
        """The statements as a tuple, also if the document has a single one that is not in a list."""
        return plural(self.statement)

    def replace(
        self,
        *,
        statement: Statement | Iterable[Statement] | EllipsisType = ...,
        id: str | EllipsisType | None = ...,  # noqa: A002 - as the element is called
        version: str | EllipsisType | None = ...,
    ) -> Policy:
        """Return the policy with other elements: ``policy.replace(statement=map(function, policy.statements))``.

        The arguments are those of the constructor. An element that is not given stays; None removes it.

        Returns:
            The new policy.

        Raises:
            PolicyDocumentError: if a document cannot hold an element.

        https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html
        """
        given: dict[str, Any] = {"statement": statement, "id": id, "version": version}
        return attrs.evolve(self, **{name: value for name, value in given.items() if value is not ...})

    def with_statement(self, statement: Statement) -> Policy:
        """Return the policy with one more statement, at the end.

        Args:
            statement: The statement.

        Raises:
            PolicyDocumentError: if it is not a Statement.
        """
        return attrs.evolve(self, statement=(*self.statements, statement))

    def without_statement(self, sid: str) -> Policy:
        """Return the policy without the statement that has this Sid.

        Args:
            sid: The Sid; case matters.

        Raises:
            SidError: if no statement or more than one has it.
        """
        at = self._at(sid)
        return attrs.evolve(self, statement=self.statements[:at] + self.statements[at + 1 :])

    def exchange_statement(self, statement: Statement) -> Policy:
        """Return the policy with this statement instead of the one that has the same Sid.

        Args:
            statement: The new statement, with a Sid.

        Raises:
            SidError: if the new statement has no Sid, or if no statement or more than one of the policy has it.
        """
        return self._exchanged(self._at(sid_of(statement)), statement)

    def with_principal(self, principal: Principal, *, sid: str) -> Policy:
        """Return the policy with more principals in a statement.

        Args:
            principal: The principals; one that the statement has already is not added again, nor is an account that it has by its
                id or its ARN.
            sid: The Sid of the statement; case matters. If the statement is a Deny, they are denied.

        Returns:
            The new policy; the same policy if there is nothing to add.

        Raises:
            SidError: if no statement or more than one has the Sid.
            PolicyDocumentError: if it is not a Principal, if either of the two is ``"*"``, or if the statement has NotPrincipal.

        https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
        """
        at = self._at(sid)
        statement = self.statements[at]
        if statement.principal is None:
            what = f"the statement {sid!r} has no Principal, to which others can be added; use exchange_statement"
            raise wrong("INVALID_PRINCIPAL_FORMAT", what)
        more = with_names(statement.principal, a_principal(principal))
        return self if more == statement.principal else self._exchanged(at, statement.replace(principal=more))

    def without_principal(self, principal: Principal, *, sid: str | None = None) -> Policy:
        """Return the policy without some principals.

        Only their names are removed. They may still have access because everyone has it, by the IAM policies of an
        account that has access, or by a role: ask :func:`kmspolicy.prove.access_not_granted`.

        Args:
            principal: The principals, an account by its id or its ARN.
            sid: The Sid of the statement that loses them; case matters. It must have another principal. None for
                every statement that is an Allow; a statement without another principal is removed.

        Returns:
            The new policy; the same policy if there is nothing to remove.

        Raises:
            SidError: if no statement or more than one has the Sid.
            PolicyDocumentError: if it is not a Principal, or if the statement of this Sid has no other principal.

        https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
        """
        others = a_principal(principal)
        if sid is not None:
            at = self._at(sid)
            left = _without(self.statements[at], others)
            if left is None:
                what = f"the statement {sid!r} has no other principal; use without_statement if it is to go"
                raise wrong("INVALID_PRINCIPAL_FORMAT", what)
            return self if left is self.statements[at] else self._exchanged(at, left)
        every = [_without(one, others) if one.effect == "Allow" else one for one in self.statements]
        if all(new is old for new, old in zip(every, self.statements, strict=True)):
            return self
        return attrs.evolve(self, statement=[one for one in every if one is not None])

    def _at(self, sid: str) -> int:
        """Return the index of the statement that has a Sid."""
        wanted = a_sid(sid)
        found = [index for index, statement in enumerate(self.statements) if statement.sid == wanted]
        if len(found) != 1:
            raise SidError(_no_single_sid(self, sid, len(found)))
        return found[0]

    def _exchanged(self, at: int, statement: Statement) -> Policy:
        """Return the policy with another statement at an index; a single one stays outside of a list."""
        if isinstance(self.statement, Statement):
            return attrs.evolve(self, statement=statement)
        return attrs.evolve(self, statement=(*self.statement[:at], statement, *self.statement[at + 1 :]))

    def __repr__(self) -> str:
        """Return the call that builds the value."""
        statement = self.statement if isinstance(self.statement, Statement) else list(self.statement)
        return f"Policy({statement!r}, id={self.id!r}, version={self.version!r})"

    def to_element(self) -> dict[str, Any]:
        """Return the document as a dict; lists may be tuples."""
        element: dict[str, Any] = {}
        if self.version is not None:
            element["Version"] = self.version
        if self.id is not None:
            element["Id"] = self.id
        statement = self.statement
        if isinstance(statement, Statement):
            element["Statement"] = statement.to_element()
        else:
            element["Statement"] = [one.to_element() for one in statement]
        return element


def _without(statement: Statement, others: Principal) -> Statement | None:
    """Return a statement without some principals; None if it has no other one."""
    if statement.principal is None:
        return statement
    left = without_names(statement.principal, others)
    if left is statement.principal:
        return statement
    return None if left is None else statement.replace(principal=left)


def a_sid(value: str) -> str:
    """Return the value if it can be the Sid of a statement that is looked for.

    Raises:
        SidError: if it is not text, or empty.
    """
    if not isinstance(value, str) or not value:
        raise SidError(f"a Sid must be text that is not empty, not {value!r}")
    return value


def sid_of(statement: Statement) -> str:
    """Return the Sid of a statement that is to replace another one.

    Raises:
        PolicyDocumentError: if it is not a Statement.
        SidError: if it has no Sid.
    """
    sid = a_statement(statement).sid
    if not sid:
        raise SidError("the statement needs the Sid of the one that it replaces; see Statement.named")
    return sid


def a_policy(value: Policy | PartialPolicy) -> Policy:
    """Return the value if it is a Policy.

    Raises:
        TypeError: if it is not; says how to create a Policy.
    """
    if not isinstance(value, Policy):
        kind = type(value).__name__
        hint = {"str": "; see Policy.from_json", "dict": "; see Policy.from_dict"}.get(kind, "")
        raise TypeError(f"expected a Policy, not {kind}{hint}")
    return value


def _no_single_sid(policy: Policy, sid: str, found: int) -> str:
    if found:
        return (
            f"{found} statements have the Sid {sid!r}, which KMS allows; build a Policy "
            "from those of policy.statements that should stay"
        )
    return (
        f"no statement has the Sid {sid!r}; the Sids are {[statement.sid for statement in policy.statements]}"
    )


def _read_statements(value: object) -> Statement | tuple[Statement, ...]:
    if isinstance(value, (list, tuple)):
        return each(cast("Sequence[Any]", value), Statement.from_dict)
    return Statement.from_dict(cast("Mapping[str, object]", value))


_CONVERTERS: Final = {"Statement": _read_statements, "Id": text, "Version": text}
_set_statement, _set_id, _set_version = slots_of(Policy)


def _read(data: object) -> Policy:
    if isinstance(data, str) and data.lstrip().startswith("{"):
        raise mistyped(_TEXT_IN_TEXT)
    document = mapping(data, "a policy document")
    if "Statement" not in document:
        raise _no_statement(document)
    members = members_of(document, _CONVERTERS, "an element of a policy document")
    return _of(members["Statement"], members.get("Id"), members.get("Version"))


_TEXT_IN_TEXT: Final = (
    "this is a document as text within text, as `aws kms get-key-policy --query Policy` prints it without --output text; "
    "read the inner text"
)


def _of(statement: Statement | tuple[Statement, ...], label: str | None, version: str | None) -> Policy:
    policy = object.__new__(Policy)
    _set_statement(policy, statement)
    _set_id(policy, label)
    _set_version(policy, version)
    return policy


def _no_statement(document: Mapping[str, Any]) -> PolicyDocumentError:
    """Return the error for a document without the element Statement: misspelt, missing, or a bare statement."""
    held = next((what for name, what in _HOLDERS.items() if isinstance(document.get(name), _HELD)), None)
    if held is not None:
        return wrong("MISSING_STATEMENT", held)
    if "Effect" in document:
        what = 'this is a statement, not a policy document; write {"Statement": [...]}'
        problems = [Problem("MISSING_STATEMENT", what)]
        try:
            Statement.from_dict(document)
        except PolicyDocumentError as error:
            problems += error.problems
        return refused(problems)
    try:
        members_of(document, _CONVERTERS, "an element of a policy document")
    except PolicyDocumentError as error:
        misspelt = any(problem.suggestion == "Statement" for problem in error.problems)
        return error if misspelt else refused([_MISSING, *error.problems])
    return PolicyDocumentError([_MISSING])


_HELD: Final = (str, list, Mapping)
# What people have in their files that holds a policy document, and is none.
_HOLDERS: Final = {
    "Policy": "this holds the policy in 'Policy', as GetKeyPolicy answers and `aws kms get-key-policy` prints; "
    "kmspolicy.sources.read_text reads it, and `aws kms get-key-policy --query Policy --output text` prints the policy alone",
    "KeyPolicy": "these are properties of a CloudFormation resource; read the KeyPolicy in it",
    "Properties": "this is a CloudFormation resource; kmspolicy.sources.read_cloudformation reads the template that it is in",
    "Resources": "this is a CloudFormation template; kmspolicy.sources.read_cloudformation reads the policies of its keys",
    "resource_changes": "this is a Terraform plan; kmspolicy.sources.read_terraform_plan reads the policies of its keys",
    "apiVersion": "this is a manifest of Kubernetes; kmspolicy.sources.read_text reads the policies of its keys",
    "PolicyDocument": "this holds the policy in 'PolicyDocument'; read that",
    "Document": "this holds the policy in 'Document'; read that",
}
_MISSING: Final = Problem("MISSING_STATEMENT", "the Statement is missing")


def _explain(text: str | bytes) -> Policy:
    """Read a text that the fast path refused, and raise an error with all problems and their places."""
    scan = _text.scan(text)
    lines = _text.Lines(scan.text)
    problems = [
        Problem(fault.code, fault.message, fault.steps, *lines.place(fault.offset)) for fault in scan.faults
    ]
    policy = None
    if scan.node is not None:
        try:
            policy = _read(scan.node.value)
        except PolicyDocumentError as error:
            problems += [located(problem, scan.node, lines) for problem in error.problems]
    if policy is None or problems:
        raise refused(sorted(problems, key=_in_order))
    return policy


def located(problem: Problem, root: _text.Node, lines: _text.Lines) -> Problem:
    """Return a problem with its line and column in the text."""
    place = lines.place(root.nearest(problem.steps).offset)
    return attrs.evolve(problem, line=place.line, column=place.column)


def _in_order(problem: Problem) -> tuple[int, int]:
    return problem.line or 0, problem.column or 0
