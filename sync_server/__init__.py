"""The sync server: takes journals in, folds them into one state per brand, and feeds it back.

Layers, top to bottom: `__main__`, `bootstrap`, `routes` and `operations`, `use_cases`,
`authentication` and `database`, `settings`.
"""
