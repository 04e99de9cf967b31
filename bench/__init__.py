"""`make bench`: Parastore beside moto and beside its own bare HTTP front, in one run."""
