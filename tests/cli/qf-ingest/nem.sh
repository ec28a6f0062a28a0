# nem.sh - records of NEM12 and NEM13, for the tests that take such files in.

# nem12 UNIT MINUTES SUFFIX: the head of a file with one stream.
nem12()
{
	printf '100,NEM12,202502020000,MDP,RET\n'
	printf '200,NMI0000001,E1,1,%s,,M1,%s,%s,\n' "${3-E1}" "$1" "$2"
}

# nem13 PREVIOUS QUALITY CURRENT QUALITY QUANTITY UNIT DIRECTION: a file.
nem13()
{
	printf '100,NEM13,202502020000,MDP,RET\n'
	printf '250,NMI0000001,11,1,11,11,M1,%s,%s,20250101000000,%s,,' \
	    "${7-E}" "$1" "$2"
	printf ',%s,20250201000000,%s,,,%s,%s,,\n900\n' \
	    "$3" "$4" "$5" "${6-kWh}"
}
