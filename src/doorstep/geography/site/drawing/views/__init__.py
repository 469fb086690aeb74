"""The pages of neighbourhoods: permission, one question or one action, a page."""
