"""What holds for all tests."""

import gc
import os

from hypothesis import settings

# Windows are drawn without a display, also where one test is started by hand.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

# Time limits of single examples make a busy machine fail good code; pytest's own limit remains.
settings.register_profile("tillfold", deadline=None)
# The same few examples for every change of the code that is tried.
settings.register_profile(
    "mutation", deadline=None, derandomize=True, database=None, max_examples=40
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "tillfold"))


def pytest_collection_finish() -> None:
    """What was collected stays to the end: the garbage collector need not look at it each time."""
    gc.collect()
    gc.freeze()
