"""A secret that comes into a tracked file is found; what was read and found harmless is not found again."""

import shutil
import subprocess
from pathlib import Path

import pytest

from infra.checks.secrets import BASELINE, ScanError, new_secrets, unread
from infra.local.layout import PROJECT, current

# Put together here, so that no secret stands in this file.
PLANTED = {
    "aws.py": 'KEY = "AKIA' + 'Q3EXAMPLE7TESTKY"\n',
    "key.pem": "-----BEGIN RSA " + "PRIVATE KEY-----\nMIIEpAIBAAKCAQEA\n",
    "openai.env": "OPENAI_API_KEY=sk-" + "Zx8Qw2Lm4Vn6Bt1Rk9Yp" + "T3BlbkFJ" + "Hd5Gs7Jf3Ka0Xc2Ue4Io\n",
    "token.txt": "eyJhbGciOiJSUzI1NiJ9." + "eyJzdWIiOiIxMjM0NTY3ODkwIn0" + ".c2lnbmF0dXJlc2lnbmF0dXJl\n",
    "url.py": 'URL = "postgresql://cafe:' + "Gx7pLw9Qz3" + '@db.internal/cafe"\n',
}


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    folder = tmp_path / "checkout"
    folder.mkdir()
    subprocess.run(["git", "init", "-q", folder], check=True)
    shutil.copy(PROJECT / "layers/core/cafe_ai/settings.py", folder / "settings.py")
    git_add(folder)
    return folder


def git_add(folder: Path) -> None:
    subprocess.run(["git", "-C", folder, "add", "-A"], check=True)


def test_every_entry_of_the_baseline_was_read() -> None:
    assert unread(PROJECT / BASELINE) == []


def test_planted_secrets_are_found_and_nothing_else(checkout: Path) -> None:
    tool, baseline = current().venv / "bin" / "detect-secrets", PROJECT / BASELINE
    assert new_secrets(tool, checkout, baseline) == []
    for name, text in PLANTED.items():
        (checkout / name).write_text(text, encoding="utf-8")
    git_add(checkout)

    found = new_secrets(tool, checkout, baseline)

    assert {each.file for each in found} == set(PLANTED)


def test_a_hash_of_a_lock_hides_no_secret_beside_it(checkout: Path) -> None:
    (checkout / "web.txt").write_text("    --hash=sha256:" + "0a" * 32 + " \\\n" + PLANTED["aws.py"], encoding="utf-8")
    git_add(checkout)

    (found,) = new_secrets(current().venv / "bin" / "detect-secrets", checkout, PROJECT / BASELINE)

    assert (found.file, found.kind) == ("web.txt", "AWS Access Key")


def test_a_scan_that_fails_is_no_clean_scan(tmp_path: Path) -> None:
    with pytest.raises(ScanError):
        new_secrets(Path("/bin/false"), tmp_path, PROJECT / BASELINE)
