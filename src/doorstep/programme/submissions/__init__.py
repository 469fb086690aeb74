"""Returns as received: every version, what a check found, who signed it off. Nothing is overwritten."""
