"""What documents and questions to them cost, as ratios within one run; ``nox -s bench`` runs it."""

from __future__ import annotations

import json
import platform
import timeit
from pathlib import Path
from typing import TYPE_CHECKING

from kmspolicy import Policy, Request, check, decide, equivalent

if TYPE_CHECKING:
    from collections.abc import Callable

EXAMPLE = Path(__file__).parent.parent / "tests" / "data" / "put-key-policy-example.json"
KIB_32 = 32 * 1024


def microseconds(work: Callable[[], object]) -> float:
    """Return the least time of several rounds, which is the one that was disturbed least."""
    timer = timeit.Timer(work)
    number, _ = timer.autorange()
    return min(timer.repeat(repeat=9, number=max(1, number // 5))) / max(1, number // 5) * 1e6


def main() -> None:
    """Measure the example, and 32 KiB of its statements, both compact."""
    example = Policy.from_json(EXAMPLE.read_bytes())
    copies = KIB_32 // len(example.to_json())
    large = Policy(example.statements * copies, id=example.id)
    print(f"Python {platform.python_version()}, {platform.machine()}\n")
    print(f"{'work':<28}{'µs':>10}{'of json':>10}{'ns/byte':>10}")
    per_byte: dict[str, float] = {}
    for name, policy in (("example", example), ("32 KiB", large)):
        text, data = policy.to_json(), policy.to_dict()
        rows: list[tuple[str, Callable[[], object], Callable[[], object]]] = [
            (f"read {name}", lambda text=text: Policy.from_json(text), lambda text=text: json.loads(text)),
            (f"write {name}", policy.to_json, lambda data=data: json.dumps(data)),
        ]
        for work, ours, floor in rows:
            cost = microseconds(ours)
            per_byte[work] = cost / len(text)
            print(f"{work:<28}{cost:>10.1f}{cost / microseconds(floor):>10.2f}{per_byte[work] * 1000:>10.1f}")
        request = Request("arn:aws:iam::111122223333:role/ExamplePowerUserRole", "kms:CreateGrant")
        decision = microseconds(lambda policy=policy, request=request: decide(policy, request))
        print(f"{f'decide {name}':<28}{decision:>10.1f}")
        checking = microseconds(lambda policy=policy: check(policy))
        print(f"{f'check {name}':<28}{checking:>10.1f}{'':>10}{checking / len(text) * 1000:>10.1f}")
        respelt = Policy(policy.statements[::-1], version=policy.version)
        same = microseconds(lambda policy=policy, respelt=respelt: equivalent(policy, respelt))
        reading = microseconds(lambda text=text: (Policy.from_json(text), Policy.from_json(text)))
        print(f"{f'equivalent {name}':<28}{same:>10.1f}{same / reading:>10.2f} of reading both")
    ratio = per_byte["read 32 KiB"] / per_byte["read example"]
    print(f"\na byte of 32 KiB costs {ratio:.2f} times what a byte of the example does, to read")


if __name__ == "__main__":
    main()
