"""The exit codes of the command."""

from __future__ import annotations

from enum import IntEnum


class Exit(IntEnum):
    """An exit code; of several, the command ends with the highest."""

    FINE = 0
    """Nothing was found."""
    FOUND = 1
    """Findings at the severity of ``--fail-on``, or the difference or the answer that was asked about."""
    USAGE = 2
    """The command line or the settings are not right."""
    UNREADABLE = 3
    """An input cannot be read."""
    REFUSED = 4
    """AWS refused, or did not answer."""
