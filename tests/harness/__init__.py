"""Real programs as real processes, for the end-to-end tests and the demo."""
