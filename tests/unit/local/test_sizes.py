"""A function counts with all its layers, and too large a one fails the build."""

from pathlib import Path
from typing import Any

import pytest

from infra.local.sizes import LIMIT_BYTES, MB, faults, folder_bytes, function_bytes, layer_bytes, lines

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


def test_what_keeps_to_its_budget_is_let_be() -> None:
    assert list(faults({"Query": int(100 * MB)}, {"Query": 100})) == []


@pytest.mark.parametrize(
    ("sizes", "budgets", "told"),
    [
        ({"Query": int(100.1 * MB)}, {"Query": 100}, "Query takes 100.1 MB: its budget is 100 MB."),
        ({"Query": LIMIT_BYTES + 1}, {"Query": 500}, "Query takes 262.1 MB: Lambda takes 262.1 MB at most."),
        ({"Query": 5}, {}, "Query has no budget in size_budgets.json: it takes 0.0 MB."),
        ({}, {"Query": 1}, "size_budgets.json has a budget of Query, which is not built."),
    ],
)
def test_what_outgrows_its_budget_is_told(sizes: dict[str, int], budgets: dict[str, float], told: str) -> None:
    assert list(faults(sizes, budgets)) == [told]


def test_the_report_has_size_bytecode_and_budget_largest_first() -> None:
    told = list(lines({"A": 2_000_000, "B": 4_000_000}, {"A": 1_000_000, "B": 0}, {"A": 3}))
    assert told == [
        "     4.0 MB ( 0% bytecode, budget - MB)  B",
        "     2.0 MB (50% bytecode, budget 3 MB)  A",
    ]


def test_bytecode_is_counted(build: Path) -> None:
    (build / "Query" / "handler.pyc").write_bytes(b"x" * 7)
    assert function_bytes(TEMPLATE, build, "*.pyc") == {"Query": 7, "Health": 0}
