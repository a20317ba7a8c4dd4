"""The real programs, hurt on purpose: killed, without power, without disk, without network."""
