"""Devices made of software, on the transports of the real ones, with faults by script.

They share no code with the drivers: a mistake made once would otherwise confirm itself.
"""
