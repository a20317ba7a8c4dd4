"""Printers, scanners and other devices of a counter. Imports nothing of ours and no Qt.

`ports` and `receipt` are what a program builds on; the folders beside them hold one device
family each. `emulators` stand in for the physical device on a real transport.
"""
