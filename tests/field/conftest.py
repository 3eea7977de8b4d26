"""The gateway as senders reach it, every connector with its secret."""

from tests.gateway.conftest import public_app, signed_gateway

__all__ = ["public_app", "signed_gateway"]
