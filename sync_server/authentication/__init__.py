"""Who is asking: keys, nonces, signed requests, one-time codes, tokens and PINs."""
