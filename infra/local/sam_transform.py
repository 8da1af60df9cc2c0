"""SAM's own translation of a built template to CloudFormation, by the SAM tools' virtual environment.

`python -m infra.local.sam_transform BUILD_FOLDER` reads template.yaml there and writes transformed.json, and beside it the
nested stacks' templates, each as NAME.nested.json. Where the code is stays open (the resource's name in a bucket that does not
exist): deploy.py fills it in. State machines get their definition inline. References to parameters stay references, so that
the emulator's CloudFormation resolves them.
"""

import copy
import json
import os
import sys
from pathlib import Path
from typing import Any

from samcli.yamlhelper import yaml_parse
from samtranslator.public.translator import ManagedPolicyLoader
from samtranslator.translator.transform import transform

from infra.local.native import LOCAL_ORIGINS, NESTED, NESTED_SUFFIX

CODE_PLACES = {"AWS::Serverless::Function": "CodeUri", "AWS::Serverless::LayerVersion": "ContentUri"}


class NoManagedPolicies(ManagedPolicyLoader):
    """The template names none, so there is nothing to ask AWS for."""

    def __init__(self) -> None:
        self._policy_map: dict[str, str] = {}
        self.max_items = 1000

    def load(self) -> dict[str, str]:
        return {}


def _read(path: Path) -> dict[str, Any]:
    """A file of YAML with CloudFormation's tags, as what JSON can say."""
    content: dict[str, Any] = json.loads(json.dumps(yaml_parse(path.read_text(encoding="utf-8"))))
    return content


def main(folder: Path) -> None:
    template = _read(folder / "template.yaml")
    parameters = copy.deepcopy(template["Parameters"])
    for parameter in template["Parameters"].values():
        parameter.pop("Default", None)
    for name, resource in template["Resources"].items():
        if place := CODE_PLACES.get(resource["Type"]):
            resource["Properties"][place] = f"s3://local/{name}"
        elif resource["Type"] == "AWS::Serverless::StateMachine":
            # which `sam build` leaves where it is; in AWS `sam deploy` would upload it
            resource["Properties"]["Definition"] = _read(folder / resource["Properties"].pop("DefinitionUri"))
        elif resource["Type"] == NESTED:
            _write(folder / f"{name}{NESTED_SUFFIX}", _read(folder / resource["Properties"]["TemplateURL"]))
    os.environ.setdefault("AWS_DEFAULT_REGION", "eu-west-1")
    # CloudFormation hands SAM a list parameter as a list; a reference in its place SAM would take for all of CORS.
    lists = {"AllowedOrigins": LOCAL_ORIGINS}
    translated: dict[str, Any] = transform(template, lists, NoManagedPolicies())
    translated["Parameters"] = parameters
    _write(folder / "transformed.json", translated)


def _write(path: Path, content: dict[str, Any]) -> None:
    path.write_text(json.dumps(content, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
