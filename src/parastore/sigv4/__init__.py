"""AWS Signature Version 4, both sides: what a request claims, whether the claim holds, and signing one of our own.

Pure: no socket, no clock, no database; the time is an argument. A request passes `claim.read_claim`, the caller looks
the key up, then `verify.verify` decides. `sign` serves our own client.
"""
