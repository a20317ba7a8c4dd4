"""What an operator does from the command line, each a short function over a use case."""
