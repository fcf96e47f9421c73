"""The exception that stops a command with one line a person can act on."""


class ActionNeeded(Exception):
    """Only a person can mend this: the text says what happened and what to do. The command line prints it and stops."""
