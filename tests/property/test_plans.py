"""Plans of any documents, for any key and caller, written and read again."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from kmspolicy import Caller, Plan
from property.strategies import ACCOUNT, APP, SESSION, TEXTS, policies, policies_that_meet

if TYPE_CHECKING:
    from kmspolicy import Policy

_VALUES = st.one_of(
    TEXTS,
    st.booleans(),
    st.integers(-(10**300), 10**300),
    st.floats(-1e300, 1e300),
    st.datetimes(timezones=st.just(UTC)),
    st.just(datetime(2030, 1, 1, tzinfo=UTC)),
)
_KEYS = [
    "aws:PrincipalOrgID",
    "AWS:SourceVpce",
    "kms:ViaService",
    "aws:CurrentTime",
    "aws:PrincipalTag/\u00e4",
]
CALLERS = st.builds(
    Caller,
    st.sampled_from([APP, SESSION, ACCOUNT]),
    st.dictionaries(st.sampled_from(_KEYS), st.lists(_VALUES, max_size=3), max_size=3),
)
KEY_ARN = f"arn:aws-cn:kms:cn-north-1:{ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab"
DOCUMENTS = st.one_of(policies(), policies_that_meet())


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    """Draw a plan."""
    texts: list[Policy] = [draw(DOCUMENTS), draw(DOCUMENTS)]
    before, after = (policy.to_json(draw(st.sampled_from([None, 2]))) for policy in texts)
    return Plan(
        draw(TEXTS | st.just(KEY_ARN)),
        before,
        after,
        account=draw(st.sampled_from([None, ACCOUNT])),
        key_arn=draw(st.sampled_from([None, KEY_ARN])),
        partition=draw(st.sampled_from(["aws", "aws-us-gov"])),
        caller=draw(st.none() | CALLERS),
        bypass_policy_lockout_safety_check=draw(st.booleans()),
    )


@given(plans(), st.sampled_from([None, 0, 3]))
def test_a_plan_is_read_as_it_was_written(plan: Plan, indent: int | None) -> None:
    """The same plan, and the same text of it; taken back twice, too."""
    read = Plan.from_json(plan.to_json(indent))
    assert read == plan
    assert read.to_json() == plan.to_json()
    back = plan.reversed()
    assert (back.current_text, back.new_text) == (plan.new_text, plan.current_text)
    bypass = plan.bypass_policy_lockout_safety_check
    assert back.reversed(bypass_policy_lockout_safety_check=bypass) == plan
