"""Head office's side: JSON under /api/v1, a bearer token, an OpenAPI schema, one error shape."""
