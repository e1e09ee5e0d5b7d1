"""All that was judged in one run, for the writers of each format."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import attrs

from kmspolicy import Severity

if TYPE_CHECKING:
    from kmspolicy._cli._judge import Judged
    from kmspolicy.errors import SourceError
    from kmspolicy.sources import Source


@attrs.frozen
class Run:
    """What a run of ``kmspolicy check`` found.

    Attributes:
        judged: All findings, by the paths of their files and by their places.
        errors: What could not be read.
        sources: What the files say of keys.
        gone: How many findings of the baseline are not there any more.
    """

    judged: tuple[Judged, ...]
    errors: tuple[SourceError, ...]
    sources: tuple[Source, ...]
    gone: int = 0

    @property
    def counted(self) -> tuple[Judged, ...]:
        """The findings that count."""
        return tuple(one for one in self.judged if one.suppressed is None)

    @property
    def worst_first(self) -> tuple[Judged, ...]:
        """The findings that count, the worst first."""
        return tuple(sorted(self.counted, key=lambda one: one.finding.severity, reverse=True))

    def numbers(self) -> dict[str, int]:
        """Return how much there is of everything, by its name in JSON."""
        severities = Counter(one.finding.severity for one in self.counted)
        told = Counter(source.told for source in self.sources)
        return {
            "policies": told["policy"],
            "default": told["default"],
            "elsewhere": told["elsewhere"],
            "unresolved": told["unresolved"],
            "deleted": told["deleted"],
            **{severity.value: severities[severity] for severity in Severity},
            "suppressed": len(self.judged) - len(self.counted),
            "unreadable": len(self.errors),
            "gone": self.gone,
        }
