#!/bin/sh
# Faults at every system call; see fault.py.
exec python3 "$(dirname "$0")/fault.py" "$@"
