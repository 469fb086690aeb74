"""The scorecard: exhibits (chart, table, words) from figures that may be shown, as page, CSV, JSON and pack."""
