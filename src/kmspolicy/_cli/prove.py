"""``kmspolicy prove``: claims about all requests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import attrs
import click

from kmspolicy import PartialPolicy, prove
from kmspolicy._cli._asked import FORMATS, Answered, ask, code_of, show
from kmspolicy._cli._exit import Unreadable
from kmspolicy._cli._group import Group
from kmspolicy._cli._inputs import merged
from kmspolicy._cli._options import named, output, paths, read_each, read_sources, reading, settings_of, whose
from kmspolicy._cli._pairs import read_pairs
from kmspolicy._cli._places import key_of
from kmspolicy._printable import printable
from kmspolicy._prove._verdicts import Holds
from kmspolicy.statements import default_policy

if TYPE_CHECKING:
    from collections.abc import Callable

    from kmspolicy import Policy, Verdict
    from kmspolicy._cli._pairs import Pair
    from kmspolicy._language._key_arns import Key
    from kmspolicy.sources import Reading, Source

    Claim = Callable[[Policy | PartialPolicy, Key], Verdict]


@click.group(cls=Group)
def command() -> None:
    """Prove a claim for every request, or show a request that speaks against it.

    The exit code is 1 where a claim does not hold, and where that is not known.
    """


@command.command("no-public-access")
@paths
@reading
@whose
@output(*FORMATS)
@click.pass_context
def no_public_access(ctx: click.Context, /, paths: tuple[str, ...], **options: Any) -> None:  # noqa: ANN401 - as click calls it
    """Nobody has access of whom the policy knows nothing."""

    def claim(policy: Policy | PartialPolicy, key: Key) -> Verdict:
        return prove.no_public_access(policy, account=key.account, key_arn=key.arn)

    _of_paths(ctx, paths, options, claim)


@command.command("no-new-access")
@click.argument("paths", metavar="OLD NEW | PLAN.json", nargs=-1, required=True)
@reading
@whose
@output(*FORMATS)
@click.pass_context
def no_new_access(ctx: click.Context, /, paths: tuple[str, ...], **options: Any) -> None:  # noqa: ANN401 - as click calls it
    """No request is granted more than before.

    A key that is new, or gone, cannot fail. A policy that is not known, before or after, does: the default policy, for example, and a
    file with a policy alone that was not there before, since its key may have been.
    """
    account = settings_of(options).account
    read = read_pairs(paths, options, account)
    answered: list[Answered] = []
    fails = False
    for pair in read.pairs:
        if not pair.is_unchanged:
            one = _no_new_access(pair, key_of(pair.source, account))
            answered.append(one)
            fails |= not isinstance(one.answer, Holds) and not (pair.is_new or pair.is_gone)
    show(answered, read.errors, options, others=len(answered) < len(read.pairs))
    ctx.exit(code_of(read.errors, found=fails))


def _no_new_access(pair: Pair, key: Key) -> Answered:
    if pair.before is None or pair.after is None:
        return Answered(pair.source, None, pair.why)
    verdict = prove.no_new_access(pair.before, pair.after, account=key.account, key_arn=key.arn)
    return Answered(pair.source, verdict)


@command.command("access-not-granted")
@paths
@click.option(
    "--action",
    "actions",
    metavar="ACTION",
    multiple=True,
    help="An action, kms:Decrypt or kms:* for example; again for more.",
)
@click.option("--principal", metavar="PRINCIPAL", help="To whom; without it, to anybody.")
@reading
@whose
@output(*FORMATS)
@click.pass_context
def access_not_granted(ctx: click.Context, /, paths: tuple[str, ...], **options: Any) -> None:  # noqa: ANN401 - as click calls it
    """The policy does not grant some actions; without --action, none at all."""

    def claim(policy: Policy | PartialPolicy, key: Key) -> Verdict:
        return prove.access_not_granted(
            policy, *options["actions"], principal=options["principal"], account=key.account, key_arn=key.arn
        )

    _of_paths(ctx, paths, options, claim)


@command.command("always-granted")
@paths
@click.option("--principal", metavar="PRINCIPAL", required=True, help="To whom.")
@click.option("--action", metavar="ACTION", required=True, help="The action, kms:Decrypt for example.")
@reading
@whose
@output(*FORMATS)
@click.pass_context
def always_granted(ctx: click.Context, /, paths: tuple[str, ...], **options: Any) -> None:  # noqa: ANN401 - as click calls it
    """The policy grants an action to a principal in every request."""

    def claim(policy: Policy | PartialPolicy, key: Key) -> Verdict:
        return prove.always_granted(
            policy, options["principal"], options["action"], account=key.account, key_arn=key.arn
        )

    _of_paths(ctx, paths, options, claim)


@command.command("grants-at-most")
@click.argument("limit")
@paths
@reading
@whose
@output(*FORMATS)
@click.pass_context
def grants_at_most(ctx: click.Context, /, limit: str, paths: tuple[str, ...], **options: Any) -> None:  # noqa: ANN401 - as click calls it
    """The policy grants nothing that LIMIT, a file with a policy, does not grant."""
    account = settings_of(options).account
    most, *others = read_each((limit, *paths), options | {"name": None}, account)
    for error in most.errors:
        raise Unreadable(str(error))
    limits = [source.policy for source in most.sources if source.policy is not None]
    if len(limits) != 1:
        raise click.UsageError(f"the limit must be one policy; {printable(limit)} has {len(limits)}")

    def claim(policy: Policy | PartialPolicy, key: Key) -> Verdict:
        return prove.grants_at_most(policy, limits[0], account=key.account, key_arn=key.arn)

    _of_each(ctx, named(merged(others), options["name"]), options, claim, account)


def _of_paths(ctx: click.Context, paths: tuple[str, ...], options: dict[str, Any], claim: Claim) -> None:
    """Prove a claim about each policy of the paths, and end the command."""
    account = settings_of(options).account
    _of_each(ctx, read_sources(paths, options, account), options, claim, account)


def _of_each(
    ctx: click.Context, read: Reading, options: dict[str, Any], claim: Claim, account: str | None
) -> None:
    """Prove a claim about each policy that was read, and end the command."""

    def question(source: Source, policy: Policy | PartialPolicy) -> Verdict:
        return claim(policy, key_of(source, account))

    answered = ask([*map(_with_default, read.sources)], question)
    show(answered, read.errors, options)
    # Of a policy that cannot be known, nothing is shown; of a key that is gone, nothing is claimed; what sets a policy is asked itself.
    claimed = [one for one in answered if one.source.told not in ("deleted", "elsewhere")]
    fails = not all(isinstance(one.answer, Holds) for one in claimed)
    ctx.exit(code_of(read.errors, found=fails))


def _with_default(source: Source) -> Source:
    """Return what is said of a key, with the default policy where it has that."""
    return (
        attrs.evolve(source, policy=PartialPolicy.from_json(_DEFAULT)) if source.told == "default" else source
    )


_DEFAULT: Final = default_policy("000000000000").to_json().replace("000000000000", "${AWS::AccountId}")
"""The default policy, in the account of the key."""
