"""Codes that a till checks without the server: coupons, member codes, and their status."""
