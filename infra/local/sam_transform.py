"""SAM's own translation of a built template to CloudFormation, by the SAM tools' virtual environment.

`python -m infra.local.sam_transform BUILD_FOLDER` reads template.yaml there and writes transformed.json. Where the code
is stays open (the resource's name in a bucket that does not exist): deploy.py fills it in. State machines get their
definition inline. References to parameters stay references, so that the emulator's CloudFormation resolves them.
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

from infra.local.native import LOCAL_ORIGINS

CODE_PLACES = {"AWS::Serverless::Function": "CodeUri", "AWS::Serverless::LayerVersion": "ContentUri"}


class NoManagedPolicies(ManagedPolicyLoader):
    """The template names none, so there is nothing to ask AWS for."""

    def __init__(self) -> None:
        self._policy_map: dict[str, str] = {}
        self.max_items = 1000

    def load(self) -> dict[str, str]:
        return {}


def _definition(folder: Path, place: str) -> dict[str, Any]:
    """A state machine's own file, which `sam build` leaves where it is; in AWS `sam deploy` would upload it."""
    definition: dict[str, Any] = yaml_parse((folder / place).read_text(encoding="utf-8"))
    return definition


def main(folder: Path) -> None:
    template = json.loads(json.dumps(yaml_parse((folder / "template.yaml").read_text(encoding="utf-8"))))
    parameters = copy.deepcopy(template["Parameters"])
    for parameter in template["Parameters"].values():
        parameter.pop("Default", None)
    for name, resource in template["Resources"].items():
        if place := CODE_PLACES.get(resource["Type"]):
            resource["Properties"][place] = f"s3://local/{name}"
        elif resource["Type"] == "AWS::Serverless::StateMachine":
            resource["Properties"]["Definition"] = _definition(folder, resource["Properties"].pop("DefinitionUri"))
    os.environ.setdefault("AWS_DEFAULT_REGION", "eu-west-1")
    # CloudFormation hands SAM a list parameter as a list; a reference in its place SAM would take for all of CORS.
    lists = {"AllowedOrigins": LOCAL_ORIGINS}
    translated: dict[str, Any] = transform(template, lists, NoManagedPolicies())
    translated["Parameters"] = parameters
    (folder / "transformed.json").write_text(json.dumps(translated, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
