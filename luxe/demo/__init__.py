"""Made-up history: people, staff, the rhythm of their days, their stories, and loading it all quickly."""
