"""What holds for all tests."""

from hypothesis import settings

# Time limits of single examples make a busy machine fail good code; pytest's own limit remains.
settings.register_profile("tillfold", deadline=None)
settings.load_profile("tillfold")
