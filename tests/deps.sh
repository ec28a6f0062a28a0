#!/bin/sh
# deps.sh - installs the Debian packages that the build and its tests need.
#
# Says and does nothing when all are there.  Otherwise says what it installs
# and calls apt-get, as root or through sudo.

set -eu

packages='gcc make pkgconf libc6-dev libsqlite3-dev libxml2-dev libcsv-dev
    libgmp-dev libyajl-dev libssl-dev libcriterion-dev mandoc sqlite3 python3
    libxml2-utils tzdata gnuplot-nox'

# For make check-fault and make check-valgrind alone.
case ${1-} in
fault) packages="$packages strace" ;;
valgrind) packages="$packages valgrind" ;;
esac

if ! command -v dpkg-query >/dev/null; then
	exit 0
fi

missing=
for package in $packages; do
	state=$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null) ||
	    state=absent
	[ "$state" = installed ] || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

echo "installing:$missing"
sudo=
if [ "$(id -u)" -ne 0 ]; then
	if ! command -v sudo >/dev/null; then
		echo "neither root nor sudo: install these packages:$missing" >&2
		exit 1
	fi
	sudo=sudo
fi
export DEBIAN_FRONTEND=noninteractive
$sudo apt-get update -qq
# The list is meant to fall into words.
# shellcheck disable=SC2086
$sudo apt-get install -y -qq --no-install-recommends $missing >/dev/null
