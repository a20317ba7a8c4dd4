"""Points, growth value, tiers and rewards. See docs/loyalty.md."""
