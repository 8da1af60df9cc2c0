"""A function counts with all its layers, and too large a one fails the build."""

from pathlib import Path
from typing import Any

import pytest

from infra.local.sizes import folder_bytes, function_bytes, layer_bytes

TEMPLATE: dict[str, Any] = {
    "Globals": {"Function": {"Layers": [{"Ref": "CoreLayer"}]}},
    "Resources": {
        "CoreLayer": {"Type": "AWS::Serverless::LayerVersion", "Properties": {}},
        "AiLayer": {"Type": "AWS::Serverless::LayerVersion", "Properties": {}},
        "Query": {"Type": "AWS::Serverless::Function", "Properties": {"Layers": [{"Ref": "AiLayer"}]}},
        "Health": {"Type": "AWS::Serverless::Function", "Properties": {}},
        "Queue": {"Type": "AWS::SQS::Queue", "Properties": {}},
    },
}


@pytest.fixture
def build(tmp_path: Path) -> Path:
    for name, size in {"CoreLayer": 10, "AiLayer": 100, "Query": 3, "Health": 4}.items():
        (tmp_path / name / "python").mkdir(parents=True)
        (tmp_path / name / "python" / "code").write_bytes(b"x" * size)
    return tmp_path


def test_a_function_counts_with_its_own_and_the_common_layers(build: Path) -> None:
    assert function_bytes(TEMPLATE, build) == {"Query": 113, "Health": 14}


def test_a_layer_counts_by_itself(build: Path) -> None:
    assert layer_bytes(TEMPLATE, build) == {"CoreLayer": 10, "AiLayer": 100}


def test_folders_themselves_weigh_nothing(build: Path) -> None:
    assert folder_bytes(build) == 117
