"""Parastore: AWS Systems Manager Parameter Store, run by yourself."""

__version__ = "0.1.0"
