"""What a case can be and what a person can decide about one. See docs/cases.md."""
