"""Refunds and voids of closed sales. Prose, words and the worked refund: docs/refunds.md."""
