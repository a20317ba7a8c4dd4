"""What the server does, one module an action. Each opens its transaction and commits once."""
