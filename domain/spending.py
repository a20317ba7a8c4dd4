"""How many points of a member a till may take now.

With the server in reach: the balance. Without it: the balance last known, and of that no more
than the brand's offline limit for one member in one outage.
"""


def spendable_points(
    balance: int, *, offline: bool, offline_limit: int, spent_offline: int = 0
) -> int:
    """At least 0. `spent_offline` is what this till took from the member in this outage."""
    if not offline:
        return max(0, balance)
    return max(0, min(balance, offline_limit - spent_offline))
