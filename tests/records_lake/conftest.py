from made_lake import made

__all__ = ["made"]
