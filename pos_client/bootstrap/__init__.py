"""The one place that builds the till and wires its parts together."""
