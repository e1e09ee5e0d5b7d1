"""For tests of applications: a KMS in memory that refuses what KMS refuses, and a clock that does not wait.

::

    fake = FakeKMS(caller="arn:aws:iam::111122223333:role/Deployer")
    key_id = fake.add_key()
    await KeyPolicies(fake).put(key_id, policy)
    assert fake.policy(key_id) == policy

Which policies it refuses it takes from :func:`kmspolicy.check`, and who may call from :func:`kmspolicy.decide`, so that
there is one set of rules; which of them AWS documents and which were only observed, ``docs/how-to/testing.md`` says.
"""

from kmspolicy.testing._clock import VirtualClock
from kmspolicy.testing._fake import FakeKMS

__all__ = ["FakeKMS", "VirtualClock"]
