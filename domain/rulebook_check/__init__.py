"""Rules that contradict themselves or cannot be worked out safely are refused when configured.

Each check is a small function that yields the flaws of one part; `domain.rulebook_check.book`
puts them together. Codes: `domain.rule_flaws`; cause and cure: docs/rule-flaws.md.
"""
