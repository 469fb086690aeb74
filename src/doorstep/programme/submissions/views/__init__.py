"""The pages of submissions: permission, one question or one action, a page."""
