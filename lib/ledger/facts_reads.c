/* facts_reads.c - taking in days of interval reads.
 *
 * The hot path of a night: where nothing of a day and channel is known yet, a
 * row is checked, written and hashed, and that is all.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <assert.h>
#include <string.h>

#include "base/civil.h"
#include "ledger/connection.h"
#include "ledger/entry.h"
#include "ledger/facts.h"
#include "ledger/facts_reference.h"
#include "ledger/read_row.h"
#include "ledger/row.h"
#include "ledger/stmt.h"

enum { Q_ANY, Q_ROWS, Q_NEWEST_FIRST };
static const char *const sql[] = {
    [Q_ANY] = "SELECT 1 FROM read_day WHERE day = ?1 AND channel = ?2 LIMIT 1",
    [Q_ROWS] = "SELECT " READ_ROW_COLUMNS " FROM read_day"
	       " WHERE day = ?1 AND channel = ?2 AND point = ?3 ORDER BY entry",
    [Q_NEWEST_FIRST] =
	"SELECT " READ_ROW_COLUMNS " FROM read_day"
	" WHERE day = ?1 AND channel = ?2 AND point = ?3 ORDER BY entry DESC",
};
static const struct stmt_list list = STMT_LIST(sql);

/* What a row may do to what stands. */
enum manner { STATING, CORRECTING, TYING };

/* What is remembered from one row to the next. */
struct memory {
	bool started;
	int32_t day; /* the group being written */
	enum channel channel;
	bool known; /* the ledger had rows of the group */
	char point[sizeof(((struct series_day *)0)->point)]; /* the last */
	struct series_day stored; /* what stands of the day */
	struct series_day row;
	char text[READ_ROW_TEXT_MAX];
};

/* What stands -------------------------------------------------------------- */

static int
select_rows(sqlite3_stmt **out, struct ledger *ledger, size_t query,
    const struct series_day *reads, struct qf_error *err)
{
	if (stmt_cached(out, ledger, &list, query, err) == -1) {
		return -1;
	}
	stmt_bind_int(*out, 1, reads->day);
	stmt_bind_text(*out, 2, channel_name(reads->channel));
	if (query != Q_ANY) {
		stmt_bind_text(*out, 3, reads->point);
	}
	return 0;
}

/* Whether rows of the day, channel and point may be there: asked once for a
 * group of one day and channel, since a night's load is of new days. */
static int
may_be_known(struct memory *memory, struct ledger *ledger,
    const struct series_day *reads, struct qf_error *err)
{
	bool same_group = memory->started && memory->day == reads->day &&
			  memory->channel == reads->channel;
	bool again = same_group && strcmp(memory->point, reads->point) >= 0;

	if (!same_group) {
		sqlite3_stmt *stmt;
		int found;

		if (select_rows(&stmt, ledger, Q_ANY, reads, err) == -1) {
			return -1;
		}
		found = stmt_step(stmt, ledger, err);
		sqlite3_reset(stmt);
		if (found == -1) {
			return -1;
		}
		memory->started = true;
		memory->day = reads->day;
		memory->channel = reads->channel;
		memory->known = found == 1;
	}
	memcpy(memory->point, reads->point, sizeof(memory->point));
	return memory->known || again;
}

/* Merges the rows that stand into memory->stored: 1, or 0 where none does. */
static int
load_stored(struct memory *memory, struct ledger *ledger,
    const struct series_day *reads, struct qf_error *err)
{
	struct series_day *stored = &memory->stored;
	sqlite3_stmt *stmt;
	int stepped, found = 0;

	if (select_rows(&stmt, ledger, Q_ROWS, reads, err) == -1) {
		return -1;
	}
	while ((stepped = stmt_step(stmt, ledger, err)) == 1) {
		struct series_day *into = found == 0 ? stored : &memory->row;

		if (read_row_decode(into, stmt, 0, err) == -1 ||
		    (found == 1 &&
			read_row_merge(stored, &memory->row, err) == -1)) {
			stepped = -1;
			break;
		}
		found = 1;
	}
	sqlite3_reset(stmt);
	return stepped == -1 ? -1 : found;
}

/* Interval by interval ----------------------------------------------------- */

/* "at 2025-02-01T00:15:00Z" is of no use to who sent local times; the number
 * of the interval is. */
static int
refuse(struct memory *memory, struct ledger *ledger,
    const struct series_day *reads, size_t i, const char *code,
    const char *what, struct qf_error *err)
{
	struct series_day *row = &memory->row;
	int64_t instant = reads->start_utc + (int64_t)i * reads->minutes * 60;
	int64_t entry = memory->stored.entry, line = memory->stored.line_no;
	char day[CIVIL_TEXT_MAX];
	sqlite3_stmt *stmt;

	/* The newest row that says something of this instant holds it. */
	if (select_rows(&stmt, ledger, Q_NEWEST_FIRST, reads, err) == -1) {
		return -1;
	}
	while (stmt_step(stmt, ledger, NULL) == 1 &&
	       read_row_decode(row, stmt, 0, NULL) == 0) {
		int64_t at = (instant - row->start_utc) / (60 * row->minutes);

		if (instant >= row->start_utc && at < (int64_t)row->count &&
		    row->quality[at] != QUALITY_NONE) {
			entry = row->entry;
			line = row->line_no;
			break;
		}
	}
	sqlite3_reset(stmt);
	civil_format_day(reads->day, day);
	return qf_fail(err, QF_DATA, code,
	    "%s, %s, %s, value %zu: %s (batch:%lld, line %lld)", reads->point,
	    channel_name(reads->channel), day, i + 1, what, (long long)entry,
	    (long long)line);
}

/* What becomes of one value that meets a stored one. */
enum meeting { MEET_SAME, MEET_REPLACES, MEET_CONFLICT, MEET_ESTIMATE };

static enum meeting
meet(char stored_quality, int64_t stored, char quality, int64_t value)
{
	if (stored_quality == quality && stored == value) {
		return MEET_SAME;
	}
	if (stored_quality == QUALITY_ESTIMATED &&
	    quality == QUALITY_MEASURED) {
		return MEET_REPLACES;
	}
	if (stored_quality == QUALITY_MEASURED &&
	    quality == QUALITY_ESTIMATED) {
		return MEET_ESTIMATE;
	}
	return MEET_CONFLICT;
}

/* Compares on one grid; drops from reads what is known. */
static int
meet_values(struct memory *memory, struct ledger *ledger,
    struct series_day *reads, enum manner manner, bool *changed,
    struct qf_error *err)
{
	struct series_day *stored = &memory->stored;
	int scale = stored->scale > reads->scale ? stored->scale : reads->scale;
	int64_t offset =
	    (reads->start_utc - stored->start_utc) / (60 * reads->minutes);

	if (read_row_rescale(stored, scale, err) == -1 ||
	    read_row_rescale(reads, scale, err) == -1) {
		return -1;
	}
	for (size_t i = 0; i < reads->count; i++) {
		int64_t at = (int64_t)i + offset;

		if (reads->quality[i] == QUALITY_NONE || at < 0 ||
		    at >= (int64_t)stored->count ||
		    stored->quality[at] == QUALITY_NONE) {
			continue;
		}
		switch (meet(stored->quality[at], stored->values[at],
		    reads->quality[i], reads->values[i])) {
		case MEET_SAME:
			reads->quality[i] = QUALITY_NONE;
			reads->values[i] = SERIES_NULL;
			continue;
		case MEET_ESTIMATE:
			if (manner == TYING) {
				break;
			}
			return refuse(memory, ledger, reads, i, "read-estimate",
			    "an estimate does not replace a measured value",
			    err);
		case MEET_CONFLICT:
			if (manner == STATING) {
				return refuse(memory, ledger, reads, i,
				    "fact-conflict",
				    "is known with other content; a "
				    "correction needs --correct",
				    err);
			}
			break;
		case MEET_REPLACES:
			break;
		}
		*changed = true;
	}
	return 0;
}

/* True where the row says something of every instant of [from, to). */
static bool
covers(const struct series_day *row, int64_t from_utc, int64_t to_utc)
{
	int64_t step = 60 * (int64_t)row->minutes;

	if (from_utc < row->start_utc ||
	    to_utc > row->start_utc + step * (int64_t)row->count) {
		return false;
	}
	for (int64_t i = (from_utc - row->start_utc) / step;
	     row->start_utc + i * step < to_utc; i++) {
		if (row->quality[i] == QUALITY_NONE) {
			return false;
		}
	}
	return true;
}

/* A row of another resolution, quantity or side takes the day's place. */
static int
meet_other_shape(struct memory *memory, struct ledger *ledger,
    const struct series_day *reads, enum manner manner, struct qf_error *err)
{
	const struct series_day *stored = &memory->stored;
	int64_t step = 60 * (int64_t)stored->minutes;

	for (size_t i = 0; i < stored->count; i++) {
		int64_t from_utc = stored->start_utc + (int64_t)i * step;

		if (stored->quality[i] == QUALITY_NONE ||
		    covers(reads, from_utc, from_utc + step)) {
			continue;
		}
		return qf_fail(err, QF_DATA, "read-resolution",
		    "%s, %s: the day is stored as %s (%s) of %d minutes; in "
		    "another form it must be stated whole (batch:%lld, line "
		    "%lld)",
		    reads->point, channel_name(reads->channel),
		    quantity_name(stored->quantity), side_name(stored->side),
		    stored->minutes, (long long)stored->entry,
		    (long long)stored->line_no);
	}
	if (manner == STATING) {
		return refuse(memory, ledger, reads, 0, "fact-conflict",
		    "the day is known in another form; a correction needs "
		    "--correct",
		    err);
	}
	return 0;
}

/* Writing ------------------------------------------------------------------ */

static bool
says_nothing(const struct series_day *reads)
{
	for (size_t i = 0; i < reads->count; i++) {
		if (reads->quality[i] != QUALITY_NONE) {
			return false;
		}
	}
	return true;
}

/* One letter where all are the same. */
static size_t
quality_length(const struct series_day *reads)
{
	return memcmp(reads->quality, reads->quality + 1, reads->count - 1) == 0
		   ? 1
		   : reads->count;
}

static int
write_reads(struct entry *entry, struct memory *memory,
    struct series_day *reads, struct qf_error *err)
{
	struct row *row = row_begin(entry, ROW_READ_DAY, reads->line_no);
	size_t length;

	read_row_trim(reads);
	length = read_row_format(reads, memory->text);
	row_int(row, reads->day);
	row_string(row, channel_name(reads->channel));
	row_string(row, reads->point);
	row_int(row, reads->start_utc);
	row_int(row, reads->minutes);
	row_string(row, quantity_name(reads->quantity));
	row_string(row, side_name(reads->side));
	row_int(row, reads->scale);
	row_text(row, memory->text, length);
	row_text(row, reads->quality, quality_length(reads));
	row_string(row, reads->method[0] == '\0' ? NULL : reads->method);
	return row_end(row, err);
}

/* The rows that stand against the new one: drops what is repeated. */
static int
meet_stored(struct entry *entry, struct memory *memory,
    struct series_day *reads, enum manner manner, enum fact_outcome *outcome,
    struct qf_error *err)
{
	struct ledger *ledger = entry_ledger(entry);
	bool changed = false;
	int found = load_stored(memory, ledger, reads, err);

	if (found != 1) {
		return found;
	}
	if (!read_row_same_shape(&memory->stored, reads)) {
		if (meet_other_shape(memory, ledger, reads, manner, err) ==
		    -1) {
			return -1;
		}
		changed = true;
	} else if (meet_values(memory, ledger, reads, manner, &changed, err) ==
		   -1) {
		return -1;
	}
	if (says_nothing(reads)) {
		*outcome = FACT_REPEATED;
	} else if (memory->stored.entry == entry_number(entry)) {
		return qf_fail(err, QF_DATA, "fact-conflict",
		    "%s, %s: line %lld of the same input states this day too",
		    reads->point, channel_name(reads->channel),
		    (long long)memory->stored.line_no);
	} else if (changed) {
		*outcome = FACT_CHANGED;
	}
	return 0;
}

static int
append_reads(struct entry *entry, struct series_day *reads, enum manner manner,
    enum fact_outcome *outcome, struct qf_error *err)
{
	struct memory *memory =
	    entry_memory(entry, ENTRY_MEMORY_READS, sizeof(*memory), NULL);
	int64_t end_utc;
	int known;

	assert(reads->count > 0 && reads->count <= SERIES_VALUES_MAX);
	assert(reads->minutes > 0 && reads->scale >= 0 &&
	       reads->scale <= SERIES_SCALE_MAX);
	end_utc =
	    reads->start_utc + (int64_t)reads->count * reads->minutes * 60;
	if (facts_check_point(entry, reads->point, end_utc, err) == -1) {
		return -1;
	}
	*outcome = says_nothing(reads) ? FACT_REPEATED : FACT_NEW;
	known = may_be_known(memory, entry_ledger(entry), reads, err);
	if (known == -1 || (known == 1 && *outcome == FACT_NEW &&
			       meet_stored(entry, memory, reads, manner,
				   outcome, err) == -1)) {
		return -1;
	}
	return *outcome == FACT_REPEATED
		   ? 0
		   : write_reads(entry, memory, reads, err);
}

int
facts_append_reads(struct entry *entry, struct series_day *reads,
    bool correcting, enum fact_outcome *outcome, struct qf_error *err)
{
	return append_reads(
	    entry, reads, correcting ? CORRECTING : STATING, outcome, err);
}

int
facts_append_tied(struct entry *entry, struct series_day *reads,
    enum fact_outcome *outcome, struct qf_error *err)
{
	return append_reads(entry, reads, TYING, outcome, err);
}
