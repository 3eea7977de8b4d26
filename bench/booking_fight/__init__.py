"""Two hundred people fight for fifty times through the API and the page, while gateways are killed."""
