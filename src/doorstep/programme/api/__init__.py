"""The interface for programs: exhibits as JSON, read-only, and the tokens that programs show."""
