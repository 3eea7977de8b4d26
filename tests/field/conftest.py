"""Inputs from the field reach the product as their senders deliver them: through the gateway."""

from tests.gateway.conftest import gateway, public_app, signed_gateway

__all__ = ["gateway", "public_app", "signed_gateway"]
