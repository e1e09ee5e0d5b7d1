"""What a file says of one key."""

from __future__ import annotations

from contextlib import contextmanager
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias, cast, final

import attrs

from kmspolicy._document import Policy
from kmspolicy._language._key_arns import account_of_key_arn
from kmspolicy._partial import PartialPolicy
from kmspolicy._partial._explain import explained
from kmspolicy._partial._fill import Given, fill, given_in, needed, policy_of
from kmspolicy._partial._kinds import written
from kmspolicy._partial._read import tree_of_json
from kmspolicy._partial._tree import Absent, Choice, Items, Members, Text, Unresolved
from kmspolicy._printable import printable
from kmspolicy.errors import PolicyDocumentError, SourceError

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator, Mapping

    from kmspolicy._partial._tree import Node, Placeholder
    from kmspolicy._path import Steps
    from kmspolicy._sources._node import Scalar
    from kmspolicy._text import Place

Told: TypeAlias = Literal["policy", "default", "elsewhere", "unresolved", "deleted"]
"""What a file tells of the policy of a key: a policy; that none is set, so that the key has the default policy; that another
resource sets it; that it cannot be known from the file; that the key is deleted."""

Was: TypeAlias = Literal["new", "policy", "unknown"]
"""What a file tells of a key before a change: that it is new, that it has a policy, or that its policy is not known."""

_NOTHING: Final = Given({}, {})


@final
@attrs.frozen
class Ignore:
    """A finding that a file says to ignore.

    Attributes:
        code: Its code, ``PUBLIC_ACCESS`` for example.
        reason: Why it is fine.
    """

    code: str
    reason: str


@final
@attrs.frozen(kw_only=True)
class Source:
    """What a file says of the policy of one key.

    Attributes:
        name: The name of the resource, ``AppKey`` or ``module.app.aws_kms_key.this[0]``, with the namespace in Kubernetes, ``prod/app``;
            of a file with one policy, its path.
        told: What is told: ``"policy"``, ``"default"``, ``"elsewhere"``, ``"unresolved"`` or ``"deleted"``.
        policy: The policy, partial if it has placeholders; None unless ``told`` is ``"policy"``.
        was: What a plan tells of the key before it: ``"new"``, ``"policy"`` or ``"unknown"``; None for all else than a plan.
        before: The policy that the key has now; None unless ``was`` is ``"policy"``.
        why: Why there is no policy.
        set_by: The name of the resource that sets the policy, if ``told`` is ``"elsewhere"``; it may have several instances.
        key_arn: The ARN of the key, where the file tells it: in a plan, that of a key which is there already; in the status of a
            manifest; under ``KeyMetadata``, as DescribeKey answers it, beside the ``Policy`` of GetKeyPolicy.
        bypass: Whether the file says to bypass the lockout safety check.
        ignores: The findings to ignore, from ``Metadata.kmspolicy.ignore``.
        names: The names of the values that can be given, also of those that are: of placeholders in the policy, and of the parameters
            of its template.
        file: The file in which the places are.
    """

    name: str
    told: Told = "policy"
    policy: Policy | PartialPolicy | None = None
    was: Was | None = None
    before: Policy | PartialPolicy | None = None
    why: str | None = None
    set_by: str | None = None
    key_arn: str | None = None
    bypass: bool = False
    ignores: tuple[Ignore, ...] = ()
    names: frozenset[str] = frozenset()
    file: str | None = None
    _tree: Node | None = attrs.field(default=None, eq=False, repr=False)
    _place: Place | None = attrs.field(default=None, eq=False, repr=False)

    def with_default(self) -> Source:
        """Return the source of a key for which no policy is set."""
        return attrs.evolve(self, told="default", why="no policy is set: the key has the default policy")

    def in_file(self, file: str | None) -> Source:
        """Return the source with the name of its file."""
        return attrs.evolve(self, file=file)

    def at(self, place: Place | None) -> Source:
        """Return the source with its place."""
        return attrs.evolve(self, place=place or self._place)

    def with_values(self, values: Mapping[str, str]) -> Source:
        """Return the source with values for those placeholders of its policy that are among the names.

        Args:
            values: The values, by the names of placeholders.

        Raises:
            PlaceholderError: if a value is not what the placeholder stands for.
            SourceError: if everything is known then, and it is not a policy document.
        """
        if not isinstance(self.policy, PartialPolicy) or self._tree is None:
            return self
        names = {one.name for one in self.policy.placeholders}
        known = {name: value for name, value in values.items() if name in names}
        self.policy.with_values(known)
        return source_of(self, given_in(self._tree, known)) if known else self

    def part(self, steps: Steps = ()) -> object:
        """Return a part of the policy as JSON, without places and whatever the order: two of the same content are equal.

        Args:
            steps: The steps to it, those of a finding for example; none for the policy itself. All branches of choices count.
        """
        if isinstance(self.policy, Policy):
            return _unordered(_json_at(self.policy.to_dict(), steps))
        return None if self._tree is None else _content_at(self._tree, steps)

    def limits(self) -> object:
        """Return what limits each statement that allows, as JSON like :meth:`part`: the version, and what denies or may deny."""
        if isinstance(self.policy, Policy):
            denials = [each.to_dict() for each in self.policy.statements if each.effect == "Deny"]
            return [self.policy.version, _unordered(denials)]
        return None if self._tree is None else _content(_limits(self._tree))

    def place(self, steps: Steps = ()) -> Place | None:
        """Return the line and column of a part of the policy.

        Args:
            steps: The steps to it, those of a finding for example; none for the policy itself.

        Returns:
            Where it begins, a member at its name; where branches of a choice have it, in the first of them; for what is not
            in the file, where its nearest whole begins. None if the file has no lines, as a plan has none.
        """
        if self._tree is None:
            return self._place
        if isinstance(self.policy, Policy):
            return fill(self._tree, _NOTHING).origin(steps).place or self._place
        return _place_in(self._tree, steps) or self._place


@contextmanager
def in_policy(name: str) -> Generator[None]:
    """Put the name of a resource into the errors of its reading, for a file that has no places."""
    try:
        yield
    except SourceError as error:
        raise SourceError(f"{printable(name)}: {error.message}") from error.__cause__


@contextmanager
def in_file(file: str | None) -> Generator[None]:
    """Put the name of a file into the errors of its reading."""
    try:
        yield
    except SourceError as error:
        named = SourceError(error.message, file=file, line=error.line, column=error.column)
        raise named from error.__cause__


@final
@attrs.frozen
class Reading:
    """What the files of a path say.

    Attributes:
        sources: What is said of each key, in the order of the files.
        errors: What could not be read: an error for each file.
    """

    sources: tuple[Source, ...]
    errors: tuple[SourceError, ...]


def policy_in(tree: Node) -> Policy | PartialPolicy:
    """Return the policy that a tree stands for.

    Raises:
        SourceError: if it is not a policy document, whatever the values of placeholders.
    """
    try:
        if needed(tree, _NOTHING):
            explained(tree)
            return PartialPolicy(tree)
        return policy_of(fill(tree, _NOTHING))
    except PolicyDocumentError as error:
        raise refused(error) from error


def refused(error: PolicyDocumentError) -> SourceError:
    """Return the error for a document in a file that is not a policy."""
    first = error.problems[0]
    alone = attrs.evolve(first, line=None, column=None)
    message = str(alone) if len(error.problems) == 1 else str(error)
    return SourceError(message, line=first.line, column=first.column)


def a_key_arn(text: object) -> str | None:
    """Return a text if it is the ARN of a key: a file may have a name, an alias or nothing in its place."""
    return text if isinstance(text, str) and account_of_key_arn(text) else None


def json_in(node: Scalar, parts: Callable[[str], tuple[str | Placeholder | Choice, ...]]) -> Node:
    """Read the JSON text in a string.

    Raises:
        SourceError: if it is not JSON.
    """
    inside = node.inside
    try:
        return tree_of_json(node.text, parts, inside.place if inside else lambda _: node.place)
    except PolicyDocumentError as error:
        raise refused(error) from error


def source_of(told: Source, tree: Node) -> Source:
    """Return what is told of a key, with the policy that a tree stands for."""
    placed = told.at(tree.place)
    if isinstance(tree, Unresolved):
        return attrs.evolve(
            placed, told="unresolved", why=f"{printable(tree.name)} cannot be known from the file", tree=tree
        )
    policy = policy_in(tree)
    placeholders = () if isinstance(policy, Policy) else (one.name for one in policy.placeholders)
    return attrs.evolve(placed, policy=policy, names=told.names.union(placeholders), tree=tree)


# --- places ----------------------------------------------------------------------------------------


def _place_in(tree: Node, steps: Steps) -> Place | None:
    """Return the place at the end of the steps, or that of the last step on the way; all branches of choices count."""
    return max(_reached(tree, steps, 0, None), key=itemgetter(0))[1]


def _reached(
    node: Node, steps: Steps, done: int, place: Place | None
) -> Iterator[tuple[int, Place | None, Node]]:
    """Go along the steps; yield how many are done, the place there, and what is there."""
    here = place or node.place
    yield done, here, node
    ahead = steps[done:]
    match node:
        case Choice(_, then, otherwise):
            yield from _reached(then, steps, done, here)
            yield from _reached(otherwise, steps, done, here)
        case Items(nodes) if ahead:
            for each in nodes[ahead[0] : ahead[0] + 1] if isinstance(ahead[0], int) else ():
                yield from _reached(each, steps, done + 1, None)
        case Members(pairs) if ahead:
            for name, value in pairs:
                if written(name) == ahead[0]:
                    yield from _reached(value, steps, done + 1, name.place)
        case _:
            pass


# --- content ---------------------------------------------------------------------------------------


def _json_at(part: Any, steps: Steps) -> object:  # noqa: ANN401 - JSON
    """Return the part of a document at the end of the steps; where they lead nowhere, the last part on the way."""
    for step in steps:
        try:
            part = part[step]
        except (LookupError, TypeError):
            break
    return part


def _unordered(part: Any) -> Any:  # noqa: ANN401 - JSON
    """Return JSON in one order: that of members and items says nothing in a policy."""
    if isinstance(part, dict):
        members = cast("dict[str, object]", part)
        return {name: _unordered(members[name]) for name in sorted(members)}
    if isinstance(part, list):
        return sorted(map(_unordered, cast("list[object]", part)), key=repr)
    return part


def _content_at(node: Node, steps: Steps) -> object:
    """Return the content at the end of the steps; where they lead nowhere, that of the last node on the way."""
    match node:
        case Choice(test, then, otherwise) if steps:
            return [_content(test), _content_at(then, steps), _content_at(otherwise, steps)]
        case Items(nodes) if steps and isinstance(step := steps[0], int) and step < len(nodes):
            return _content_at(nodes[step], steps[1:])
        case Members(pairs) if steps and (
            found := [value for name, value in pairs if written(name) == steps[0]]
        ):
            return [_content_at(value, steps[1:]) for value in found]
        case _:
            return _content(node)


def _content(part: Any) -> object:  # noqa: ANN401 - a node, or what it is made of
    """Return a node as JSON, by what makes nodes equal; items and members in one order."""
    if isinstance(part, tuple):
        return [*map(_content, cast("tuple[object, ...]", part))]
    kind: type[Any] = part.__class__
    if not attrs.has(kind):
        return part
    every: tuple[attrs.Attribute[Any], ...] = attrs.fields(kind)
    fields = [_content(getattr(part, field.name)) for field in every if field.eq]
    if isinstance(part, (Items, Members)):
        fields = [sorted(cast("list[object]", fields[0]), key=repr)]
    return [kind.__name__, *fields]


def _limits(tree: Node) -> Node:
    """Return a policy without its id and the statements that plainly allow, in all branches."""
    match tree:
        case Choice(test, then, otherwise):
            return Choice(test, _limits(then), _limits(otherwise))
        case Members(pairs):
            return Members(tuple((name, _denials(value)) for name, value in pairs if written(name) != "Id"))
        case _:
            return tree


def _denials(node: Node) -> Node:
    """Return statements without those that plainly allow; what decides where a statement denies is kept."""
    match node:
        case Items(nodes):
            return Items(tuple(each for each in map(_denials, nodes) if each != Absent()))
        case Choice(test, then, otherwise):
            kept = _denials(then), _denials(otherwise)
            return Absent() if kept == (Absent(), Absent()) else Choice(test, *kept)
        case Members(pairs) if (Text(("Effect",)), Text(("Allow",))) in pairs:
            return Absent()
        case _:
            return node
