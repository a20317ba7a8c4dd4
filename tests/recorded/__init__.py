"""What a release left behind: messages, databases, backups. Later releases must still read them.

`python -m tests.recorded` writes those of this release, with a fixed clock and seeded entropy; only
the till's encrypted files and the layout of the SQLite file differ from run to run. Once a release
is out, its folder is never written again.
"""
