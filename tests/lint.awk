# lint.awk - the rules of the house that can be seen in one line of C.
#
# Reads sources below lib/, cmd/ and tests/unit/ and prints what is against
# the rules as "file:line: text".  Comments are taken out first; code and the
# contents of strings are then looked at apart, so that a word in a message is
# not taken for a call, nor a call for SQL.

BEGIN {
	# What each storey may include: the arrows of the design run down.
	may["base"] = "base"
	may["model"] = "model base"
	may["rules"] = "rules model base"
	may["settle"] = "settle rules model base"
	may["ledger"] = "ledger model base"
	may["format"] = "format model base"
	may["stage"] = "stage settle rules ledger format model base"
	may["cmd"] = "stage model base"

	banned = "strcpy strcat sprintf vsprintf strtok atoi atol atoll gets " \
	    "localtime gmtime mktime asctime ctime setlocale system popen " \
	    "alloca tmpnam mktemp rand srand scanf"
	float_words = "double float strtod strtof strtold atof"
	heap = "malloc calloc realloc strdup strndup reallocarray asprintf " \
	    "vasprintf"
	clocks = "time clock_gettime gettimeofday clock ftime"
	talk = "printf vprintf puts putchar perror exit _exit abort err errx"
	reading = "SELECT|INSERT|UPDATE|DELETE|REPLACE|DROP|ALTER|CREATE|ATTACH"
	transaction = "BEGIN|COMMIT|ROLLBACK|SAVEPOINT|RELEASE|PRAGMA"

	for (i = 0; i < 256; i++)
		byte[sprintf("%c", i)] = i
}

function fault(text)
{
	print FILENAME ":" FNR ": " text
}

# Columns of a line: tabs to the next eighth, a character of three or four
# bytes two wide, as Chinese is.
function columns(line,    i, n, c, length_of)
{
	if (line !~ /[\t\200-\377]/)
		return length(line)
	length_of = length(line)
	n = 0
	for (i = 1; i <= length_of; i++) {
		c = byte[substr(line, i, 1)]
		if (c == 9)
			n += 8 - n % 8
		else if (c < 128 || (c >= 192 && c < 224))
			n++
		else if (c >= 224)
			n += 2
	}
	return n
}

# Splits a line into code and the contents of its strings; in_comment lasts
# from line to line.
function split_line(line,    rest)
{
	code = ""
	strings = ""
	rest = line
	while (rest != "") {
		if (in_comment) {
			if (!match(rest, /\*\//))
				return
			rest = substr(rest, RSTART + 2)
			in_comment = 0
			code = code " "
		} else if (match(rest, /["']|\/\*|\/\//)) {
			code = code substr(rest, 1, RSTART - 1)
			rest = substr(rest, RSTART)
			if (substr(rest, 1, 2) == "/*") {
				in_comment = 1
				rest = substr(rest, 3)
			} else if (substr(rest, 1, 2) == "//") {
				return
			} else
				rest = take_literal(rest)
		} else {
			code = code rest
			rest = ""
		}
	}
}

# Takes a string or character constant off the front.
function take_literal(rest,    quote, n)
{
	quote = substr(rest, 1, 1)
	n = 2
	while (n <= length(rest) && substr(rest, n, 1) != quote)
		n += substr(rest, n, 1) == "\\" ? 2 : 1
	if (quote == "\"")
		strings = strings " " substr(rest, 2, n - 2)
	code = code quote quote
	return substr(rest, n + 1)
}

# Each word of the list that the code calls, or uses where call is 0.
function forbid(list, call, why,    words, count, i, pattern)
{
	count = split(list, words, " ")
	for (i = 1; i <= count; i++) {
		if (index(code, words[i]) == 0)
			continue
		pattern = "(^|[^A-Za-z0-9_.>])" words[i] \
		    (call ? "[ \t]*\\(" : "([^A-Za-z0-9_]|$)")
		if (code ~ pattern)
			fault(words[i] ": " why)
	}
}

function check_include(line,    target, allowed)
{
	if (line !~ /^#[ \t]*include[ \t]*"/)
		return
	target = line
	sub(/^[^"]*"/, "", target)
	sub(/".*/, "", target)
	if (target ~ /\.sql\.h$/ && storey != "ledger")
		fault("only lib/ledger has SQL")
	if (index(target, "/") == 0)
		return
	sub(/\/.*/, "", target)
	if (storey == "cmd" && target ~ /^qf-/) # a tool's own folder
		return
	allowed = " " may[storey] " "
	if (index(allowed, " " target " ") == 0)
		fault(storey " does not include " target)
}

function check_strings()
{
	gsub(/%%/, "", strings)
	if (strings ~ /%[-+ #0-9.*]*(l|L)?[aAeEfFgG]/)
		fault("a floating-point format")
	if (strings ~ ("(^|[^A-Za-z_])(" transaction ")([^A-Za-z_]|$)") &&
	    FILENAME !~ /lib\/ledger\/db\.c$/)
		fault("only lib/ledger/db.c begins, commits or sets pragmas")
	if (storey != "ledger" &&
	    strings ~ ("(^|[^A-Za-z_])(" reading ")([^A-Za-z_]|$)"))
		fault("only lib/ledger has SQL")
}

function check_code()
{
	forbid(float_words, 0, "no floating point in money or energy")
	if (code ~ /(^|[^A-Za-z0-9_.])([0-9]+\.[0-9]*|\.[0-9]+)/)
		fault("no floating point in money or energy")
	forbid(banned, 1, "banned")
	if (FILENAME !~ /lib\/base\/alloc\.c$/)
		forbid(heap, 1, "use the functions of base/alloc.h")
	if (FILENAME !~ /lib\/base\/clock\.c$/)
		forbid(clocks, 1, "only lib/base/clock.c reads the clock")
	if (storey != "cmd" &&
	    FILENAME !~ /lib\/base\/(tool|status|alloc|progress)\.c$/)
		forbid(talk, 1, "library code neither prints nor exits")
	if (storey != "ledger" && code ~ /(^|[^A-Za-z0-9_])sqlite3_/)
		fault("only lib/ledger knows SQLite")
}

function end_file()
{
	if (file != "" && lines > 800)
		print file ": " lines " lines, more than 800"
}

FNR == 1 {
	end_file()
	file = FILENAME
	in_comment = 0
	function_start = 0
	storey = ""
	if (match(FILENAME, /(^|\/)lib\/[a-z]+\//)) {
		storey = substr(FILENAME, RSTART, RLENGTH)
		sub(/.*lib\//, "", storey)
		sub(/\/.*/, "", storey)
	} else if (FILENAME ~ /(^|\/)cmd\//)
		storey = "cmd"
	if (FILENAME ~ /\.c$/) {
		name = FILENAME
		sub(/.*\//, "", name)
		door = name
		sub(/\.c$/, "", door)
		if (index($0, "/* " name " - ") != 1 &&
		    index($0, "/* " door " - ") != 1)
			fault("begin with /* " name " - what it is for")
	}
}

{
	lines = FNR
	if (columns($0) > 80)
		fault("longer than 80 columns")
	if ($0 ~ /[ \t\r]$/)
		fault("blanks at the end of the line")
	if ($0 == "{")
		function_start = FNR
	if ($0 == "}" && function_start != 0) {
		if (FNR - function_start + 1 > 70)
			fault("a function of more than 70 lines")
		function_start = 0
	}
	if (storey == "")
		next
	check_include($0)
	split_line($0)
	if ($0 !~ /^#[ \t]*include/) {
		check_strings()
		check_code()
	}
}

END {
	end_file()
}
