"""`make mutation`: the rules of money are changed one place at a time, and the tests must notice.

Modules and settings: `[tool.mutmut]` in pyproject.toml. A change that no test notices is listed by
`.venv/bin/mutmut results` and shown by `.venv/bin/mutmut show NAME`.
"""
