"""Who uses the site: accounts, their second factor, and the roles they have from one day to another."""
