"""`python -m infra.checks.validate FILE...`: whether each is CycloneDX 1.6. Run by the checks' own virtual environment."""

import sys
from pathlib import Path


def main(files: list[str]) -> int:
    from cyclonedx.schema import SchemaVersion
    from cyclonedx.validation.json import JsonStrictValidator

    validator = JsonStrictValidator(SchemaVersion.V1_6)
    wrong = 0
    for file in files:
        error = validator.validate_str(Path(file).read_text(encoding="utf-8"))
        if error is not None:
            print(f"{file} is not CycloneDX 1.6: {str(error)[:500]}", file=sys.stderr)
            wrong = 1
    return wrong


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
