"""`python -m infra.local.sizes BUILD_FOLDER`: what each layer takes unzipped, and each function with its layers; fails beyond
Lambda's limit.

BUILD_FOLDER is what `sam build` made. Run by the SAM tools' virtual environment, which reads SAM's YAML.
"""

import sys
from pathlib import Path
from typing import Any

LIMIT_BYTES = 262_144_000  # 250 MiB: Lambda's quota of a function and its layers, unzipped
Template = dict[str, Any]


def folder_bytes(folder: Path) -> int:
    """The files' sizes, as Lambda counts them."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def function_bytes(template: Template, build: Path) -> dict[str, int]:
    """What each function of a built template takes together with its layers."""
    common = template.get("Globals", {}).get("Function", {}).get("Layers", [])
    resources = template["Resources"]
    sizes = {name: folder_bytes(build / name) for name in resources if (build / name).is_dir()}
    return {
        name: sizes[name] + sum(sizes[layer["Ref"]] for layer in (*common, *resource["Properties"].get("Layers", [])))
        for name, resource in resources.items()
        if resource["Type"] == "AWS::Serverless::Function"
    }


def layer_bytes(template: Template, build: Path) -> dict[str, int]:
    """What each layer of a built template takes."""
    layers = (name for name, each in template["Resources"].items() if each["Type"] == "AWS::Serverless::LayerVersion")
    return {name: folder_bytes(build / name) for name in layers}


def main(build: Path) -> int:
    from samcli.yamlhelper import yaml_parse

    template = yaml_parse((build / "template.yaml").read_text(encoding="utf-8"))
    functions = function_bytes(template, build)
    for sizes in (layer_bytes(template, build), functions):
        for name, size in sorted(sizes.items(), key=lambda pair: -pair[1]):
            print(f"  {size / 1e6:6.1f} MB  {name}")
    too_large = [name for name, size in functions.items() if size > LIMIT_BYTES]
    if too_large:
        print(f"Lambda takes {LIMIT_BYTES / 1e6:.1f} MB at most: {', '.join(too_large)}", file=sys.stderr)
    return int(bool(too_large))


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
