"""``kmspolicy diff``: what a change changes, and who gains and loses access."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from kmspolicy import Comparison, Diff, Policy, Relation, compare, diff
from kmspolicy._cli._asked import FORMATS, Answered, code_of, show
from kmspolicy._cli._options import output, reading, settings_of, whose
from kmspolicy._cli._pairs import read_pairs
from kmspolicy._cli._places import key_of
from kmspolicy._cli._screen import tell
from kmspolicy._words._lists import counted

if TYPE_CHECKING:
    from kmspolicy import PartialPolicy
    from kmspolicy._cli._pairs import Pair
    from kmspolicy._language._key_arns import Key


@click.command
@click.argument("paths", metavar="OLD NEW | PLAN.json", nargs=-1, required=True)
@click.option(
    "--exit-code", is_flag=True, help="Make the exit code 1 if anything differs, or if that is not known."
)
@reading
@whose
@output(*FORMATS)
@click.pass_context
def command(ctx: click.Context, /, paths: tuple[str, ...], **options: Any) -> None:  # noqa: ANN401 - as click calls it
    """Show what a change changes, and who gains and who loses access.

    OLD and NEW are files or folders, whose keys are compared by name; or give the plan of Terraform as JSON, which has both.
    """
    account = settings_of(options).account
    read = read_pairs(paths, options, account)
    changed = [answered for pair in read.pairs if (answered := _answered(pair, account)) is not None]
    same = len(read.pairs) - len(changed)
    show(changed, read.errors, options, others=same > 0)
    if same:
        tell(f"{counted(same, 'policy', 'policies')} without a difference")
    ctx.exit(code_of(read.errors, found=options["exit_code"] and bool(changed)))


def _answered(pair: Pair, account: str | None) -> Answered | None:
    """Return what changes for a key; None if nothing does."""
    if pair.before is None or pair.after is None:
        return None if pair.is_unchanged else Answered(pair.source, None, pair.why)
    answer = _difference(pair.before, pair.after, key_of(pair.source, account))
    differs = bool(answer) if isinstance(answer, Diff) else answer.relation is not Relation.EQUIVALENT
    return Answered(pair.source, answer) if differs else None


def _difference(before: Policy | PartialPolicy, after: Policy | PartialPolicy, key: Key) -> Diff | Comparison:
    """Return the difference between two policies; where not all is known, what is proved about it."""
    if isinstance(before, Policy) and isinstance(after, Policy):
        return diff(before, after, account=key.account, key_arn=key.arn)
    return compare(before, after, account=key.account, key_arn=key.arn)
