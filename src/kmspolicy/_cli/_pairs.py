"""The policies before and after: of a plan of Terraform, or of two files or folders."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import attrs
import click

from kmspolicy._cli._inputs import NoPolicyError
from kmspolicy._cli._options import read_each
from kmspolicy._printable import printable, word

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from kmspolicy import PartialPolicy, Policy
    from kmspolicy.errors import SourceError
    from kmspolicy.sources import Reading, Source


_NEW: Final = "a new key: there is nothing to compare it with"
_SET_NOWHERE: Final = ("default", "elsewhere")
_NOT_ALL_READ: Final = "it is not compared: not all files could be read"
_GONE: Final = "it is not there any more"


@attrs.frozen
class Pair:
    """What is known of a key before and after.

    Attributes:
        source: What is said of it after; before, if nothing is said after.
        before: The policy before; None if there is none, or it is not known.
        after: The policy after, likewise.
        why: Why one of them is missing.
        is_new: Whether the key is new, so that nobody had access before.
        is_gone: Whether the key is gone after, so that nobody has access.
        is_unchanged: Whether no policy is set, neither before nor after.
    """

    source: Source
    before: Policy | PartialPolicy | None
    after: Policy | PartialPolicy | None
    why: str | None = None
    is_new: bool = False
    is_gone: bool = False
    is_unchanged: bool = False


@attrs.frozen
class Pairs:
    """All pairs, and what could not be read."""

    pairs: tuple[Pair, ...]
    errors: tuple[SourceError, ...]


def read_pairs(paths: tuple[str, ...], options: Mapping[str, Any], account: str | None) -> Pairs:
    """Read the policies before and after.

    Args:
        paths: A plan; or a file or folder, and what it is compared with.
        options: The options of reading.
        account: The account of the keys.

    Raises:
        UsageError: for another number of paths, or for one path that is not a plan of changes.
    """
    if len(paths) > 2:  # noqa: PLR2004 - as the message says
        raise click.UsageError("give OLD and NEW, or a plan of Terraform as JSON")
    readings = read_each(paths, options, account)
    errors = tuple(error for read in readings for error in read.errors)
    planned = [source.was is not None for read in readings for source in read.sources]
    if len(paths) == 1:
        if not all(planned):
            raise click.UsageError(
                f"{printable(paths[0])} is not a plan of Terraform, which tells what was before: give OLD and NEW"
            )
        return Pairs(tuple(map(_of_plan, readings[0].sources)), errors)
    if any(planned):
        raise click.UsageError("a plan of Terraform has both, before and after: give it alone")
    if len({Path(path).is_dir() for path in paths}) > 1 and any(len(read.sources) > 1 for read in readings):
        raise click.UsageError(
            "give two files or two folders: keys are compared by the paths of their files, too"
        )
    return Pairs(tuple(_of_two(readings[0], readings[1], paths)), errors)


def _of_plan(source: Source) -> Pair:
    missing = None if source.told == "policy" else source.why or source.told
    if source.before is None and missing is None:
        missing = _NEW if source.was == "new" else "its policy before is not known"
    return Pair(
        source,
        source.before,
        source.policy,
        missing,
        is_new=source.was == "new" and source.told == "policy",
        is_gone=source.told == "deleted",
        is_unchanged=source.before is None and source.told in _SET_NOWHERE,
    )


def _of_two(old: Reading, new: Reading, paths: tuple[str, ...]) -> Iterator[Pair]:
    """Pair the keys of two files or folders: those of one name, in files of one path if there are several; or the only ones."""
    before, after = (_named(read.sources, path) for read, path in zip((old, new), paths, strict=True))
    if len(before) == len(after) == 1:
        (before,) = ({name: source} for source in before.values() for name in after)
    for identity in (_by_key, _by_resource):
        for name, moved in _moved(before, after, identity):
            before[moved] = before.pop(name)
    is_read = all(isinstance(error, NoPolicyError) for error in (*old.errors, *new.errors))
    gone, added = before.keys() - after.keys(), after.keys() - before.keys()
    either = {name.resource for name in gone} & {name.resource for name in added}
    unclear = _unclear(before, after)
    for name in dict.fromkeys([*before, *after]):
        if name in unclear:
            yield Pair(
                after.get(name) or before[name],
                None,
                None,
                "its file has another number of policies now: which of them it is, is not known",
            )
        else:
            one, other = before.get(name), after.get(name)
            is_missing = one is None or other is None
            is_whole = bool(before) and is_read and not (name.resource and name.resource in either)
            pair = _pair(one, other, is_whole=is_whole)
            yield attrs.evolve(pair, why=_NOT_ALL_READ) if is_missing and not is_read else pair


def _by_key(_: _Name, source: Source) -> object:
    return source.key_arn


def _by_resource(name: _Name, _: Source) -> object:
    return name.resource


def _moved(
    before: Mapping[_Name, Source],
    after: Mapping[_Name, Source],
    identity: Callable[[_Name, Source], object],
) -> Iterator[tuple[_Name, _Name]]:
    """Yield the names before and after of what has another name, or stands in another file, now: those with the same identity, if that is there once before and after."""
    sides = [
        [(identity(name, source), name) for name, source in one.items() if name not in other]
        for one, other in ((before, after), (after, before))
    ]
    counts = [Counter(same for same, _ in side) for side in sides]
    for same, name in sides[0]:
        if same and counts[0][same] == counts[1][same] == 1:
            yield name, next(moved for there, moved in sides[1] if there == same)


def _unclear(before: Iterable[_Name], after: Iterable[_Name]) -> set[_Name]:
    """Return the policies of files that have several, without names, and not as many as before: their numbers tell nothing then."""
    counts = [Counter(name.path for name in side if not name.resource) for side in (before, after)]
    return {
        name
        for name in (*before, *after)
        if not name.resource
        and counts[0][name.path] != counts[1][name.path]
        and min(count[name.path] for count in counts)
    }


class _Name(NamedTuple):
    """The name of a key among those of a file or a folder.

    Attributes:
        path: The path of its file in the folder; empty for a file.
        resource: Its name; empty for a file that is a policy alone.
        number: Which of the policies of the file it is, if it is alone in one of several documents.
    """

    path: str
    resource: str
    number: str


def _named(sources: Iterable[Source], path: str) -> dict[_Name, Source]:
    """Return the keys by their names.

    Raises:
        UsageError: if two have one name, so that it is not clear which one is meant.
    """
    named: dict[_Name, Source] = {}
    for source in sources:
        file = Path(source.file or path)
        where = file.relative_to(path).as_posix() if Path(path).is_dir() and file.is_relative_to(path) else ""
        alone = _alone(source)
        name = _Name(where, source.name if alone is None else "", alone or "")
        if name in named:
            raise click.UsageError(
                f"{printable(source.file or path)} has two keys of the name {word(source.name)}"
            )
        named[name] = source
    return named


def _alone(source: Source) -> str | None:
    """Return which policy of its file a source is, ``" (2)"`` or nothing; None for a resource, which has a name."""
    file = source.file or ""
    return source.name.removeprefix(file) if source.name.startswith(file) else None


def _pair(before: Source | None, after: Source | None, *, is_whole: bool) -> Pair:
    """Return what is known of a key before and after.

    Args:
        before: What is said of it before.
        after: What is said of it after.
        is_whole: Whether all files could be read, and there was something before: only then is what is missing not there.
    """
    if before is None and after is not None:
        # A resource that is new is a key that is new; of a policy alone, it is not known which key it is for.
        is_new = is_whole and _alone(after) is None
        return Pair(after, None, after.policy, _NEW if is_new else "it was not there before", is_new=is_new)
    if before is not None and after is None:
        return Pair(before, before.policy, None, _GONE, is_gone=is_whole)
    assert before is not None  # noqa: S101 - one of the two is there
    assert after is not None  # noqa: S101 - the same
    missing = next((one.why or one.told for one in (after, before) if one.policy is None), None)
    if None not in (before.key_arn, after.key_arn) and before.key_arn != after.key_arn:
        return Pair(after, None, None, "it is the policy of another key now")
    unchanged = before.told == after.told and after.told in _SET_NOWHERE
    return Pair(after, before.policy, after.policy, missing, is_unchanged=unchanged)
