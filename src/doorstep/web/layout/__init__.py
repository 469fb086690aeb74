"""The layout of pages: templates on the NHS design system, and the assets that are built for them."""
