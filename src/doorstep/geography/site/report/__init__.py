"""The founding report, audited, as a page: the only room whose pages show political facts."""
