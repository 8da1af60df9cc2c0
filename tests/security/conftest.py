"""Shops that are asked through the assistants, for the tests of this folder."""

from tests.integration.assistants.conftest import app, neighbour, server, shop, talking
from tests.integration.conftest import factory

__all__ = ["app", "factory", "neighbour", "server", "shop", "talking"]
