"""Figures that may be shown: after secondary suppression, knowing every earlier edition. All pages read these alone."""
