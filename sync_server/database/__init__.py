"""The server's database, the same code on SQLite and PostgreSQL.

Functions take the `Connection` of a transaction that a use case opened; none commits.
"""
