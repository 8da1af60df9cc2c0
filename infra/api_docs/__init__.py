"""The API's document (OpenAPI 3.1) and its reference for people, both made from the functions' own code.

`python -m infra.api_docs` writes docs/openapi.json and docs/api.md; no function imports this.
"""
