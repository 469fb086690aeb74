"""The audit trail: every look and every change, append-only, sealed in a chain of hashes."""
