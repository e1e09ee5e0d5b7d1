"""Policies in files: templates of CloudFormation, plans of Terraform, manifests of Kubernetes, JSON and YAML.

What a file says of a key is a :class:`Source`. Files are read and nothing else: no value in them is run, made into an object of
Python, or fetched.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from kmspolicy._sources._cloudformation import keys_of_template
from kmspolicy._sources._reading import text_of_file
from kmspolicy._sources._source import Ignore, Source, Told, in_file
from kmspolicy._sources._terraform import keys_of_plan
from kmspolicy._sources._terraform_files import places_in

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping

__all__ = ["Ignore", "Source", "Told", "read_cloudformation", "read_terraform_plan"]


def read_cloudformation(
    text: str | bytes, *, parameters: Mapping[str, str] | None = None, file: str | None = None
) -> tuple[Source, ...]:
    """Read the keys of a CloudFormation template, in JSON or YAML; SAM templates and output of the CDK are such.

    Args:
        text: The template; bytes are UTF-8.
        parameters: Values of parameters, pseudo parameters (``AWS::AccountId``) and attributes (``Role.Arn``), by their names.
            Defaults are not used: whoever deploys the template may give other values. A parameter of a type of SSM has its value
            here, not its name there.
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
    places = cache(places_in)
    sources: list[Source] = []
    with in_file(file):
        for found in keys_of_plan(text_of_file(text)):
            there = None
            if tf_dir is not None and found.folder is not None:
                there = places(Path(tf_dir, found.folder)).get(found.resource)
            sources.append(found.source.in_file(*(there or (file,))))
    return tuple(sources)
