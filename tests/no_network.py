"""Take the network from an interpreter."""

from __future__ import annotations

import sys
from typing import Final, cast

MODULES: Final = (
    "_asyncio",
    "_socket",
    "_ssl",
    "aiobotocore",
    "aiohttp",
    "asyncio",
    "botocore",
    "socket",
    "ssl",
)


def block() -> None:
    """Let importing what knows the network fail from now on, whether it was imported before or not."""
    cast("dict[str, object]", sys.modules).update(dict.fromkeys(MODULES))
