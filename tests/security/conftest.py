"""Shops that are asked through the assistants, for the tests of this folder."""

from tests.integration.assistants.conftest import app, factory, neighbour, server, shop, talking

__all__ = ["app", "factory", "neighbour", "server", "shop", "talking"]
