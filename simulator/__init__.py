"""A stand-in for Twilio: its REST API, signed callbacks and inbound texts, and phones in a browser."""
