"""Commands that speak to KMS: this module alone knows asyncio and aiobotocore, and loads them when it is called."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click

from kmspolicy._cli._exit import Found, Refused, Unreadable
from kmspolicy._cli._options import together
from kmspolicy._cli._screen import Screen, tell, write
from kmspolicy._cli._settings import Settings
from kmspolicy._printable import printable, printable_lines
from kmspolicy.errors import (
    CallError,
    KeyIdError,
    KeyPolicyError,
    NotShownError,
    PolicyCheckError,
    PolicyDocumentError,
    RequestError,
)

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Generator, Mapping

    from kmspolicy import KeyPolicies, Plan

T = TypeVar("T")


# https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-options.html
connects: Final = together(
    click.option("--profile", metavar="NAME", help="The profile of ~/.aws/config to use."),
    click.option(
        "--region", metavar="REGION", help="The Region of the key, if the settings of AWS do not tell it."
    ),
    click.option("--endpoint-url", metavar="URL", help="Where KMS is, in place of its usual address."),
)
"""How KMS is reached; the names are those of the AWS CLI."""
_NO_SETTINGS: Final = Settings()


def call(
    work: Callable[[KeyPolicies], Awaitable[T]],
    options: Mapping[str, Any],
    settings: Settings = _NO_SETTINGS,
    *,
    writes: bool = False,
) -> T:
    """Do some work with an open client, and return its result.

    Args:
        work: The work.
        options: The values of the options, those of :data:`connects` among them.
        settings: The settings of the project, which tell the account and the caller.
        writes: Whether it puts a policy.

    Raises:
        ClickException: for every error of the library and of botocore; says what to do.
        KeyboardInterrupt: after Ctrl-C.
    """
    import asyncio  # noqa: PLC0415 - other commands need none of this

    try:
        with refusals():
            return asyncio.run(_do(work, options, settings))
    except KeyboardInterrupt:
        if writes:
            tell("The policy may have been put: look at it with kmspolicy get, or plan again.")
        raise


async def _do(
    work: Callable[[KeyPolicies], Awaitable[T]], options: Mapping[str, Any], settings: Settings
) -> T:
    from contextlib import AsyncExitStack  # noqa: PLC0415 - as above

    from aiobotocore.session import AioSession  # noqa: PLC0415 - as above

    from kmspolicy import KeyPolicies, translate_errors  # noqa: PLC0415 - as above

    async with AsyncExitStack() as stack:
        try:
            with translate_errors():
                session = AioSession(profile=options["profile"])
                # The stubs of other services are not installed, so that pyright does not know their overloads.
                opening = session.create_client(  # pyright: ignore[reportUnknownMemberType]
                    "kms", region_name=options["region"], endpoint_url=options["endpoint_url"]
                )
                client = await stack.enter_async_context(opening)
        except (OSError, ValueError) as error:  # of programs that give credentials; of an endpoint
            raise Refused(f"the client cannot be opened: {printable(str(error))}") from error
        return await work(KeyPolicies(client, account=settings.account, caller=settings.caller))


def show(plan: Plan) -> None:
    """Write what a plan changes."""
    write(Screen.of(sys.stdout).shown(plan))


@contextmanager
def refusals() -> Generator[None]:
    """Turn the errors of the library into the end of the command: one sentence, and the exit code.

    Raises:
        ClickException: for each of them.
    """
    try:
        yield
    except (KeyIdError, RequestError) as error:
        raise click.UsageError(str(error)) from error
    except PolicyCheckError as error:
        findings = "\n  ".join(map(str, error.findings))
        raise Found(f"nothing was sent, for KMS would refuse this policy:\n  {findings}") from error
    except NotShownError as error:
        raise Found(f"nothing was sent: {printable_lines(str(error.verdict))}") from error
    except PolicyDocumentError as error:
        raise Unreadable(f"the policy of the key cannot be read: {error}") from error
    except CallError as error:
        error.advice = next(
            (advice for code, advice in _ADVICE.items() if code in _names(error)), error.advice
        )
        raise Refused(str(error)) from error
    except KeyPolicyError as error:  # somebody else changed the policy
        raise Refused(str(error)) from error


def _names(error: CallError) -> tuple[str, str]:
    return error.code, type(error).__name__


_LOG_IN: Final = (
    'Log in, with "aws sso login" for example, choose a profile with --profile, or set AWS_ACCESS_KEY_ID and '
    "AWS_SECRET_ACCESS_KEY."
)
_AGAIN: Final = 'The credentials have expired: get new ones, with "aws sso login" for example.'
_REACH: Final = "Check the network, --region and --endpoint-url."
_ADVICE: Final[Mapping[str, str]] = {
    "NoCredentialsError": _LOG_IN,
    "PartialCredentialsError": _LOG_IN,
    "CredentialRetrievalError": _LOG_IN,
    "SSOTokenLoadError": _LOG_IN,
    "UnauthorizedSSOTokenError": _LOG_IN,
    "TokenRetrievalError": _LOG_IN,
    "LoginRefreshRequired": _LOG_IN,
    "ExpiredTokenException": _AGAIN,
    "ExpiredToken": _AGAIN,
    "NoRegionError": "Give --region, or set AWS_DEFAULT_REGION.",
    "InvalidRegionError": "Check --region.",
    "ProfileNotFound": '"aws configure list-profiles" shows the profiles that exist.',
    "EndpointConnectionError": _REACH,
    "ConnectTimeoutError": _REACH,
    "ConnectionClosedError": _REACH,
    "ReadTimeoutError": _REACH,
    "ProxyConnectionError": "Check HTTPS_PROXY.",
    "PolicyLockoutException": "Allow kms:PutKeyPolicy to yourself, or to your account if your IAM policies allow it.",
}
