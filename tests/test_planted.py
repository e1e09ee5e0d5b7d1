"""The list of planted faults fits the source."""

from __future__ import annotations

from pathlib import Path

import pytest

import kmspolicy
from planted import FAULTS, Fault

SOURCE = Path(kmspolicy.__file__).parent / "_prove"


@pytest.mark.parametrize("fault", FAULTS, ids=[fault.name for fault in FAULTS])
def test_each_fault_can_be_planted(fault: Fault) -> None:
    """The text that a fault takes the place of stands in its module; ``nox -s planted`` shows that tests catch the fault."""
    assert fault.right in (SOURCE / f"{fault.module}.py").read_text(encoding="utf-8")
