"""The forms of the values of condition keys: what each value looks like, and whether a value in a policy fits.

The values of KMS keys, and the forms of aliases and Regions, are those of botocore's model; those of other keys are what https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html and the pages that
it names say. The lists are AWS's of 2026-11-28: a value that is not in them may be newer.
"""

from __future__ import annotations

import re
from functools import cache
from itertools import product
from typing import TYPE_CHECKING, Final, Literal, NamedTuple, TypeAlias, get_args

from kmspolicy._language._keys import CONDITION_KEYS
from kmspolicy._language._spelling import fold
from kmspolicy._language._values import network

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from ipaddress import IPv4Network, IPv6Network

    from kmspolicy._check._finding import FindingCode
    from kmspolicy._language._aliases import ContextValue

ComparedAs: TypeAlias = Literal["exact", "ignore case", "like", "arn"]
"""How a value of a policy is compared: exactly, ignoring case, with wildcards, or as an ARN, part by part with wildcards."""


class Form(NamedTuple):
    """What the values of a key look like."""

    words: str
    alternatives: tuple[tuple[str, ...], ...]
    """Regular expressions, of which a value matches one; for an ARN, one for each of its six parts. See ``_UNIT``."""
    code: FindingCode = "INVALID_CONDITION_VALUE"
    """The code of the finding about a value with another form."""

    @property
    def holds_arns(self) -> bool:
        """Whether the values are ARNs, all or some."""
        return any(len(parts) > 1 for parts in self.alternatives)


class Misfit(NamedTuple):
    """Why no request has a value that matches a value of the policy."""

    code: FindingCode
    expected: str


def _form(words: str, *expressions: str, code: FindingCode = "INVALID_CONDITION_VALUE") -> Form:
    return Form(words, tuple((expression,) for expression in expressions), code)


def _one_of(values: str) -> Form:
    names = values.split()
    return _form(f"{'one of ' if len(names) > 1 else ''}{', '.join(names)}", *names)


def _arns(
    service: str, *resources: str, regions: Iterable[str], accounts: Iterable[str]
) -> Iterator[tuple[str, ...]]:
    return product(("arn",), ("aws[a-z-]*",), (service,), regions, accounts, resources)


# --- the forms -------------------------------------------------------------------------------------

_REGION: Final = "[a-z]+-[a-z-]+-[0-9]+"
_DIGITS: Final = "[0-9]{12}"
_SERVICE_NAME: Final = r"[a-z0-9-]+\.[a-z0-9.-]+"
_NAME: Final = r"[^\s*?]+"
_ORGANISATION: Final = "o-[a-z0-9]{10,32}"
_ROOT: Final = f"{_ORGANISATION}/r-[a-z0-9]{{4,32}}/"

ANY_TEXT: Final = Form("text", ())
ACCOUNT: Final = _form("an account id of 12 digits", _DIGITS)
REGION: Final = _form("a Region, us-east-1", _REGION, code="INVALID_REGION")
SERVICE: Final = _form("a service, s3.amazonaws.com", _SERVICE_NAME)
ORGANISATION: Final = _form("the id of an organization, o-a1b2c3d4e5", _ORGANISATION)
PATH: Final = _form(
    "a path in an organization, o-a1b2c3d4e5/r-ab12/ou-ab12-11111111/", _ROOT, f"{_ROOT}ou-[a-z0-9/-]+/"
)
VPC: Final = _form(
    "the id of a VPC, vpc- and 8 or 17 letters or digits",
    "vpc-[a-z0-9]{8}",
    "vpc-[a-z0-9]{17}",
    code="INVALID_VPC_FORMAT",
)
ENDPOINT: Final = _form(
    "the id of a VPC endpoint, vpce- and 8 or 17 letters or digits",
    "vpce-[a-z0-9]{8}",
    "vpce-[a-z0-9]{17}",
    code="INVALID_VPCE_FORMAT",
)
VIA_SERVICE: Final = _form(
    "a service with its Region, s3.us-east-1.amazonaws.com",
    rf"[a-z0-9-]+\.{_REGION}\.[a-z0-9.-]+",
    code="INVALID_VIA_SERVICE",
)
ALIAS: Final = _form("the name of an alias, alias/app", "alias/[a-zA-Z0-9:/_-]+")
# The guide has one with 0x: https://docs.aws.amazon.com/kms/latest/developerguide/conditions-nitro-enclaves.html
DIGEST: Final = _form("lower-case hexadecimal digits", "[0-9a-f]+", "0x[0-9a-f]+")
BOOLEAN: Final = _form("true or false", "true", "false")
ARN: Final = Form(
    "an ARN, arn:partition:service:region:account:resource",
    tuple(_arns("[a-z0-9-]+", r"[^*?\n]+", regions=("", _REGION), accounts=("", _DIGITS, "[a-z][a-z-]*"))),
)


def _arn_of(words: str, service: str, *resources: str, regions: Iterable[str] = (_REGION,)) -> Form:
    return Form(words, tuple(_arns(service, *resources, regions=regions, accounts=(_DIGITS,))))


_PRINCIPALS: Final = tuple(
    _arns("iam", "root", f"user/{_NAME}", f"role/{_NAME}", regions=("",), accounts=(_DIGITS,))
)
_FEDERATED: Final = tuple(_arns("sts", f"federated-user/{_NAME}", regions=("",), accounts=(_DIGITS,)))
_SESSION: Final = tuple(_arns("sts", f"assumed-role/{_NAME}", regions=("",), accounts=(_DIGITS,)))
PRINCIPAL: Final = Form(
    "the ARN of a user, a role (for a session, that of its role), a federated user or a root user",
    _PRINCIPALS + _FEDERATED,
)
# Services have these names in the grants that they use: https://docs.aws.amazon.com/kms/latest/developerguide/grant-manage.html
GRANTEE: Final = Form(
    "the ARN of a principal", _PRINCIPALS + _FEDERATED + _SESSION + ((_SERVICE_NAME,), (_DIGITS,))
)
INSTANCE: Final = _arn_of("the ARN of an instance", "ec2", f"instance/{_NAME}")
MANAGED_INSTANCE: Final = INSTANCE._replace(
    alternatives=(
        *INSTANCE.alternatives,
        *_arn_of("", "ssm", f"managed-instance/{_NAME}", f"instance/{_NAME}").alternatives,
    )
)
KeySpec: TypeAlias = Literal[
    "SYMMETRIC_DEFAULT",
    "RSA_2048",
    "RSA_3072",
    "RSA_4096",
    "ECC_NIST_P256",
    "ECC_NIST_P384",
    "ECC_NIST_P521",
    "ECC_SECG_P256K1",
    "ECC_NIST_EDWARDS25519",
    "HMAC_224",
    "HMAC_256",
    "HMAC_384",
    "HMAC_512",
    "ML_DSA_44",
    "ML_DSA_65",
    "ML_DSA_87",
    "ML_KEM_512",
    "ML_KEM_768",
    "ML_KEM_1024",
    "SM2",
]
"""The type of a key. https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateKey.html"""
KeyUsage: TypeAlias = Literal[
    "ENCRYPT_DECRYPT", "SIGN_VERIFY", "GENERATE_VERIFY_MAC", "KEY_AGREEMENT", "ENCAPSULATE_DECAPSULATE"
]
"""What a key is for."""


_BY_KEY: Final[tuple[tuple[Form, str], ...]] = (
    (
        ACCOUNT,
        """
        aws:PrincipalAccount aws:ResourceAccount aws:SourceAccount aws:SourceOwner aws:VpceAccount kms:CallerAccount
        """,
    ),
    (ORGANISATION, "aws:PrincipalOrgID aws:ResourceOrgID aws:SourceOrgID aws:VpceOrgID"),
    (PATH, "aws:PrincipalOrgPaths aws:ResourceOrgPaths aws:SourceOrgPaths aws:VpceOrgPaths"),
    (REGION, "aws:RequestedRegion kms:PrimaryRegion kms:ReplicaRegion"),
    (
        SERVICE,
        """
        aws:CalledVia aws:CalledViaFirst aws:CalledViaLast aws:PrincipalServiceName aws:PrincipalServiceNamesList
        kms:GranteeServicePrincipal kms:RetiringServicePrincipal
        """,
    ),
    (VPC, "aws:Ec2InstanceSourceVpc aws:SourceVpc"),
    (ENDPOINT, "aws:SourceVpce"),
    (ARN, "aws:SourceArn kms:GrantConstraintSourceArn"),
    (PRINCIPAL, "aws:PrincipalArn"),
    (GRANTEE, "kms:GranteePrincipal kms:RetiringPrincipal"),
    (
        _arn_of("the ARN of a VPC", "ec2", *(f"vpc/{part}" for (part,) in VPC.alternatives)),
        "aws:SourceVpcArn",
    ),
    (INSTANCE, "ec2:SourceInstanceArn"),
    (MANAGED_INSTANCE, "ssm:SourceInstanceArn"),
    (_arn_of("the ARN of a Lambda function", "lambda", f"function:{_NAME}"), "lambda:SourceFunctionArn"),
    (
        _arn_of("the ARN of a chat configuration", "chatbot", f"chat-configuration/{_NAME}", regions=("",)),
        "aws:ChatbotSourceArn",
    ),
    (VIA_SERVICE, "kms:ViaService"),
    (ALIAS, "kms:RequestAlias"),
    (_one_of("Account User AssumedRole FederatedUser Anonymous"), "aws:PrincipalType"),
    (_one_of(" ".join(get_args(KeySpec))), "kms:KeySpec kms:CustomerMasterKeySpec"),
    (_one_of(" ".join(get_args(KeyUsage))), "kms:KeyUsage kms:CustomerMasterKeyUsage"),
    (_one_of("AWS_KMS EXTERNAL AWS_CLOUDHSM EXTERNAL_KEY_STORE"), "kms:KeyOrigin"),
    (_one_of("PRIMARY REPLICA"), "kms:MultiRegionKeyType"),
    (
        _one_of(
            """
            RSA_2048 RSA_3072 RSA_4096 ECC_NIST_P256 ECC_NIST_P384 ECC_NIST_P521 ECC_SECG_P256K1
            ECC_NIST_EDWARDS25519 ML_KEM_512 ML_KEM_768 ML_KEM_1024 SM2
            """
        ),
        "kms:DataKeyPairSpec",
    ),
    (_one_of("SYMMETRIC_DEFAULT RSAES_OAEP_SHA_1 RSAES_OAEP_SHA_256 SM2PKE"), "kms:EncryptionAlgorithm"),
    (_one_of("KEY_MATERIAL_EXPIRES KEY_MATERIAL_DOES_NOT_EXPIRE"), "kms:ExpirationModel"),
    (_one_of("EncryptionContextEquals EncryptionContextSubset SourceArn"), "kms:GrantConstraintType"),
    (
        _one_of(
            """
            Decrypt Encrypt GenerateDataKey GenerateDataKeyWithoutPlaintext ReEncryptFrom ReEncryptTo Sign Verify
            GetPublicKey CreateGrant RetireGrant DescribeKey GenerateDataKeyPair GenerateDataKeyPairWithoutPlaintext
            GenerateMac VerifyMac DeriveSharedSecret Encapsulate Decapsulate
            """
        ),
        "kms:GrantOperations",
    ),
    (_one_of("ECDH"), "kms:KeyAgreementAlgorithm"),
    (_one_of("HMAC_SHA_224 HMAC_SHA_256 HMAC_SHA_384 HMAC_SHA_512"), "kms:MacAlgorithm"),
    (_one_of("RAW DIGEST EXTERNAL_MU"), "kms:MessageType"),
    (
        _one_of(
            """
            RSASSA_PSS_SHA_256 RSASSA_PSS_SHA_384 RSASSA_PSS_SHA_512 RSASSA_PKCS1_V1_5_SHA_256
            RSASSA_PKCS1_V1_5_SHA_384 RSASSA_PKCS1_V1_5_SHA_512 ECDSA_SHA_256 ECDSA_SHA_384 ECDSA_SHA_512 SM2DSA
            ML_DSA_SHAKE_256 ED25519_SHA_512 ED25519_PH_SHA_512
            """
        ),
        "kms:SigningAlgorithm",
    ),
    (
        _one_of(
            """
            RSAES_PKCS1_V1_5 RSAES_OAEP_SHA_1 RSAES_OAEP_SHA_256 RSA_AES_KEY_WRAP_SHA_1 RSA_AES_KEY_WRAP_SHA_256 SM2PKE
            """
        ),
        "kms:WrappingAlgorithm",
    ),
    (_one_of("RSA_2048 RSA_3072 RSA_4096 SM2"), "kms:WrappingKeySpec"),
)
_HEXADECIMAL: Final = "kms:recipientattestation:"
FORMS: Final = {
    **{name: BOOLEAN for name, facts in CONDITION_KEYS.items() if facts.type == "Bool"},
    **{name: DIGEST for name in CONDITION_KEYS if name.startswith(_HEXADECIMAL)},
    **{name.lower(): form for form, names in _BY_KEY for name in names.split()},
}
"""The forms of the keys whose values have one, by the name in lower case; other keys take any text, number, date or address."""


def form_of(key: str, compared_as: ComparedAs) -> Form:
    """Return the form of the values of a key, for a way to compare them."""
    form = FORMS.get(fold(key), ANY_TEXT)
    return ARN if form is ANY_TEXT and compared_as == "arn" else form


def holds_arns(key: str) -> bool:
    """Return whether the values of a key are ARNs, all or some, of resources and principals in the key's partition."""
    return FORMS.get(fold(key), ANY_TEXT).holds_arns or fold(key).startswith(BY_SERVICE)


# --- whether a value can be of a form ------------------------------------------------------------------


def misfit(key: str, text: str, compared_as: ComparedAs) -> Misfit | None:
    """Return why no request has a value that a text matches; None if one may have.

    Args:
        key: The condition key, in any case.
        text: The value in the policy: text or a pattern; a variable in it may stand for anything.
        compared_as: How it is compared.
    """
    form = form_of(key, compared_as)
    pattern = _pattern(text, wildcards=compared_as in ("like", "arn"))
    if compared_as == "arn":
        found = _misfit_of_arn(form, pattern)
    else:
        fits = form is ANY_TEXT or _fits(form, pattern, ignore_case=compared_as == "ignore case")
        found = None if fits else _misfit_of_arn(form, pattern)
    if found is not None and compared_as in ("exact", "ignore case") and set("*?") & set(pattern):
        return found._replace(expected=f"{found.expected}, without wildcards")
    if found is None and (form.holds_arns or holds_arns(key)):
        return _misfit_of_partition(pattern)
    return found


BY_SERVICE: Final = "kms:encryptioncontext:aws:"
"""The beginning of the keys in which AWS services name their resources."""
# Characters that Unicode keeps free for such use within a program.
_ANY, _ONE = "\ufdd3", "\ufdd4"
_WILD: Final = re.compile(r"\$\{([^{}]*)\}|[*?]")


def _pattern(text: str, *, wildcards: bool) -> str:
    """Replace wildcards and variables in a text with reserved characters."""

    def instead(match: re.Match[str]) -> str:
        if match[1] is not None:
            return match[1] if match[1] in ("*", "?", "$") else _ANY
        return {"*": _ANY, "?": _ONE}[match[0]] if wildcards else match[0]

    return _WILD.sub(instead, text)


def _fits(form: Form, pattern: str, *, ignore_case: bool) -> bool:
    expressions = map(":".join, form.alternatives)
    return any(_can_be(expression, pattern, ignore_case=ignore_case) for expression in expressions)


def _misfit_of_arn(form: Form, pattern: str) -> Misfit | None:
    arns = [parts for parts in form.alternatives if len(parts) == len(_CODES_OF_PARTS)]
    if not arns:
        return Misfit(form.code, form.words)
    pieces = pattern.split(":", len(_CODES_OF_PARTS) - 1)
    if len(pieces) < len(_CODES_OF_PARTS):
        code: FindingCode = "MISSING_ARN_FIELD" if _can_be("arn", pieces[0]) else "INVALID_ARN_PREFIX"
        return Misfit(code, form.words)
    fitting = max(_fitting_pieces(parts, pieces) for parts in arns)
    if fitting == len(pieces):
        return None
    other_case = pieces[fitting] != pieces[fitting].lower() and _CODES_OF_PARTS[fitting] == form.code
    return Misfit("INVALID_ARN_SERVICE_CASE" if other_case else _CODES_OF_PARTS[fitting], form.words)


_CODES_OF_PARTS: Final[tuple[FindingCode, ...]] = (
    "INVALID_ARN_PREFIX",
    "INVALID_PARTITION",
    "INVALID_CONDITION_VALUE",
    "INVALID_ARN_REGION",
    "INVALID_ARN_ACCOUNT",
    "INVALID_ARN_RESOURCE",
)


def _fitting_pieces(parts: tuple[str, ...], pieces: list[str]) -> int:
    """Count the parts of an ARN before the first that does not fit."""
    fits = map(_can_be, parts, pieces)
    return next((index for index, fit in enumerate(fits) if not fit), len(parts))


def _misfit_of_partition(pattern: str) -> Misfit | None:
    """Return what is wrong if the Region of an ARN is not in its partition."""
    pieces = pattern.split(":", len(_CODES_OF_PARTS) - 1)
    if len(pieces) < len(_CODES_OF_PARTS) or not _can_be(_REGION, pieces[3]) or _ANY in pieces[3]:
        return None
    partition = partition_of(pieces[3])
    if _can_be(partition, pieces[1]):
        return None
    return Misfit("INVALID_PARTITION", f"the partition {partition}, in which {pieces[3]} is")


def partition_of(region: str) -> str:
    """Return the partition that a Region is in."""
    return next((name for start, name in _PARTITIONS.items() if region.startswith(start)), "aws")


# https://github.com/boto/botocore (botocore/data/partitions.json)
_PARTITIONS: Final = {
    "cn-": "aws-cn",
    "us-gov-": "aws-us-gov",
    "us-iso-": "aws-iso",
    "us-isob-": "aws-iso-b",
    "eu-isoe-": "aws-iso-e",
    "us-isof-": "aws-iso-f",
    "eusc-": "aws-eusc",
}
PARTITIONS: Final = ("aws", *_PARTITIONS.values())

# --- expressions and patterns ------------------------------------------------------------------------


def _can_be(expression: str, pattern: str, *, ignore_case: bool = False) -> bool:
    """Return whether a pattern matches any text of an expression."""
    if _ANY in pattern or _ONE in pattern:
        return _units_of(expression, ignore_case).meet(pattern)
    return _compiled(expression, ignore_case).fullmatch(pattern) is not None


@cache
def _compiled(expression: str, ignore_case: bool) -> re.Pattern[str]:  # noqa: FBT001 - a part of the cache's key
    return re.compile(expression, re.ASCII | (re.IGNORECASE if ignore_case else 0))


@cache
def _units_of(expression: str, ignore_case: bool) -> _Units:  # noqa: FBT001 - a part of the cache's key
    return _Units(expression, ignore_case=ignore_case)


class _Units:
    """The units of an expression, which a text matches one after the other; a number has a bit for each.

    The limits of repetitions are ignored: a pattern may match although no text does.
    """

    def __init__(self, expression: str, *, ignore_case: bool) -> None:
        self._units: list[re.Pattern[str]] = []
        self._repeated = self._optional = 0
        self._fitting: dict[str, int] = {}
        for unit, sign, least, more in _UNIT.findall(expression):
            self._units += [_compiled(unit, ignore_case)] * int(least or 1)
            last = 1 << len(self._units) - 1
            self._repeated |= last if sign or more else 0
            self._optional |= last if sign == "*" else 0

    def meet(self, pattern: str) -> bool:
        """Return whether a pattern matches any text that matches all units."""
        end = 1 << len(self._units)
        next_ones = 1
        for character in pattern:
            next_ones |= (next_ones & self._optional) << 1
            if character == _ANY:
                next_ones = 2 * end - (next_ones & -next_ones)  # the first of them, and all behind it
            else:
                met = next_ones & self._fit(character)
                next_ones = met << 1 | met & self._repeated
            if not next_ones:
                return False
        return bool((next_ones | (next_ones & self._optional) << 1) & end)

    def _fit(self, character: str) -> int:
        """Return the units that a character matches; no unit distinguishes characters beyond ASCII."""
        character = min(character, "\x80") if character != _ONE else character
        if character not in self._fitting:
            self._fitting[character] = sum(
                1 << index
                for index, unit in enumerate(self._units)
                if character == _ONE or unit.fullmatch(character)
            )
        return self._fitting[character]


_UNIT: Final = re.compile(r"(\[[^\]]+\]|\\.|.)(?:([+*])|\{([0-9]+)(,[0-9]*)?\})?")

# --- networks ------------------------------------------------------------------------------------------


def is_never_public(key: str, value: ContextValue) -> bool:
    """Return whether a network has only private addresses, under a key that has public ones.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-sourceip
    """
    if fold(key) != "aws:sourceip":
        return False
    given = network(value)
    return given is not None and any(
        given.version == private.version
        and given.prefixlen >= private.prefixlen
        and given.network_address in private
        for private in _private()
    )


@cache
def _private() -> tuple[IPv4Network | IPv6Network, ...]:
    return tuple(filter(None, map(network, _PRIVATE.split())))


# https://datatracker.ietf.org/doc/html/rfc1918, and addresses that stay on a host or a link.
_PRIVATE: Final = """
    10.0.0.0/8 172.16.0.0/12 192.168.0.0/16 127.0.0.0/8 169.254.0.0/16 fc00::/7 fe80::/10 ::1/128
"""
