"""Card readers: magnetic stripe, and NFC through PC/SC. See docs/hardware.md and quality.md."""
