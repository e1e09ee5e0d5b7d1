"""Policies in files: templates of CloudFormation, plans of Terraform, manifests of Kubernetes, JSON and YAML.

What a file says of a key is a :class:`Source`. Files are read and nothing else: no value in them is run, made into an object of
Python, or fetched.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kmspolicy._sources._cloudformation import keys_of_template
from kmspolicy._sources._reading import text_of_file
from kmspolicy._sources._source import Ignore, Source, Told, in_file

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Ignore", "Source", "Told", "read_cloudformation"]


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
