"""Texts of AWS that several tests compare with."""

from __future__ import annotations

# [R] covers inner spaces, @, a double slash, and on reads a name that holds a slash without beginning with one.
NAME = (
    'Parameter name: can\'t be prefixed with "ssm" (case-insensitive). If formed as a path, it can consist of sub-paths'
    " divided by slash symbol; each sub-path can be formed as a mix of letters, numbers and the following 3 symbols .-_"
)
# [R] two spaces before <name>, and the angle brackets are AWS's own.
SELECTOR = "Invalid parameter name. Please use correct syntax for referencing a version/label  <name>:<version/label>"
# [P]
PATH = (
    "The parameter doesn't meet the parameter name requirements. The parameter name must begin with a forward slash"
    ' "/". It can\'t be prefixed with "aws" or "ssm" (case-insensitive). It must use only letters, numbers, or the'
    " following symbols: . (period), - (hyphen), _ (underscore). Special characters are not allowed. All sub-paths, if"
    ' specified, must use the forward slash symbol "/". Valid example: /get/parameters2-/by1./path0_.'
)
# [R]
EXISTS = "The parameter already exists. To overwrite this value, set the overwrite option in the request to true."
ADVANCED_PAGE = (
    "For more information, see"
    " https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-advanced-parameters.html"
)
# [R]
STANDARD_LIMIT = (
    "Standard tier parameters support a maximum parameter value of 4096 characters. To create a larger parameter value,"
    f" upgrade the parameter to use the advanced-parameter tier. {ADVANCED_PAGE}"
)


def version(number: str, name: str) -> str:
    """[R] no such version; the number as it was typed."""
    return f"Systems Manager could not find version {number} of {name}. Verify the version and try again."


def label(label: str, name: str) -> str:
    """[R] no such label."""
    return (
        f"Systems Manager could not find a version of {name} that has the specified label, {label}. Verify the"
        " parameter label and try again."
    )
