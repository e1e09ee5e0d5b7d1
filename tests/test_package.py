"""What `import kmspolicy` gives, and what it costs."""

from __future__ import annotations

import inspect
import json
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest

import kmspolicy
from kmspolicy import conditions, errors, prove, statements, types

HEAVY = ["aiobotocore", "asyncio", "botocore", "datetime", "importlib.metadata", "ipaddress", "logging"]


@pytest.mark.parametrize("module", [kmspolicy, conditions, errors, prove, statements, types])
def test_all_is_sorted_and_true(module: object) -> None:
    """``__all__`` is sorted, and every name in it exists."""
    names = list(vars(module)["__all__"])
    assert names == sorted(names)
    assert [name for name in names if not hasattr(module, name)] == []


def test_all_of_errors_is_complete() -> None:
    """Every public class of the module is in its ``__all__``."""
    own = {
        name
        for name, cls in inspect.getmembers(errors, inspect.isclass)
        if cls.__module__ == "kmspolicy.errors" and not name.startswith("_")
    }
    assert own | {"ProblemCode"} == set(errors.__all__)


def test_all_of_statements_is_complete() -> None:
    """Every public function is in its ``__all__``."""
    own = {
        name
        for name, function in inspect.getmembers(statements, inspect.isfunction)
        if function.__module__ == "kmspolicy.statements" and not name.startswith("_")
    }
    assert own | {"KeyKind"} == set(statements.__all__)


def test_dir_shows_the_public_names() -> None:
    """A person at a prompt sees what there is, loaded or not."""
    assert dir(kmspolicy) == sorted([*kmspolicy.__all__, "__version__"])
    assert dir(types) == types.__all__


def test_the_version_is_that_of_the_distribution() -> None:
    """``__version__`` is not written down twice."""
    assert kmspolicy.__version__ == metadata.version("kmspolicy")


def test_an_unknown_name_is_an_attribute_error() -> None:
    """As of any module."""
    with pytest.raises(AttributeError, match="module 'kmspolicy' has no attribute 'Nothing'"):
        kmspolicy.Nothing  # type: ignore[attr-defined]  # ty: ignore[missing-attribute]  # noqa: B018
    with pytest.raises(AttributeError, match=r"module 'kmspolicy\.types' has no attribute 'Nothing'"):
        types.Nothing  # type: ignore[attr-defined]  # ty: ignore[missing-attribute]  # noqa: B018


def printed_by(code: str) -> str:
    """Return what a new interpreter prints, which imports the kmspolicy that this one does."""
    code = f"import sys; sys.path.insert(0, {str(Path(kmspolicy.__file__).parents[1])!r}); {code}"
    run = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-I", "-c", code], stdout=subprocess.PIPE, text=True, check=True
    )
    return run.stdout


def loaded_by(statement: str) -> set[str]:
    """Return the modules that a statement loads in a new interpreter."""
    code = f"before = set(sys.modules); {statement}; print(*sorted(set(sys.modules) - before))"
    return set(printed_by(code).split())


@pytest.mark.parametrize(
    "statement",
    [
        "import kmspolicy",
        "from kmspolicy import Condition, KeyPolicyError, Policy, Principal, Statement, errors",
        "from kmspolicy import Action, Permission, allow, deny, conditions, matching, statements",
        "from kmspolicy import Plan, PutResult, Retry, access, check, decide, diff, equivalent, explain",
    ],
)
def test_importing_values_loads_nothing_heavy(statement: str) -> None:
    """Values cost neither botocore nor asyncio."""
    assert loaded_by(statement).isdisjoint(HEAVY)


def test_importing_the_package_loads_nothing_at_all() -> None:
    """Its modules are loaded when their names are asked for."""
    assert {
        name for name in loaded_by("import kmspolicy") if name.startswith(("kmspolicy.", "attr"))
    } == set()


def test_the_facade_loads_botocore() -> None:
    """The test above can fail: asking for the facade loads what it needs."""
    assert {"botocore", "asyncio"} <= loaded_by("from kmspolicy import KeyPolicies")


def test_all_but_the_client_works_without_a_network() -> None:
    """Each public function is used where importing asyncio, sockets or botocore fails; only names of the client are missing."""
    tests = str(Path(__file__).parent)
    code = f"sys.path.insert(0, {tests!r}); import no_network; no_network.block(); import offline; offline.main()"
    seen = json.loads(printed_by(code))
    public = {name: getattr(kmspolicy, name) for name in kmspolicy.__all__}
    of_the_client = [
        name for name in public if getattr(public[name], "__module__", "").startswith("kmspolicy._client")
    ]
    functions = {name for name in public if inspect.isfunction(public[name])} - {*of_the_client}
    assert seen["unavailable"] == of_the_client
    assert functions - {*seen["used"]} == set()
