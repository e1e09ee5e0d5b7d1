"""The policies before and after: of a plan of Terraform, or of two files or folders."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import attrs
import click

from kmspolicy._cli._options import read_sources
from kmspolicy._printable import printable, word

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from kmspolicy import PartialPolicy, Policy
    from kmspolicy.errors import SourceError
    from kmspolicy.sources import Reading, Source


_KEY_POLICY: Final = "aws_kms_key_policy."
"""A resource that comes and goes while its key stays: the key has another policy before and after it."""
_NEW: Final = "a new key: there is nothing to compare it with"


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
    """

    source: Source
    before: Policy | PartialPolicy | None
    after: Policy | PartialPolicy | None
    why: str | None = None
    is_new: bool = False
    is_gone: bool = False

    @property
    def is_unchanged(self) -> bool:
        """Whether no policy is set, neither before nor after."""
        return self.before is None and self.after is None and self.source.told in ("default", "elsewhere")


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
    if len(paths) == 1:
        read = read_sources(paths, options, account)
        return Pairs(tuple(map(_of_plan, read.sources)), read.errors)
    if len(paths) != 2:  # noqa: PLR2004 - as the message says
        raise click.UsageError("give OLD and NEW, or a plan of Terraform as JSON")
    old, new = (read_sources((path,), options, account) for path in paths)
    return Pairs(tuple(_of_two(old, new, paths)), (*old.errors, *new.errors))


def _of_plan(source: Source) -> Pair:
    if source.told == "policy" and source.before is None:
        # Of a key that is there, the plan does not know the policy that it has: another resource set it, or nobody.
        is_new = source.key_arn is None and _KEY_POLICY not in source.name
        why = _NEW if is_new else "its policy before is not known"
        return Pair(source, None, source.policy, why, is_new=is_new)
    missing = None if source.told == "policy" else source.why or source.told
    return Pair(
        source,
        source.before,
        source.policy,
        missing,
        is_gone=source.told == "deleted" and _KEY_POLICY not in source.name,
    )


def _of_two(old: Reading, new: Reading, paths: tuple[str, ...]) -> Iterator[Pair]:
    """Pair the keys of two files or folders: those of one name, in files of one path; or the only ones."""
    before, after = (_named(read.sources, path) for read, path in zip((old, new), paths, strict=True))
    if len(before) == len(after) == 1:
        (before,) = ({name: source} for source in before.values() for name in after)
    for name in dict.fromkeys([*before, *after]):
        yield _pair(before.get(name), after.get(name))


def _named(sources: Iterable[Source], path: str) -> dict[tuple[str, str], Source]:
    """Return the keys by the paths of their files in the folder, and by their names.

    Raises:
        UsageError: if two have one name, so that it is not clear which one is meant.
    """
    named: dict[tuple[str, str], Source] = {}
    for source in sources:
        file = Path(source.file or path)
        where = file.relative_to(path).as_posix() if Path(path).is_dir() and file.is_relative_to(path) else ""
        name = (where, "" if source.name == source.file else source.name)
        if name in named:
            raise click.UsageError(
                f"{printable(source.file or path)} has two keys of the name {word(source.name)}"
            )
        named[name] = source
    return named


def _pair(before: Source | None, after: Source | None) -> Pair:
    if before is None and after is not None:
        # A resource that is new is a key that is new; of a policy alone, it is not known which key it is for.
        is_new = after.name != after.file
        return Pair(after, None, after.policy, _NEW if is_new else "it was not there before", is_new=is_new)
    if before is not None and after is None:
        return Pair(before, before.policy, None, "it is not there any more", is_gone=True)
    assert before is not None  # noqa: S101 - one of the two is there
    assert after is not None  # noqa: S101 - the same
    missing = next((one.why or one.told for one in (after, before) if one.policy is None), None)
    return Pair(after, before.policy, after.policy, missing)
