"""What can go wrong with a vault, as errors that name the thing and the remedy and show nobody's value."""


class VaultError(Exception):
    """A vault that cannot be opened, read or written as it stands."""


class LoadError(VaultError):
    """A delivery that cannot be loaded: nothing was changed."""
