# ledger.sh - a ledger to check, and what the tests ask of it.
#
#	. "$QF_TESTS/cli/qf-check/ledger.sh"

. "$QF_TESTS/cli/qf-fill/ledger.sh"

# thresholds ID [VERSION-ATTRIBUTES] <CHECKS; in thresholds.xml
thresholds()
{
	{
		printf '<thresholds xmlns="urn:qingfen:thresholds:1" id="%s">' \
		    "$1"
		printf '<version from="2020-01-01" source="test" %s>' "${2:-}"
		cat
		echo '</version></thresholds>'
	} >"$1.xml"
}

# Checks, and prints the findings and the status.
check()
{
	status=0
	qf-check "$@" || status=$?
	[ "$status" -eq 0 ] || echo "exit $status"
}
