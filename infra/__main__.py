"""python -m infra is the pulssi command, for a process that has no PATH to it."""

from infra.cli import main

main()
