"""Bytes to typed requests and typed answers to bytes, for the AWS protocols."""
