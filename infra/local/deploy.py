"""The built template into the emulator: its functions' bootstraps uploaded, its stack created, its routes counted."""

import io
import json
import shlex
import time
import zipfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from infra.local import emulator
from infra.local.build import TRANSFORMED
from infra.local.layout import Layout, python_of
from infra.local.native import (
    NESTED_SUFFIX,
    Template,
    api_id,
    count_routes,
    functions_of,
    layers_of,
    make_native,
    nested_of,
    without_the_unreadable,
)
from infra.local.problems import StackError

STACK = "cafe-ai"
BUCKET = "cafe-ai-local"
DEPLOY_SECONDS = 120
START_OVER = (
    "Where the migrations are the cause, `make stop` and deleting .local/postgres starts with an empty database."
)
EXECUTABLE = 0o100755 << 16


class DeployFailed(StackError):  # noqa: N818 -- errors state the fact
    """CloudFormation did not create the stack; the message says which resources failed and why."""


def deploy(layout: Layout, build: Path, port: int, parameters: Mapping[str, str]) -> dict[str, str]:
    """Create the stack of a freshly started emulator and return its outputs. Raises DeployFailed."""
    template = _template(build / TRANSFORMED)
    bootstraps = _upload_bootstraps(layout, build, template, port)
    native = make_native(template, bootstraps, _upload_nested(build, template, port))
    cloudformation = emulator.client("cloudformation", port)
    cloudformation.create_stack(
        StackName=STACK,
        TemplateURL=_upload(_s3(port), "template.json", json.dumps(native).encode()),
        Capabilities=["CAPABILITY_IAM"],
        Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()],
    )
    outputs = _await_stack(cloudformation)
    _check_routes(port, outputs["ApiId"], count_routes(native))
    return outputs


def base_url(port: int) -> str:
    """Where the emulator serves the API named Api; the same at every start on the same port."""
    return f"{emulator.url_of(port)}/_aws/execute-api/{api_id('Api')}/$default"


def _upload_bootstraps(layout: Layout, build: Path, template: Template, port: int) -> dict[str, tuple[str, str]]:
    s3 = _s3(port)
    with suppress(s3.exceptions.BucketAlreadyOwnedByYou):  # the emulator keeps its buckets
        s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": emulator.REGION})
    places = {}
    for function in functions_of(template):
        code = build / function
        layers = [build / layer for layer in layers_of(template, function)]
        key = f"{function}.zip"
        _upload(s3, key, _zip_bootstrap(bootstrap(layout, code, layers)))
        places[function] = (BUCKET, key)
    return places


def _upload_nested(build: Path, template: Template, port: int) -> dict[str, str]:
    s3 = _s3(port)
    places = {}
    for name in nested_of(template):
        nested = without_the_unreadable(_template(build / f"{name}{NESTED_SUFFIX}"))
        places[name] = _upload(s3, f"{name}.json", json.dumps(nested).encode())
    return places


def _template(path: Path) -> Template:
    template: Template = json.loads(path.read_text(encoding="utf-8"))
    return template


def _s3(port: int) -> Any:
    return emulator.client("s3", port, s3={"addressing_style": "path"})


def _upload(s3: Any, key: str, body: bytes) -> str:
    """Put an object beside the functions' code; its address."""
    s3.put_object(Bucket=BUCKET, Key=key, Body=body)
    return f"{s3.meta.endpoint_url}/{BUCKET}/{key}"


def bootstrap(layout: Layout, code: Path, layers: list[Path]) -> str:
    """The script that runs a function with AWS's own runtime client, from where the build left it.

    As in Lambda, a layer's `python` is looked through for modules and its `lib` for shared libraries.
    """
    path = [code, *(layer / "python" for layer in layers)]
    libraries = [layer / "lib" for layer in layers if (layer / "lib").is_dir()]
    return "\n".join(
        (
            "#!/bin/sh",
            f"cd {shlex.quote(str(code))} || exit 1",
            f"export LAMBDA_TASK_ROOT={shlex.quote(str(code))}",
            f"export PYTHONPATH={shlex.quote(':'.join(map(str, path)))}",
            *([f"export LD_LIBRARY_PATH={shlex.quote(':'.join(map(str, libraries)))}"] if libraries else []),
            f'exec {shlex.quote(str(python_of(layout.emulator_venv)))} -m awslambdaric "$_HANDLER"',
            "",
        )
    )


def _zip_bootstrap(script: str) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        entry = zipfile.ZipInfo("bootstrap")
        entry.external_attr = EXECUTABLE
        archive.writestr(entry, script)
    return content.getvalue()


def _await_stack(cloudformation: Any) -> dict[str, str]:
    deadline = time.monotonic() + DEPLOY_SECONDS
    status = "CREATE_IN_PROGRESS"
    while status == "CREATE_IN_PROGRESS" and time.monotonic() < deadline:
        time.sleep(0.05)
        stack = cloudformation.describe_stacks(StackName=STACK)["Stacks"][0]
        status = stack["StackStatus"]
    if status != "CREATE_COMPLETE":
        events = cloudformation.describe_stack_events(StackName=STACK)["StackEvents"]
        reasons = [
            f"{event['LogicalResourceId']}: {event.get('ResourceStatusReason', '')}"
            for event in events
            if "FAILED" in event["ResourceStatus"]
        ]
        raise DeployFailed("\n".join((f"The template was not deployed ({status}).", *reasons, START_OVER)))
    return {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}


def _check_routes(port: int, api: str, expected: int) -> None:
    routes = emulator.client("apigatewayv2", port)
    found = len(routes.get_routes(ApiId=api)["Items"])
    if found != expected or not expected:
        raise DeployFailed(f"The API has {found} routes; the template says {expected}.")
