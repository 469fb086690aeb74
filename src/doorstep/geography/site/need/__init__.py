"""The need explorer: England's areas by an index whose weights a reader may vary, and where each area stands."""
