"""The types that stand in public signatures have public names."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

import kmspolicy
from kmspolicy import types

if TYPE_CHECKING:
    from collections.abc import Iterator

SOURCE: Final = Path(kmspolicy.__file__).parent
REFERENCE: Final = Path(__file__).parent.parent / "docs" / "reference"
PUBLIC: Final = (
    "kmspolicy",
    "kmspolicy.conditions",
    "kmspolicy.errors",
    "kmspolicy.prove",
    "kmspolicy.sources",
    "kmspolicy.statements",
    "kmspolicy.testing",
    "kmspolicy.types",
)
NEEDS_NO_NAME: Final = {
    "Unfilled",  # the base of PartialPolicy, which has no other
    "Kind",  # an argument of Many, which only KeyPolicies makes
    "T_co",  # a type variable
}


class Name(NamedTuple):
    """A name, and the module that defines it."""

    module: str
    name: str


@cache
def definitions(module: str) -> dict[str, ast.stmt | Name]:
    """Map the names of a module to what defines them there, or to what is imported."""
    path = SOURCE.parent.joinpath(*module.split("."))
    source = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    found: dict[str, ast.stmt | Name] = {}
    for node in ast.walk(
        ast.parse(source.read_text(encoding="utf-8"))
    ):  # breadth first: the module's own first
        match node:
            case ast.ImportFrom(module=str(other), names=names) if other.startswith("kmspolicy"):
                for alias in names:
                    found.setdefault(alias.asname or alias.name, Name(other, alias.name))
            case ast.ClassDef(name=name) | ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                found.setdefault(name, node)
            case ast.AnnAssign(target=ast.Name(id=name)) | ast.Assign(targets=[ast.Name(id=name)]):
                found.setdefault(name, node)
            case _:
                pass
    return found


def home(name: Name) -> Name | None:
    """Return where a name is defined; None where that is not in this package, or is a module."""
    defined = definitions(name.module).get(name.name)
    if not isinstance(defined, Name):
        return name if defined else None
    is_module = defined.module == "kmspolicy" and f"kmspolicy.{defined.name}" in PUBLIC
    return None if is_module else home(defined)


def shown(node: ast.AST) -> Iterator[ast.expr | None]:
    """Go through what a definition shows of other types."""
    match node:
        case ast.ClassDef(bases=bases, body=body):
            yield from bases
            for member in body:
                name = getattr(getattr(member, "target", member), "id", getattr(member, "name", "_"))
                if not name.startswith("_") or name.endswith("__"):
                    yield from shown(member)
        case ast.FunctionDef(args=args, returns=returns) | ast.AsyncFunctionDef(args=args, returns=returns):
            every = (*args.posonlyargs, *args.args, *args.kwonlyargs, args.vararg, args.kwarg)
            yield from (argument.annotation for argument in every if argument)
            yield returns
        case ast.AnnAssign(annotation=ast.Name(id="TypeAlias"), value=value) | ast.Assign(value=value):
            yield value
        case ast.AnnAssign(annotation=annotation):
            yield annotation
        case _:
            pass


def shown_by(name: Name) -> Iterator[Name]:
    """Go through the names of this package that the definition of a name shows."""
    definition = definitions(name.module)[name.name]
    assert isinstance(definition, ast.stmt)
    for part in filter(None, shown(definition)):
        for node in ast.walk(part):
            found = home(Name(name.module, node.id)) if isinstance(node, ast.Name) else None
            if found:
                yield found


def public_names() -> set[Name]:
    """List what is defined under the names of ``__all__``."""
    modules = {module: __import__(module, fromlist=["__all__"]).__all__ for module in PUBLIC}
    homes = {home(Name(module, name)) for module, names in modules.items() for name in names}
    return {name for name in homes if name}


def test_every_type_in_a_public_signature_has_a_public_name() -> None:
    """Who writes a function around ours can write its annotations."""
    public = public_names()
    seen: dict[Name, Name | None] = dict.fromkeys(public)
    waiting = [*public]
    while waiting:
        name = waiting.pop()
        new = set(shown_by(name)).difference(seen)
        seen |= dict.fromkeys(new, name)
        waiting += new
    hidden = {
        f"{name.name} of {name.module}": f"shown by {by and by.name}"
        for name, by in seen.items()
        if name not in public and not name.name.startswith("_") and name.name not in NEEDS_NO_NAME
    }
    assert hidden == {}


def test_types_are_not_public_twice() -> None:
    """``kmspolicy.types`` has what no other public module has."""
    assert set(types.__all__).isdisjoint(kmspolicy.__all__)


def test_the_reference_names_nothing_private() -> None:
    """It has every type, under its public name."""
    text = "\n".join(page.read_text(encoding="utf-8") for page in sorted(REFERENCE.glob("*.md")))
    assert re.findall(r"kmspolicy\._\w+", text) == []
    described = set(re.findall(r"^\.\. (?:autoclass|py:type):: kmspolicy\.types\.(\w+)", text, re.MULTILINE))
    assert described == set(types.__all__)
