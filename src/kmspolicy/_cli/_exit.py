"""The exit codes of the command."""

from __future__ import annotations

from enum import IntEnum

import click


class Exit(IntEnum):
    """An exit code; of several, the command ends with the highest."""

    FINE = 0
    """Nothing was found."""
    FOUND = 1
    """Findings at the severity of ``--fail-on``, or the difference or the answer that was asked about."""
    USAGE = 2
    """The command line or the settings are not right."""
    UNREADABLE = 3
    """An input cannot be read, or no key policy was found in a path."""
    REFUSED = 4
    """AWS refused, or did not answer."""
    INTERRUPTED = 130
    """Ctrl-C, as shells count it."""


class Found(click.ClickException):
    """The end of a command that found something; a sentence says what."""

    exit_code = Exit.FOUND


class Unreadable(click.ClickException):
    """The end of a command that cannot read its input; a sentence says where, and what to do."""

    exit_code = Exit.UNREADABLE


class Refused(click.ClickException):
    """The end of a command that AWS refused or did not answer; a sentence says what to do."""

    exit_code = Exit.REFUSED
