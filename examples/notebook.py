# %% [markdown]
"""# What does this key policy do?

Open this file in an editor that knows cells (VS Code, PyCharm, Jupyter with jupytext), or turn it into a notebook with
`jupytext --to ipynb notebook.py`. It needs no credentials: all of it is worked out from the text of the policy.
"""

# %%
from __future__ import annotations

from kmspolicy import Policy, access, check, conditions, diff, explain, prove

TEXT = """
{
  "Version": "2012-10-17",
  "Statement": [
    {"Sid": "Root", "Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:root"},
     "Action": "kms:*", "Resource": "*"},
    {"Sid": "Share", "Effect": "Allow", "Principal": "*", "Action": ["kms:Decrypt", "kms:DescribeKey"],
     "Resource": "*", "Condition": {"StringEquals": {"kms:ViaService": "s3.us-east-1.amazonaws.com"}}}
  ]
}
"""
ACCOUNT = "111122223333"
policy = Policy.from_json(TEXT)
print(explain(policy))

# %% [markdown]
"""
Who may do what? A notebook draws the table.
"""

# %%
access(policy, account=ACCOUNT)

# %% [markdown]
"""
What is wrong with it? `kms:ViaService` says through which service a request comes, and not from whom.
"""

# %%
findings = check(policy, account=ACCOUNT)
for finding in findings:
    print(finding)

# %% [markdown]
"""
So it is public, and there is a request that shows it.
"""

# %%
public = prove.no_public_access(policy, account=ACCOUNT)
print(public)

# %% [markdown]
"""
With `kms:CallerAccount` it is for one account, which is shown for every request.
"""

# %%
share = policy.statements[1].when(conditions.caller_account.equals(ACCOUNT))
mended = policy.exchange_statement(share)
print(prove.no_public_access(mended, account=ACCOUNT))
print(diff(policy, mended, account=ACCOUNT))
