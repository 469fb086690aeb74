"""The pages of accounts: logging in, enrolling, one's own account, and other people's for administrators."""
