"""Where everything is kept: one protocol, one file for each engine."""
