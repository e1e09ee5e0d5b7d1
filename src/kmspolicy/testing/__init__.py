"""Tools for the tests of applications: a KMS in memory, with the rules of KMS, and a clock that does not wait.

::

    fake = FakeKMS(caller="arn:aws:iam::111122223333:role/Deployer")
    key_id = fake.add_key()
    await KeyPolicies(fake).put(key_id, policy)
    assert fake.policy(key_id) == policy

It uses :func:`kmspolicy.check` to refuse policies and :func:`kmspolicy.decide` to authorise callers: there is only one set
of rules. ``docs/how-to/testing.md`` says which of them AWS documents, and which were only observed.
"""

from kmspolicy.testing._clock import VirtualClock
from kmspolicy.testing._fake import FakeKMS

__all__ = ["FakeKMS", "VirtualClock"]
