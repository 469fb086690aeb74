"""The register of Places: every fact about a Place with the days it held, its source and when we learnt it."""
