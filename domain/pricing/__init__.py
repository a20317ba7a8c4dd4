"""Pricing: a basket and the rules in, amounts with their reasons out. See docs/pricing.md."""
