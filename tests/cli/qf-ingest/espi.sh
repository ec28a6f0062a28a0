# espi.sh - Green Button feeds, for the tests that take them in.

# entry KIND NUMBER UP RELATED CONTENT
entry()
{
	echo "<entry><id>urn:uuid:$1-$2</id>"
	echo "<link rel='self' href='/espi/1_1/resource/$3/$1/$2'/>"
	echo "<link rel='up' href='/espi/1_1/resource/$3/$1'/>"
	for r in $4; do
		echo "<link rel='related' href='/espi/1_1/resource/$r'/>"
	done
	echo "<content><$1 xmlns='http://naesb.org/espi'>$5</$1></content>"
	echo "</entry>"
}

# usage_point NUMBER [KIND]
usage_point()
{
	entry UsagePoint "$1" R/5 "R/5/UsagePoint/$1/MeterReading" \
	    "<ServiceCategory><kind>${2-0}</kind></ServiceCategory>"
}

# reading POINT NUMBER TYPE
reading()
{
	entry MeterReading "$2" "R/5/UsagePoint/$1" "ReadingType/$3" ""
}

# type NUMBER DIRECTION UOM POWER [MORE]
type()
{
	entry ReadingType "$1" . "" "<flowDirection>$2</flowDirection>
<powerOfTenMultiplier>$4</powerOfTenMultiplier><uom>$3</uom>$5" |
	    sed 's|/\./|/|'
}

# block POINT READING NUMBER START LENGTH VALUE...
block()
{
	up=R/5/UsagePoint/$1/MeterReading/$2 number=$3 start=$4 length=$5
	shift 5
	entry IntervalBlock "$number" "$up" "" "$(for value; do
		echo "<IntervalReading><cost>7</cost>"
		case $value in
		*/*) echo "<ReadingQuality><quality>${value#*/}</quality></ReadingQuality>" ;;
		esac
		echo "<timePeriod><duration>$length</duration>"
		echo "<start>$start</start></timePeriod>"
		echo "<value>${value%/*}</value></IntervalReading>"
		start=$((start + length))
	done)"
}

feed()
{
	echo "<?xml version='1.0'?>"
	echo "<feed xmlns='http://www.w3.org/2005/Atom'>"
	cat
	echo "</feed>"
}
