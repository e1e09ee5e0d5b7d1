"""The functions of CloudFormation templates, as trees.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
"""

from __future__ import annotations

import re
from itertools import chain, islice, permutations
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

import attrs

from kmspolicy._document._convert import is_function
from kmspolicy._partial._kinds import written
from kmspolicy._partial._tree import (
    Absent,
    And,
    Choice,
    Constant,
    Equals,
    Items,
    Members,
    Not,
    Open,
    Or,
    Placeholder,
    Split,
    Text,
    Unresolved,
)
from kmspolicy._sources._definitions import Definitions
from kmspolicy._sources._node import Mapping, Scalar, Sequence, fault, get, members, text_at, word

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from collections.abc import Mapping as Lookup

    from kmspolicy._partial._tree import Node as Tree
    from kmspolicy._partial._tree import Test
    from kmspolicy._sources._node import Node
    from kmspolicy._text import Place

Part: TypeAlias = str | Placeholder | Choice

_NAMES: Final = "And Base64 Cidr Equals FindInMap GetAZs GetAtt If ImportValue Join Length Not Or Select Split Sub ToJsonString Transform"
TAGS: Final = frozenset({"!Ref", "!Condition", *(f"!{name}" for name in _NAMES.split())})
"""The short forms of the functions."""

MAX_TESTS: Final = 500
"""Tests in a condition, with those of the conditions that it names; of a larger one, only the name is known."""

MAX_ABSENT: Final = 6
"""Items of a Join that may be absent; each doubles the text."""

_TRANSFORM: Final = "Fn::Transform"
_DYNAMIC: Final = re.compile(r"\{\{resolve:[^{}]*\}\}")
_IN_SUB: Final = re.compile(r"\$\{(!?)([^{}]*)\}")
_URL_SUFFIXES: Final = ("amazonaws.com", "amazonaws.com.cn")
_ACCOUNT: Final = "AWS::AccountId"
_PSEUDO: Final = {
    _ACCOUNT: Placeholder(_ACCOUNT, "account"),
    "AWS::Partition": Placeholder("AWS::Partition", "partition"),
    "AWS::Region": Placeholder("AWS::Region", "region"),
    "AWS::StackId": Placeholder("AWS::StackId", "text"),
    "AWS::StackName": Placeholder("AWS::StackName", "text"),
    "AWS::URLSuffix": Placeholder("AWS::URLSuffix", "text", _URL_SUFFIXES),
}
_PRINCIPALS: Final = {"AWS::IAM::Role": "role", "AWS::IAM::User": "user"}
_IS_NAME: Final = re.compile(r"[\w+=,.@-]{1,64}", re.ASCII).fullmatch
_IS_PATH: Final = re.compile(r"/(?:[\w+=,.@-]+/)*", re.ASCII).fullmatch
_MOST_LISTS: Final = 100
"""The lists of allowed values that are told apart; this is more than the values of a placeholder that are looked at."""
_OF_LISTS: Final = re.compile(
    r"CommaDelimitedList|List<.*>|AWS::SSM::Parameter::Value<(?:List<.*>|CommaDelimitedList)>"
)


class Call(NamedTuple):
    """A function and its argument."""

    name: str
    argument: Node
    place: Place


def call_of(node: Node | None) -> Call | None:
    """Return the function that a value calls, in its short or its long form; None for any other value."""
    if node is None:
        return None
    if node.tag is not None:
        name = node.tag[1:]
        return Call(
            name if name in ("Ref", "Condition") else f"Fn::{name}", attrs.evolve(node, tag=None), node.place
        )
    names = [pair for pair in members(node) if is_function(pair[0].text)]
    if len(names) != 1 or len(members(node)) != 1:
        return None
    return Call(names[0][0].text, names[0][1], node.place)


class Functions:
    """What the functions of one template return.

    Attributes:
        names: The names of values that can be given: of parameters, of pseudo parameters, and of attributes that were looked up.
        macros: The transforms of the template that may change anything in it.
    """

    def __init__(self, template: Node, given: Lookup[str, str]) -> None:
        """Take a template, and values of parameters."""
        self._template = template
        self._given = given
        self.names = {*_PSEUDO, *(name.text for name, _ in members(get(template, "Parameters")))}
        self._definitions = Definitions(template)
        self._conditions = get(template, "Conditions")
        self._tests: dict[str, tuple[Test, int]] = {}
        self._within: list[str] = []
        self._weight = 0
        self._assumed: str | None = None
        self._transforms = tuple(_transforms(template))
        self.macros = tuple(name for name in self._transforms if not name.startswith(_OF_AWS))

    def assume(self, condition: str | None) -> None:
        """Take a condition to hold, as that of a resource does where the resource is made."""
        self._assumed = condition

    # --- values ------------------------------------------------------------------------------------

    def tree(self, node: Node) -> Tree:
        """Return the tree of a value.

        Raises:
            SourceError: if a function has an argument that it cannot have.
        """
        call = call_of(node)
        if call is not None:
            function = _OF_VALUES.get(call.name)
            return (
                function(self, call) if function else self._unresolved(call.name, call.argument, call.place)
            )
        match node:
            case Scalar(text, str()):
                return Text(_dynamic(text), place=node.place)
            case Scalar(_, value):
                return Constant(value if not isinstance(value, str) else None, place=node.place)
            case Sequence(items):
                return Items(tuple(map(self.tree, items)), place=node.place)
            case _:
                return self._members(node.pairs, node.place)

    def _members(self, pairs: tuple[tuple[Scalar, Node], ...], place: Place) -> Tree:
        for name, _ in pairs:
            if name.text == "Fn::Transform" or name.text.startswith("Fn::ForEach::"):
                return self._unresolved(name.text, Mapping(pairs, place), place)
            if is_function(name.text):
                raise fault(
                    f"{word(name.text)} is a function, which has to stand alone in its object", name.place
                )
        return Members(
            tuple((Text(_dynamic(name.text), place=name.place), self.tree(value)) for name, value in pairs),
            place=place,
        )

    def text(self, node: Node) -> Text:
        """Return the tree of a value that has to be text."""
        return _text_of(self.tree(node), node.place)

    def _arguments(self, call: Call, least: int, most: int) -> tuple[Node, ...]:
        if not isinstance(call.argument, Sequence) or not least <= len(call.argument.items) <= most:
            count = str(least) if least == most else f"{least} to {most}"
            raise fault(f"{call.name} takes an array of {count} values", call.place)
        return call.argument.items

    # --- what is not known -------------------------------------------------------------------------

    def _of_name(self, name: str, of: str) -> Placeholder:
        """Return the value of a parameter or a resource, or of an attribute of it."""
        return Placeholder(name, definition=self._definitions.of_name(of))

    def _unresolved(self, name: str, node: Node, place: Place) -> Unresolved:
        """Return what a function makes of which nothing is known."""
        return Unresolved(name, self._definitions.of_value(node), place=place)

    def _opaque(self, name: str, call: Call) -> Text:
        """Return the text that a function makes of which nothing is known."""
        return _opaque(name, self._definitions.of_value(call.argument), call.place)

    # --- references --------------------------------------------------------------------------------

    def ref(self, call: Call) -> Tree:
        """Return what Ref stands for."""
        if not isinstance(call.argument, Scalar):
            raise fault("Ref takes the name of a parameter or a resource", call.place)
        return self.named(call.argument.text, call.place)

    def named(self, name: str, place: Place) -> Tree:
        """Return the value of a parameter, or of a resource."""
        if name == "AWS::NoValue":
            return Absent(place=place)
        if name == "AWS::NotificationARNs":
            return Unresolved(name, place=place)
        self.names.add(name)
        parameter = get(self._template, "Parameters", name)
        unknown = self._name_of_principal(name) or _PSEUDO.get(name) or self._of_name(name, name)
        value: Part = self._given.get(name, unknown)
        kind = text_at(parameter, "Type") or "String"
        is_list = _OF_LISTS.fullmatch(kind) is not None
        allowed = get(parameter, "AllowedValues")
        if isinstance(allowed, Sequence) and not kind.startswith("AWS::SSM::"):
            values = tuple(one.text for one in allowed.items if isinstance(one, Scalar))
            value = self._allowed(value, values, place, is_list=is_list)
        text = Text((value,), place=place)
        return _split(text, ",", place) if is_list else text

    @staticmethod
    def _allowed(value: Part, values: tuple[str, ...], place: Place, *, is_list: bool) -> Part:
        if isinstance(value, Placeholder):
            return attrs.evolve(value, allowed=_lists_of(values) if is_list else values)
        for one in str(value).split(",") if is_list else [str(value)]:
            if one not in values:
                raise fault(f"the value {word(one)} that was given is not one of the AllowedValues", place)
        return value

    def get_att(self, call: Call) -> Tree:
        """Return what Fn::GetAtt stands for."""
        match call.argument:
            case Scalar(text):
                name = text
            case Sequence((Scalar(resource), attribute)):
                name = f"{resource}.{written(self.text(attribute))}"
            case _:
                raise fault("Fn::GetAtt takes a resource and the name of its attribute", call.place)
        return self.attribute(name, call.place)

    def attribute(self, name: str, place: Place) -> Text:
        """Return an attribute of a resource, ``Role.Arn``."""
        resource, _, attribute = name.partition(".")
        self.names.add(name)
        if name in self._given:
            return Text((self._given[name],), place=place)
        if attribute != "Arn" or not self._is_principal(resource):
            return Text((self._of_name(name, resource),), place=place)
        arn = self._arn_of_principal(resource)
        if arn is not None:
            return Text(self.in_sub(arn, {}, place), place=place)
        account = self._given.get(_ACCOUNT, _PSEUDO[_ACCOUNT])
        principal = attrs.evolve(self._of_name(name, resource), kind="principal", account=account)
        return Text((principal,), place=place)

    def _is_principal(self, resource: str) -> bool:
        """Return whether a resource is a role or a user of the account of the stack: written out, or made by SAM for a function."""
        resources = get(self._template, "Resources")
        kind = text_at(resources, resource, "Type")
        made_for = text_at(resources, resource.removesuffix("Role"), "Type") or ""
        return kind in _PRINCIPALS or (kind is None and made_for.startswith("AWS::Serverless::"))

    def _arn_of_principal(self, resource: str) -> str | None:
        """Return the ARN of a role or a user whose name and path are written out, as the text of a Sub."""
        name = self._name_of_principal(resource)
        path = _literal(get(self._template, "Resources", resource, "Properties", "Path"), "/")
        if name is None or not _IS_PATH(path):
            return None
        kind = _PRINCIPALS[text_at(self._template, "Resources", resource, "Type") or ""]
        return f"arn:${{AWS::Partition}}:iam::${{{_ACCOUNT}}}:{kind}{path}{name}"

    def _name_of_principal(self, resource: str) -> str | None:
        """Return the name of a role or a user, if it is written out."""
        properties = get(self._template, "Resources", resource, "Properties")
        kind = _PRINCIPALS.get(text_at(self._template, "Resources", resource, "Type") or "", "")
        name = _literal(get(properties, f"{kind.capitalize()}Name"))
        return name if kind and _IS_NAME(name) and not any(functions_in(properties)) else None

    def imported(self, call: Call) -> Tree:
        """Return what Fn::ImportValue stands for."""
        name = f"Fn::ImportValue {written(self.text(call.argument))}"
        placeholder = Placeholder(name, definition=self._definitions.of_value(call.argument))
        return Text((placeholder,), place=call.place)

    def find_in_map(self, call: Call) -> Tree:
        """Return what Fn::FindInMap finds."""
        *keys, last = self._arguments(call, 3, 4)
        default = get(last, "DefaultValue") if len(keys) == 3 else None  # noqa: PLR2004 - map, key, key, default
        if default is None:
            keys = [*keys, last][:3]
        return self._look_up(get(self._template, "Mappings"), [self.text(key) for key in keys], default, call)

    def _look_up(self, node: Node | None, keys: list[Text], default: Node | None, call: Call) -> Tree:
        """Return what stands in a map under the keys; of a key that is not known, each value has its test."""
        if not keys:
            return (
                self.tree(node)
                if node is not None
                else self._unresolved(call.name, call.argument, call.place)
            )
        known = _known(keys[0])
        below = get(node, known) if known is not None else None
        if below is not None:
            return self._look_up(below, keys[1:], default, call)
        if self.macros or get(node, _TRANSFORM) is not None:
            return self._unresolved(call.name, call.argument, call.place)
        if known is not None:
            if default is not None:
                return self.tree(default)
            raise fault(f"there is no {word(known)} in the map that Fn::FindInMap looks into", call.place)
        pairs = [(name.text, below) for name, below in members(node) if _can_be(keys[0], name.text)]
        values = [(name, self._look_up(below, keys[1:], default, call)) for name, below in pairs]
        rest = self.tree(default) if default is not None else values.pop()[1] if values else None
        if rest is None:
            raise fault("the map that Fn::FindInMap looks into has no value for this", call.place)
        for name, value in reversed(values):
            rest = Choice(Equals(keys[0], Text((name,))), value, rest, place=call.place)
        return rest

    # --- texts -------------------------------------------------------------------------------------

    def substituted(self, call: Call) -> Tree:
        """Return what Fn::Sub makes."""
        template, values = self.sub(call)
        return Text(self.in_sub(template.text, values, call.place), place=call.place)

    def sub(self, call: Call) -> tuple[Scalar, Lookup[str, Node]]:
        """Return the text of a Sub and its values."""
        match call.argument:
            case Scalar() as template:
                return template, {}
            case Sequence((Scalar() as template, Mapping() as values)):
                return template, values.found
            case _:
                raise fault("Fn::Sub takes text, or an array of text and an object of values", call.place)

    def in_sub(self, text: str, values: Lookup[str, Node], place: Place) -> tuple[Part, ...]:
        """Return the parts of a text in which ``${Name}`` is a value, and ``${!Name}`` the text ``${Name}``."""
        parts: list[Part] = []
        end = 0
        for match in _IN_SUB.finditer(text):
            parts += _dynamic(text[end : match.start()])
            parts += (f"${{{match[2]}}}",) if match[1] else self._value(match[2].strip(), values, place)
            end = match.end()
        return _joined([*parts, *_dynamic(text[end:])])

    def _value(self, name: str, values: Lookup[str, Node], place: Place) -> tuple[Part, ...]:
        if name in values:
            return self.text(values[name]).parts
        if re.fullmatch(r"[a-z0-9]+:\w.*", name):
            what = f"Fn::Sub has no value for {word(name)}; the policy variable is written ${{!{name}}} there"
            raise fault(what, place)
        return (
            self.attribute(name, place) if "." in name else _text_of(self.named(name, place), place)
        ).parts

    def join(self, call: Call) -> Tree:
        """Return what Fn::Join makes."""
        separator, values = self._arguments(call, 2, 2)
        between = _known(self.text(separator))
        if between is None:
            raise fault("Fn::Join takes a separator that is text", separator.place)
        return self._joined(between, self.tree(values), call)

    def _joined(self, between: str, values: Tree, call: Call) -> Tree:
        match values:
            case Choice(test, then, otherwise):
                both = (self._joined(between, each, call) for each in (then, otherwise))
                return Choice(test, *both, place=call.place)
            case Split(text, separator) if separator == between:
                return Text(text.parts, place=call.place)
            case Split(text):
                return self._opaque(f"Fn::Join of {written(text)}", call)
            case Items(nodes) if sum(map(_may_be_absent, nodes)) > MAX_ABSENT:
                return self._opaque("Fn::Join", call)
            case Items(nodes):
                return self._join_items(between, nodes, call.place)
            case Unresolved(name):
                return self._opaque(f"Fn::Join of {name}", call)
            case _:
                raise fault("Fn::Join takes an array", call.place)

    def _join_items(self, between: str, nodes: tuple[Tree, ...], place: Place) -> Tree:
        for at, node in enumerate(nodes):
            if isinstance(node, Choice) and _may_be_absent(node):
                then, otherwise = (
                    self._join_items(between, (*nodes[:at], each, *nodes[at + 1 :]), place)
                    for each in (node.then, node.otherwise)
                )
                return Choice(node.test, then, otherwise, place=place)
        parts: list[Part] = []
        for number, node in enumerate(node for node in nodes if not isinstance(node, Absent)):
            parts += (between, *_text_of(node, place).parts) if number else _text_of(node, place).parts
        return Text(_joined(parts), place=place)

    def split(self, call: Call) -> Tree:
        """Return what Fn::Split makes."""
        separator, value = self._arguments(call, 2, 2)
        between = _known(self.text(separator))
        if not between:
            raise fault("Fn::Split takes a separator that is text", separator.place)
        return _split(self.text(value), between, call.place)

    def select(self, call: Call) -> Tree:
        """Return what Fn::Select finds."""
        index, values = self._arguments(call, 2, 2)
        number = _known(self.text(index))
        if number is None or not number.isdecimal():
            return self._opaque(f"Fn::Select {written(self.text(index))}", call)
        return self._selected(int(number), self.tree(values), call)

    def _selected(self, number: int, values: Tree, call: Call) -> Tree:
        match values:
            case Choice(test, then, otherwise):
                both = (self._selected(number, each, call) for each in (then, otherwise))
                return Choice(test, *both, place=call.place)
            case Split(text, separator):
                return self._opaque(f"Fn::Select {number} of {written(text)} at {separator}", call)
            case Items(nodes) if any(map(_may_be_absent, nodes)):
                return self._opaque(f"Fn::Select {number}", call)
            case Items(nodes) if number < len(nodes):
                return nodes[number]
            case Items(nodes):
                raise fault(
                    f"there is no value number {number} for Fn::Select; there are {len(nodes)}, counted from 0",
                    call.place,
                )
            case Unresolved(name):
                return self._opaque(f"Fn::Select {number} of {name}", call)
            case _:
                raise fault("Fn::Select takes a number and an array", call.place)

    # --- conditions --------------------------------------------------------------------------------

    def choice(self, call: Call) -> Tree:
        """Return what Fn::If chooses between."""
        name, then, otherwise = self._arguments(call, 3, 3)
        if not isinstance(name, Scalar):
            raise fault("Fn::If takes the name of a condition", name.place)
        if name.text == self._assumed:
            return self.tree(then)
        return Choice(
            self.condition(name.text, name.place), self.tree(then), self.tree(otherwise), place=call.place
        )

    def condition(self, name: str, place: Place) -> Test:
        """Return the test of a condition.

        Raises:
            SourceError: if there is none with the name, or if it refers to itself.
        """
        if name in self._within:
            raise fault(f"the condition {word(name)} refers to itself", place)
        node = get(self._conditions, name)
        if node is None:
            if self._transforms or get(self._conditions, _TRANSFORM) is not None:
                return Open(name, self._definitions.of_value(None))
            raise fault(f"there is no condition {word(name)}", place)
        if name not in self._tests:
            self._tests[name] = self._weighed(name, node)
        test, weight = self._tests[name]
        self._weight += weight
        return test

    def _weighed(self, name: str, node: Node) -> tuple[Test, int]:
        before, self._weight = self._weight, 0
        self._within.append(name)
        test = self.test(node)
        self._within.pop()
        weight, self._weight = self._weight, before
        return (Open(name, self._definitions.of_value(node)), 1) if weight > MAX_TESTS else (test, weight)

    def test(self, node: Node) -> Test:
        """Return the test that a value of Conditions is."""
        self._weight += 1
        match call_of(node) or node:
            case Call("Condition", Scalar(name), place) | Mapping(
                ((Scalar("Condition"), Scalar(name)),), place
            ):
                return self.condition(name, place)
            case Call("Fn::Equals") as call:
                left, right = self._arguments(call, 2, 2)
                return Equals(self.text(left), self.text(right))
            case Call("Fn::Not") as call:
                return Not(self.test(self._arguments(call, 1, 1)[0]))
            case Call("Fn::And") as call:
                return And(tuple(map(self.test, self._arguments(call, 2, 10))))
            case Call("Fn::Or") as call:
                return Or(tuple(map(self.test, self._arguments(call, 2, 10))))
            case _:
                what = "a condition is made of Fn::Equals, Fn::And, Fn::Or, Fn::Not and Condition"
                raise fault(what, node.place)

    def misplaced(self, call: Call) -> Tree:
        """Refuse what belongs in Conditions."""
        raise fault(f"{call.name} belongs in Conditions; a value takes Fn::If", call.place)

    def transformed(self, call: Call) -> Tree:
        """Return what Fn::Transform stands for: nothing is known of it."""
        return self._unresolved(_name_of(call), call.argument, call.place)


_OF_VALUES: Final[dict[str, Callable[[Functions, Call], Tree]]] = {
    "Ref": Functions.ref,
    "Fn::And": Functions.misplaced,
    "Fn::Equals": Functions.misplaced,
    "Fn::FindInMap": Functions.find_in_map,
    "Fn::GetAtt": Functions.get_att,
    "Fn::If": Functions.choice,
    "Fn::ImportValue": Functions.imported,
    "Fn::Join": Functions.join,
    "Fn::Not": Functions.misplaced,
    "Fn::Or": Functions.misplaced,
    "Fn::Select": Functions.select,
    "Fn::Split": Functions.split,
    "Fn::Sub": Functions.substituted,
    _TRANSFORM: Functions.transformed,
}


# --- what macros may change ------------------------------------------------------------------------

_OF_AWS: Final = (
    "AWS::CodeDeployBlueGreen",
    "AWS::CodeStar",
    "AWS::LanguageExtensions",
    "AWS::SecretsManager-",
    "AWS::Serverless-",
    "AWS::ServiceCatalog",
)
"""The transforms that leave keys as they are; AWS::Include may include anything, and so may any other macro.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/transform-reference.html
"""


def _transforms(template: Node) -> Iterator[str]:
    """Yield the names of the transforms of a template as a whole."""
    transform = get(template, "Transform")
    for each in transform.items if isinstance(transform, Sequence) else (transform,):
        if each is not None:
            yield text_at(each, "Name") or (each.text if isinstance(each, Scalar) else "Transform")
    yield from functions_in(template)


def functions_in(node: Node | None) -> Iterator[str]:
    """Yield the names of functions that make more members of an object, or all of it."""
    call = call_of(node)
    if call is not None:
        yield _name_of(call)
        return
    for name, value in members(node):
        if is_function(name.text):
            yield _name_of(Call(name.text, value, name.place))


def _literal(node: Node | None, default: str = "") -> str:
    """Return a value that is written out; no text for one that a function makes."""
    if node is None:
        return default
    return node.text if isinstance(node, Scalar) and node.tag is None else ""


def _name_of(call: Call) -> str:
    """Return the name of a function, with that of its macro."""
    name = text_at(call.argument, "Name")
    return f"{call.name} {name}" if name and call.name == _TRANSFORM else call.name


# --- parts of trees --------------------------------------------------------------------------------


def _dynamic(text: str) -> tuple[Part, ...]:
    """Return the parts of a text in which ``{{resolve:...}}`` is a value that is stored elsewhere."""
    parts: list[Part] = []
    end = 0
    for match in _DYNAMIC.finditer(text):
        parts += [text[end : match.start()], Placeholder(match[0], written=match[0])]
        end = match.end()
    return _joined([*parts, text[end:]])


def _joined(parts: list[Part]) -> tuple[Part, ...]:
    """Return the parts of a text; those that are known and neighbours are one."""
    joined: list[Part] = []
    for part in parts:
        if isinstance(part, str) and joined and isinstance(joined[-1], str):
            joined[-1] += part
        elif part:
            joined.append(part)
    return tuple(joined) or ("",)


def _text_of(tree: Tree, place: Place) -> Text:
    """Return a tree as text; what has another structure cannot stand there."""
    match tree:
        case Text():
            return tree
        case Constant(value):
            return Text((str(value).lower() if isinstance(value, bool) else str(value),), place=place)
        case Choice(test, then, otherwise):
            choice = Choice(test, _text_of(then, place), _text_of(otherwise, place), place=place)
            return Text((choice,), place=place)
        case Unresolved(name, definition):
            return _opaque(name, definition, place)
        case Absent():
            return Text(("",), place=place)
        case _:
            raise fault("text is expected here, not an array or an object", tree.place or place)


def _opaque(name: str, definition: str, place: Place) -> Text:
    """Return a text of which nothing is known."""
    return Text((Placeholder(name, written=f"{{{name}}}", definition=definition),), place=place)


def _split(text: Text, separator: str, place: Place) -> Tree:
    """Return the list of the parts of a text."""
    known = _known(text)
    if known is None:
        return Split(text, separator, place=place)
    return Items(tuple(Text((part,), place=place) for part in known.split(separator)), place=place)


def _lists_of(values: tuple[str, ...]) -> tuple[str, ...]:
    """Return lists of some values, in all orders: each item of a list parameter may be one of its AllowedValues."""
    lists = chain.from_iterable(permutations(values, length + 1) for length in range(len(values)))
    return tuple(map(",".join, islice(lists, _MOST_LISTS)))


def _known(text: Text) -> str | None:
    """Return a text of which everything is known."""
    return text.parts[0] if len(text.parts) == 1 and isinstance(text.parts[0], str) else None


def _can_be(text: Text, value: str) -> bool:
    """Return whether a text can have a value, as far as its allowed values tell."""
    match text.parts:
        case (Placeholder(allowed=allowed),) if allowed:
            return value in allowed
        case _:
            return True


def _may_be_absent(tree: Tree) -> bool:
    return isinstance(tree, Choice) and any(
        isinstance(each, Absent) or _may_be_absent(each) for each in (tree.then, tree.otherwise)
    )
