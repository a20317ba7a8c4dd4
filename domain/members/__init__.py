"""Members: profile, consent, tags, links after a merge, freezes, closure. See docs/members.md."""
