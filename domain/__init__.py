"""Rules that the till and the server share: facts, fold, pricing, points, coupons.

Pure: the same arguments give the same answer on every machine. Time, identifiers and entropy come
in as arguments; nothing here reads a clock, a disk, a network or a random source.
"""
