"""The tills' side: msgpack in zstd, signed requests, a coded answer to everything."""
