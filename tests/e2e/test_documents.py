"""Documents of the business: kept, found, quoted in answers, and gone when they are deleted."""

from typing import Any

import pytest

from tests.support.local_stack import Stack

pytestmark = pytest.mark.e2e

POLICY = {
    "title": "Perros en la terraza",
    "content": "Los perros son bienvenidos en la terraza con correa corta. Dentro del local solo entran perros guía.",
}


@pytest.fixture
def business(stack: Stack) -> dict[str, Any]:
    return {"business_id": stack.state.business_id}


def found(stack: Stack, business: dict[str, Any], words: str) -> list[str]:
    answer = stack.read("GET", "/documents", params={**business, "q": words, "limit": 5})
    return [document["id"] for document in answer["documents"]]


def test_a_document_is_found_quoted_and_gone_when_it_is_deleted(stack: Stack, business: dict[str, Any]) -> None:
    stack.read("PUT", "/documents/perros", params=business, json=POLICY)
    stack.await_index()
    assert found(stack, business, "¿puedo llevar al perro?")[0] == "perros"

    answer = stack.ask("¿Puedo ir con mi perro a la terraza?")
    assert "perros" in [source["id"] for source in answer["sources"]]
    assert "correa" in answer["response"]

    stack.read("DELETE", "/documents/perros", params=business)
    assert "perros" not in found(stack, business, "perros en la terraza")
    stack.await_index()
    assert (
        stack.rows("SELECT FROM index_entries e WHERE NOT EXISTS (SELECT FROM documents d WHERE d.key = e.key)") == []
    )


def test_the_sample_business_says_when_it_opens(stack: Stack) -> None:
    answer = stack.ask("¿A qué hora abrís los domingos?")
    assert answer["sources"][0]["title"] == "Horario"
    assert "8:00" in answer["response"]
    assert answer["verified"] is True


def test_another_business_has_no_part_in_it(stack: Stack) -> None:
    elsewhere = {"business_id": "01890a5d-ac96-774b-bcce-b302099a8057"}
    assert stack.call("PUT", "/documents/perros", params=elsewhere, json=POLICY).status_code == 404
    assert stack.call("GET", "/documents", params={**elsewhere, "q": "horario"}).status_code == 404


def test_staff_reads_and_does_not_write(stack: Stack, business: dict[str, Any]) -> None:
    staff = stack.token("staff")
    assert stack.call("GET", "/documents", params={**business, "q": "wifi"}, token=staff).status_code == 200
    assert stack.call("PUT", "/documents/perros", params=business, json=POLICY, token=staff).status_code == 403


def test_a_document_too_long_names_its_field(stack: Stack, business: dict[str, Any]) -> None:
    response = stack.call("PUT", "/documents/perros", params=business, json={**POLICY, "content": "a" * 20_001})
    assert response.status_code == 422
    assert [error["field"] for error in response.json()["errors"]] == ["content"]
