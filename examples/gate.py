"""Accept a change of a key policy only if it gives nobody new access.

``python examples/gate.py BEFORE AFTER ACCOUNT`` reads two files of JSON, and the account of the key. It returns 1 if KMS would refuse
the new policy, if it lets everyone in, or if it is not shown that nobody gains access; and 3 if a file is not a policy.
Without arguments it judges two changes of its own, of which one passes.
"""

from __future__ import annotations

import sys
from pathlib import Path

from kmspolicy import Guard, Policy, Severity, check, conditions, diff, errors, prove, statements

ACCOUNT = "111122223333"


def judge(before: Policy, after: Policy, account: str) -> list[str]:
    """Return the reasons against a change; none if it passes."""
    refused = Guard(refuse=Severity.SECURITY_WARNING).refused(check(after, account=account))
    verdicts = (
        prove.no_new_access(before, after, account=account),
        prove.no_public_access(after, account=account),
    )
    return [*map(str, refused), *(str(verdict) for verdict in verdicts if not verdict.holds)]


def gate(before: Policy, after: Policy, account: str) -> int:
    """Say what a change does, and whether it passes."""
    print(diff(before, after, account=account) or "no change")
    reasons = judge(before, after, account)
    print("\n".join(f"against it: {reason}" for reason in reasons) or "It passes.")
    return 1 if reasons else 0


def demonstrate() -> int:
    """Judge a change that takes access away, and the same the other way round."""
    through_s3 = statements.use_through_service("s3.us-east-1.amazonaws.com", account=ACCOUNT)
    root = statements.enable_iam_policies(ACCOUNT)
    wide = Policy([root, through_s3])
    narrow = Policy([root, through_s3.when(conditions.principal_org_id.equals("o-a1b2c3d4e5"))])
    codes = [gate(wide, narrow, ACCOUNT), gate(narrow, wide, ACCOUNT)]
    print("All as expected." if codes == [0, 1] else "SOMETHING DIFFERED.")
    return 0 if codes == [0, 1] else 1


def main(arguments: list[str]) -> int:
    """Judge the change of two files, or demonstrate it."""
    if not arguments:
        return demonstrate()
    old, new, account = arguments
    try:
        before, after = Policy.from_json(Path(old).read_bytes()), Policy.from_json(Path(new).read_bytes())
    except errors.PolicyDocumentError as error:
        print(error)
        return 3
    return gate(before, after, account)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
