"""Policies in files: templates of CloudFormation, plans of Terraform, manifests of Kubernetes, JSON and YAML.

What a file says of a key is a :class:`Source`. Files are read and nothing else: no value in them is run, made into an object of
Python, or fetched.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from kmspolicy._sources._cloudformation import keys_of_template
from kmspolicy._sources._paths import files_in, sources_of_text, text_of_path
from kmspolicy._sources._reading import text_of_file
from kmspolicy._sources._source import Ignore, Reading, Source, Told, Was, in_file
from kmspolicy._sources._terraform import sources_of_plan
from kmspolicy.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = [
    "Ignore",
    "Reading",
    "Source",
    "Told",
    "Was",
    "read_cloudformation",
    "read_files",
    "read_path",
    "read_terraform_plan",
    "read_text",
]


def read_cloudformation(
    text: str | bytes, *, parameters: Mapping[str, str] | None = None, file: str | None = None
) -> tuple[Source, ...]:
    """Read the keys of a CloudFormation template, in JSON or YAML; SAM templates and output of the CDK are such.

    Args:
        text: The template; bytes are UTF-8.
        parameters: Values of parameters, pseudo parameters (``AWS::AccountId``) and attributes (``Role.Arn``), by their names.
            Defaults are not used, since a deployment may give other values. For a parameter of an SSM type, give the value, not
            the name of the parameter in SSM.
        file: The name of the file, for places.

    Returns:
        A source for each resource of the type ``AWS::KMS::Key`` or ``AWS::KMS::ReplicaKey``.

    Raises:
        SourceError: if it cannot be read; with its line and column.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-kms-key.html
    """
    with in_file(file):
        sources = keys_of_template(text_of_file(text), parameters or {})
    return tuple(source.in_file(file) for source in sources)


def read_terraform_plan(
    text: str | bytes, *, tf_dir: str | os.PathLike[str] | None = None, file: str | None = None
) -> tuple[Source, ...]:
    """Read the keys of a Terraform plan, as ``terraform show -json PLAN`` writes it.

    A policy that is known after apply is rebuilt from its ``aws_iam_policy_document``, with placeholders for what is not known.
    A plan does not have the expression itself: if the configuration changes the text of the document, ``replace(...)`` for
    example, the rebuilt policy does not have the change.

    Args:
        text: The plan in JSON; bytes are UTF-8.
        tf_dir: The folder of the configuration, for places: a plan has no lines.
        file: The name of the file, for errors, and for sources without a place.

    Returns:
        A source for each resource of the types ``aws_kms_key``, ``aws_kms_replica_key``, ``aws_kms_external_key``,
        ``aws_kms_replica_external_key`` and ``aws_kms_key_policy``, named by its address.

    Raises:
        SourceError: if it cannot be read.

    https://developer.hashicorp.com/terraform/internals/json-format
    """
    with in_file(file):
        return tuple(sources_of_plan(text_of_file(text), tf_dir, file))


def read_text(
    text: str | bytes,
    *,
    name: str = "-",
    parameters: Mapping[str, str] | None = None,
    tf_dir: str | os.PathLike[str] | None = None,
) -> tuple[Source, ...]:
    """Read a text of any kind that :func:`read_path` reads, for example from standard input.

    Args:
        text: The text; bytes are UTF-8.
        name: The text that is used instead of the name of a file.
        parameters: Values of parameters, for a template; see :func:`read_cloudformation`.
        tf_dir: The folder of the configuration, for a plan; see :func:`read_terraform_plan`.

    Raises:
        SourceError: if it cannot be read, or is of another kind.
    """
    with in_file(name):
        return tuple(sources_of_text(text_of_file(text), name, parameters or {}, tf_dir))


def read_path(
    path: str | os.PathLike[str],
    *,
    parameters: Mapping[str, str] | None = None,
    tf_dir: str | os.PathLike[str] | None = None,
) -> Reading:
    """Read a file, or all files of a folder.

    A file is a policy in JSON or YAML, in which ``<ACCOUNT_ID>``, ``{{account}}`` and ``${var.role}`` are placeholders; what
    ``aws kms get-key-policy`` prints; a CloudFormation template; a Terraform plan in JSON; or manifests of the controllers for
    Kubernetes of AWS (ACK) and of Crossplane. Of a folder, files named ``*.json``, ``*.yaml``, ``*.yml`` and ``*.template`` are
    read, and those without a key policy are skipped; hidden ones and ``node_modules`` are left out. A document of a folder is a key
    policy if it names principals, and an action that can be one of KMS for a resource that can be a key. An array of documents is
    read like several documents of YAML. Links to files are followed, those to folders are not: give the folder itself. A link that
    leads nowhere and a folder that cannot be opened are errors.

    Args:
        path: The path of a file or of a folder.
        parameters: Values of parameters, for templates; see :func:`read_cloudformation`.
        tf_dir: The folder of the configuration, for a plan; see :func:`read_terraform_plan`.

    Returns:
        The sources, and an error for each file that could not be read.
    """
    readings = [*read_files(path, parameters=parameters, tf_dir=tf_dir)]
    return Reading(
        tuple(source for reading in readings for source in reading.sources),
        tuple(error for reading in readings for error in reading.errors),
    )


def read_files(
    path: str | os.PathLike[str],
    *,
    parameters: Mapping[str, str] | None = None,
    tf_dir: str | os.PathLike[str] | None = None,
) -> Iterator[Reading]:
    """Read a file, or all files of a folder, one at a time: for folders that are too large to be kept.

    Args:
        path: The path of a file or of a folder, as for :func:`read_path`.
        parameters: Values of parameters, for templates; see :func:`read_cloudformation`.
        tf_dir: The folder of the configuration, for a plan; see :func:`read_terraform_plan`.

    Yields:
        What each file says, or the error about it; of a folder, also for a file that has no key policy, which says nothing.
    """
    start = Path(path)
    is_folder = os.path.isdir(start)  # noqa: PTH112 - that of pathlib raises for a name that is too long
    for each in files_in(start) if is_folder else [start]:
        if isinstance(each, SourceError):
            yield Reading((), (each,))
            continue
        try:
            with in_file(str(each)):
                text = text_of_path(each)
                found = sources_of_text(text, str(each), parameters or {}, tf_dir, named=not is_folder)
        except SourceError as error:
            yield Reading((), (error,))
        else:
            yield Reading(tuple(found), ())
