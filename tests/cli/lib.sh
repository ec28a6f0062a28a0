# lib.sh - what the commands of command-line tests share.
#
#	. "$QF_TESTS/cli/lib.sh"

# Runs a command that may fail, and prints its exit status if it did.
try()
{
	status=0
	"$@" || status=$?
	[ "$status" -eq 0 ] || echo "exit $status"
}

# The names and SHA-256 of the files below a directory, in byte order.
tree()
{
	(cd "$1" && find . -type f | LC_ALL=C sort | xargs -r sha256sum)
}
