"""Types of values that need modules of Python which take time to load; only annotations import them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from typing import TypeAlias

Network: TypeAlias = str | IPv4Network | IPv6Network | IPv4Address | IPv6Address
ContextValue: TypeAlias = str | bool | int | float | datetime
Pairs: TypeAlias = tuple[tuple[str, tuple[ContextValue, ...]], ...]
Context: TypeAlias = Mapping[str, ContextValue | Sequence[ContextValue]] | Pairs
