"""The site's shell: settings, accounts, who may do what, the audit trail, the layout of pages.

In: requests of people who logged in. Out: pages, and a record of every look and every change. Plane: none of its own;
the apps of a role (`place` or `national`, two installations on two databases) hang in it by name.
"""
