"""`make demo`: a sync server, two tills of two stores and their printers, for real."""
