"""What `make deploy` gives SAM: the environment's parameters, and what was given beside them."""

import shlex

import pytest

from infra.parameters import main, overrides, parsed

CONFIG = {
    "dev": {"deploy": {"parameters": {"parameter_overrides": ["Environment=dev", "Origins=http://a,http://b=c"]}}}
}


def test_an_environments_parameters_are_told_by_name() -> None:
    assert overrides(CONFIG, "dev") == {"Environment": "dev", "Origins": "http://a,http://b=c"}


def test_the_last_of_a_name_counts_and_what_is_no_pair_is_refused() -> None:
    assert parsed(["A=1", "A=2", "B="]) == {"A": "2", "B": ""}
    with pytest.raises(ValueError, match="NAME=VALUE"):
        parsed(["A"])


def test_what_is_given_counts_more_and_a_value_with_spaces_is_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["dev", "Environment=mine", 'MailFrom=Café "AI" <a@b.es>']) == 0
    words = shlex.split(capsys.readouterr().out)
    assert "Environment=mine" in words
    assert "Environment=dev" not in words
    assert r'MailFrom="Café \"AI\" <a@b.es>"' in words


@pytest.mark.parametrize("arguments", [["nowhere"], ["dev", "nothing"]])
def test_a_mistake_is_a_sentence_and_no_traceback(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("\n") == 1
