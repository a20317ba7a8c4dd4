"""Passes: punch cards and period passes, a means of payment. See docs/stored-value.md."""
