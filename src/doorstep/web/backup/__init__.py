"""A copy of a site's whole database in one file, and putting it back so that rows and audit trail are the same."""
