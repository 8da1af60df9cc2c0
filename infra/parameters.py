"""`python -m infra.parameters ENV [NAME=VALUE ...]`: an environment's parameters of samconfig.toml, as `sam deploy` takes them.

What is given on the command line of `sam deploy` stands in place of all that samconfig.toml says, so `make deploy` gives both; of
two values of one name the later counts.
"""

import shlex
import sys
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

SAMCONFIG = Path(__file__).parents[1] / "samconfig.toml"


def overrides(config: Mapping[str, Any], environment: str) -> dict[str, str]:
    """The environment's parameters by their names. Raises KeyError where samconfig.toml has no such environment."""
    pairs: list[str] = config[environment]["deploy"]["parameters"].get("parameter_overrides", [])
    return parsed(pairs)


def parsed(pairs: Sequence[str]) -> dict[str, str]:
    """NAME=VALUE pairs, the last of a name. Raises ValueError for what is none."""
    found = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not (name and equals):
            raise ValueError(f"{pair!r} is not NAME=VALUE.")
        found[name] = value
    return found


def main(arguments: Sequence[str]) -> int:
    environment, *given = arguments
    config = tomllib.loads(SAMCONFIG.read_text(encoding="utf-8"))
    try:
        parameters = {**overrides(config, environment), **parsed(given)}
    except KeyError:
        print(f"samconfig.toml has no environment {environment!r}.", file=sys.stderr)
        return 2
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    print(" ".join(shlex.quote(f"{name}={_quoted(value)}") for name, value in parameters.items()))
    return 0


def _quoted(value: str) -> str:
    """As SAM reads it: a value with spaces or quotes in double quotes, whatever the shell made of them."""
    if not set(' "') & set(value):
        return value
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
