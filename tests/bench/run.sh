#!/bin/sh
# Times the tools; see bench.py for its options.
exec python3 "$(dirname "$0")/bench.py" "$@"
