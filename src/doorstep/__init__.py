"""Doorstep runs a neighbourhood health programme: find the people, work the caseload, prove it helped."""

__version__ = "0.1.0"
