"""`python -m infra.local.sizes BUILD_FOLDER [--set-budgets]`: the build report: what each layer takes unzipped, and each function
with its layers, beside their budgets; fails where one is exceeded, or beyond Lambda's limit.

BUILD_FOLDER is what `sam build` made. The budgets are in infra/size_budgets.json, in MB; --set-budgets writes them anew, a tenth
above the present sizes. Run by the SAM tools' virtual environment, which reads SAM's YAML.
"""

import json
import sys
from collections.abc import Iterator, Mapping
from math import ceil
from pathlib import Path
from typing import Any

LIMIT_BYTES = 262_144_000  # 250 MiB: Lambda's quota of a function and its layers, unzipped
BUDGETS = Path(__file__).parents[1] / "size_budgets.json"
HEADROOM = 1.1
MB = 1e6
Template = dict[str, Any]


def folder_bytes(folder: Path, pattern: str = "*") -> int:
    """The files' sizes, as Lambda counts them."""
    return sum(path.stat().st_size for path in folder.rglob(pattern) if path.is_file())


def function_bytes(template: Template, build: Path, pattern: str = "*") -> dict[str, int]:
    """What each function of a built template takes together with its layers."""
    common = template.get("Globals", {}).get("Function", {}).get("Layers", [])
    resources = template["Resources"]
    sizes = {name: folder_bytes(build / name, pattern) for name in resources if (build / name).is_dir()}
    return {
        name: sizes[name] + sum(sizes[layer["Ref"]] for layer in (*common, *resource["Properties"].get("Layers", [])))
        for name, resource in resources.items()
        if resource["Type"] == "AWS::Serverless::Function"
    }


def layer_bytes(template: Template, build: Path, pattern: str = "*") -> dict[str, int]:
    """What each layer of a built template takes."""
    layers = (name for name, each in template["Resources"].items() if each["Type"] == "AWS::Serverless::LayerVersion")
    return {name: folder_bytes(build / name, pattern) for name in layers}


def faults(sizes: Mapping[str, int], budgets: Mapping[str, float]) -> Iterator[str]:
    """What exceeds its budget or Lambda's limit, and what has no budget or is none of ours any more."""
    for name, size in sizes.items():
        if size > LIMIT_BYTES:
            yield f"{name} takes {size / MB:.1f} MB: Lambda takes {LIMIT_BYTES / MB:.1f} MB at most."
        if name not in budgets:
            yield f"{name} has no budget in {BUDGETS.name}: it takes {size / MB:.1f} MB."
        elif size > budgets[name] * MB:
            yield f"{name} takes {size / MB:.1f} MB: its budget is {budgets[name]} MB."
    yield from (f"{BUDGETS.name} has a budget of {name}, which is not built." for name in budgets if name not in sizes)


def lines(sizes: Mapping[str, int], bytecode: Mapping[str, int], budgets: Mapping[str, float]) -> Iterator[str]:
    """The report, largest first."""
    for name, size in sorted(sizes.items(), key=lambda pair: -pair[1]):
        yield f"  {size / MB:6.1f} MB ({bytecode[name] / size:3.0%} bytecode, budget {budgets.get(name, '-')} MB)  {name}"


def main(build: Path, *, set_budgets: bool = False) -> int:
    """Prints the report; 1 where something is wrong."""
    from samcli.yamlhelper import yaml_parse

    template = yaml_parse((build / "template.yaml").read_text(encoding="utf-8"))
    layers, functions = layer_bytes(template, build), function_bytes(template, build)
    if set_budgets:
        wanted = {name: ceil(size * HEADROOM / MB * 10) / 10 for name, size in (layers | functions).items()}
        BUDGETS.write_text(json.dumps(wanted, indent=2) + "\n", encoding="utf-8")
    budgets = json.loads(BUDGETS.read_text(encoding="utf-8"))
    for sizes, measure in ((layers, layer_bytes), (functions, function_bytes)):
        print(*lines(sizes, measure(template, build, "*.pyc"), budgets), sep="\n")
    if not any(build.rglob("*.pyc")):
        print(
            "Built without bytecode, as no Python 3.13 was found here: each cold start compiles what it imports and takes "
            "more than twice as long. Install Python 3.13, or name it: COMPILER=/path/to/python3.13 make build",
            file=sys.stderr,
        )
    found = list(faults(layers | functions, budgets))
    print(*found, sep="\n", file=sys.stderr, end="\n" if found else "")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), set_budgets="--set-budgets" in sys.argv[2:]))
