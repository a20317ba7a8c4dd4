from hypothesis import settings

# How long one example takes depends on what else the machine does; pytest-timeout is the limit.
settings.register_profile("no_deadline", deadline=None)
settings.load_profile("no_deadline")
