"""Stored value: principal and bonus, top-ups, gift cards. See docs/stored-value.md."""
