/* own.h - what the files of the settling share.  Internal.
 *
 * settle.c walks the contracts and hands each event of theirs to
 * event.c, which asks index.c whom the event is for,
 * awards.c and prices.c what was promised, baseline.c for
 * each resource what it would have used and did, and twice.c what is
 * paid elsewhere; and hands out what came of it (emit.c).
 *
 * Functions that may find their facts wanting return 1 with settle->refusal
 * filled; -1 is a failure.
 */
#ifndef QF_STAGE_SETTLE_OWN_H
#define QF_STAGE_SETTLE_OWN_H

#include "base/ratio.h"
#include "ledger/registry.h"
#include "ledger/runs.h"
#include "rules/programme.h"
#include "settle/baseline.h"
#include "settle/response.h"
#include "stage/rate/own.h"
#include "stage/rulebook_own.h"
#include "stage/settle/settle.h"

/* How far back contracts and events are looked for: what a baseline may look
 * at, and a margin for the days of a long event. */
#define SETTLE_BACK_DAYS (BASELINE_BACK_DAYS + HOLIDAY_SPAN + 2)
#define SETTLE_STEPS_MAX 4096 /* of one event */

#define SETTLE_NO_PROGRAMME "no-programme"
#define SETTLE_NO_VERSION "no-programme-version"
#define SETTLE_TEMPLATE "programme-template"
#define SETTLE_NO_BASELINE_RULE "no-baseline-rule"
#define SETTLE_LATE_NOTICE "late-notice"
#define SETTLE_EVENT_STEPS "event-steps"
#define SETTLE_NO_MEMBERS "no-members"
#define SETTLE_MEMBER_CHANGE "member-change"
#define SETTLE_CONTRACT_CHANGE "contract-change"
#define SETTLE_EARNS_TWICE "earns-twice"
#define SETTLE_NO_AWARD "no-award"
#define SETTLE_AWARD_STEPS "award-steps"
#define SETTLE_PRICE_UNIT "price-unit"

/* Events ----------------------------------------------------------------- */

enum settle_target_kind { SETTLE_POINT, SETTLE_PARTY, SETTLE_PORTFOLIO };

struct settle_target {
	char target[ID_MAX + 1];
	enum settle_target_kind kind;
};

/* An event as its highest modification says. */
struct settle_event {
	char event[ID_MAX + 1];
	int64_t modification;
	char programme[ID_MAX + 1]; /* "" not said */
	char auction[ID_MAX + 1];
	char *context; /* NULL: not said */
	int64_t start_utc, end_utc;
	int64_t notified_utc; /* INT64_MIN: not said */
	bool cancelled, test;
	struct settle_target *targets; /* by kind and name */
	size_t target_count;
	int64_t entry, line_no;
	struct watched watched;
	bool seen; /* some contract in scope has it */
};

/* Contracts and their resources ------------------------------------------ */

/* A stretch of a contract on events. */
struct settle_contract {
	struct contract stretch;
	char portfolio[ID_MAX + 1]; /* "": its point alone */
	struct watched watched; /* the lookup of its members */
	size_t *events; /* that are for it: places in the index */
	size_t event_count;
	bool events_known;
};

/* That a point is a resource of a contract from and to. */
struct settle_use {
	char point[ID_MAX + 1];
	size_t contract;
	int64_t from_utc, to_utc;
};

struct settle_index {
	struct settle_contract *contracts; /* by point, contract, leg, from */
	size_t contract_count, contract_capacity;
	struct settle_use *uses; /* by point, contract, from */
	size_t use_count, use_capacity;
	struct settle_event *events; /* by start, id */
	size_t event_count, event_capacity;
	int64_t longest_seconds; /* of all events */
	struct watched watched; /* the lookup of events */
};

/* Programmes ------------------------------------------------------------- */

struct settle_programme {
	char id[ID_MAX + 1];
	struct programme *programme; /* NULL: there is none */
	int64_t entry;
	char file[256];
	struct watched watched;
};

/* Energy of a point ------------------------------------------------------ */

/* Days of one point, both channels, as they were read. */
struct settle_chunk {
	bool used;
	int32_t first_day, end_day;
	struct energy_series net[RATE_CHANNELS]; /* of what stands behind it */
	bool refused;
	struct refusal refusal;
	/* Of each day: the newest row of what was read, any channel. */
	struct settle_place {
		int64_t entry, line_no;
	} * places;
	/* A bit for each minute from start_utc on: some channel's energy is
	 * estimated. */
	unsigned char *estimated;
	int64_t start_utc, minutes;
};
#define SETTLE_CHUNKS 4

struct settle_reads {
	struct rate *rate; /* by which energy is read */
	struct rate_request request;
	struct rate_counts rate_counts;
	struct period window; /* that cursors are open for */
	bool in_step; /* points come in order */
	char point[ID_MAX + 1]; /* "": none yet */
	bool metered[RATE_CHANNELS]; /* in the days around the event */
	struct settle_chunk chunks[SETTLE_CHUNKS];
	size_t next_chunk;
	struct settle_chunk *filling;
};

/* One stretch of time with a value: an award, a price, a given baseline. */
struct settle_piece {
	int64_t from_utc, to_utc;
	char name[ID_MAX + 1]; /* of the award */
	struct dec value;
	bool has_value;
	struct dec price; /* of the award */
	bool has_price;
	char unit[8]; /* that the price is per; "": not said */
	int64_t entry, line_no;
};
struct settle_pieces {
	struct settle_piece *of;
	size_t count, capacity;
};

/* Of a market: mwh, kwh, mw, kw. */
struct settle_units {
	char quantity[8], price[8];
};

/* An event of a contract in hand ----------------------------------------- */

struct settle_step {
	int64_t from_utc, to_utc;
	bool has_award;
	struct dec award_kw;
	bool has_award_price;
	struct dec award_price;
	char award_unit[8]; /* its price is per; "": not said */
	char award[ID_MAX + 1]; /* "" none; the first of several */
	struct dec actual_kwh, elsewhere_kwh; /* of all resources */
	bool has_max;
	struct ratio baseline_max_kw, actual_max_kw;
	struct dec *penalty_prices; /* of the version's penalties */
};

/* What was found of a resource. */
struct settle_resource {
	char point[ID_MAX + 1];
	struct baseline *baseline;
	struct baseline_event *event; /* that the baseline is of */
	size_t *slots_of;
	struct dec *actual_kwh; /* of each step */
	int64_t read_entry, read_line_no; /* of the event's day; to be told */
};

struct settle_case {
	const struct settle_contract *contract;
	const struct settle_event *event;
	const struct settle_programme *programme;
	const struct programme_version *version;
	const struct baseline_rule *rule;
	int32_t day; /* local, of its start */
	/* The days around it: those that are mostly looked at. */
	int32_t first_day, end_day;
	int month; /* delivery month */
	enum day_kind day_kind;
	char holiday[ID_MAX + 1];
	struct settle_step *steps;
	struct response_input *inputs;
	size_t step_count;
	struct settle_resource *resources;
	size_t resource_count;
	/* Where the highest load counts: kWh of each slot, of all resources. */
	bool wants_slots;
	struct ratio *slot_baseline, *slot_actual;
	size_t slot_count; /* 0: not known yet */
	struct response *response;
	struct baseline_step *whole;
};

/* Points that measure the same energy as one. */
#define SETTLE_NO_RELATIVE SIZE_MAX
struct settle_relative {
	char point[ID_MAX + 1];
	size_t by; /* the one between; SETTLE_NO_RELATIVE: none */
	bool behind; /* its energy is a part of the point's; else the point's
		      * is a part of its own */
	int64_t from_utc, to_utc;
};
struct settle_kin {
	char point[ID_MAX + 1]; /* whose they are; "": not known yet */
	struct settle_relative *of; /* the one between before who is behind */
	size_t count, capacity;
};

/* Contracts that may pay for export at points of events. */
struct settle_exports {
	bool known;
	struct contract *of; /* by point */
	size_t count, capacity;
};

struct settle {
	struct ledger *ledger;
	const struct settle_request *request;
	const struct settle_sink *sink;
	struct settle_counts *counts;
	struct zone *zone;
	int money_scale;
	struct rulebook *book;
	int64_t earliest_utc; /* of what is looked at */
	struct settle_index index;
	struct settle_exports exports;
	struct settle_kin kin; /* of the point asked for last */
	bool relations_known, no_relations;
	struct settle_programme **programmes;
	size_t programme_count;
	struct settle_reads reads;
	struct period common; /* days that contracts of one point are read of;
			       * empty: not laid yet */
	struct fact_cursor *event_cursor, *target_cursor, *member_cursor,
	    *award_cursor, *baseline_cursor, *published_cursor,
	    *calendar_cursor, *series_cursor, *table_cursor, *behind_cursor,
	    *above_cursor;
	struct settle_pieces pieces;
	struct market_document *market; /* of the run of awards, once known */
	struct settle_case in_hand;
	struct refusal refusal;
};

/* settle.c: whether the event is asked for: the period has its last instant. */
bool
settle_is_asked(const struct settle *settle, const struct settle_event *event);

/* index.c: loads all contracts on events, their points, and the events
 * of the time. */
int settle_index_load(struct settle *settle, struct qf_error *err);
void settle_index_release(struct settle_index *index);
/* The events that are for the contract, cancelled ones and tests too, into
 * contract->events. */
int settle_events_of(struct settle *settle, struct settle_contract *contract,
    struct qf_error *err);
/* Whether the event is for this point of the contract (for it at all with
 * NULL). */
bool settle_is_for(const struct settle_contract *contract,
    const struct settle_event *event, const char *point);
/* Those uses of a point, as a range of the index. */
void settle_uses_of(const struct settle_index *index, const char *point,
    size_t *first, size_t *end);
/* Tells a watch of what the index was made from, for a contract. */
int settle_use_index(struct settle *settle,
    const struct settle_contract *contract, struct qf_error *err);

/* programmes.c: 1: no-programme. */
int settle_programme_of(struct settle *settle, const char *id,
    const struct settle_programme **out, struct qf_error *err);
void settle_programmes_release(struct settle *settle);

/* event.c */
int settle_event(struct settle *settle, struct settle_contract *stretches,
    size_t count, const struct settle_event *event, struct qf_error *err);
void settle_case_release(struct settle_case *in_hand);
int settle_month_of(int32_t day); /* YYYYMM */

/* reads.c: begins reads of points in the days around an event; so many
 * points will be asked for, in order. */
void settle_reads_begin(
    struct settle *settle, const struct period *window, size_t points);
void settle_reads_release(struct settle_reads *reads);
/* The days [first_day, end_day) of a point; *out is valid till the next
 * call. */
int settle_chunk_of(struct settle *settle, const char *point, int32_t first_day,
    int32_t end_day, struct settle_chunk **out, struct qf_error *err);
/* Notes which channels have reads in the days around the event in hand: one
 * without any is not metered, as long as the other is. */
void settle_see_channels(struct settle_reads *reads,
    const struct settle_chunk *chunk, int32_t first_day, int32_t end_day);
/* kWh of [from_utc, to_utc) on a channel, in 10^-scale; false where something
 * is missing, or an interval lies across an end. */
bool settle_kwh(const struct settle_reads *reads,
    const struct settle_chunk *chunk, enum channel channel, int64_t from_utc,
    int64_t to_utc, int scale, int64_t *out);
/* The same of both: import less export. */
bool settle_net_kwh(const struct settle_reads *reads,
    const struct settle_chunk *chunk, int64_t from_utc, int64_t to_utc,
    int scale, int64_t *out);
/* The scale that holds what a chunk has. */
int settle_scale(const struct settle_chunk *chunk);
/* Minutes of the grid that all intervals of [from_utc, to_utc) fit into; 0
 * where nothing was read. */
int
settle_grid(const struct settle_chunk *chunk, int64_t from_utc, int64_t to_utc);

/* Whether energy of some channel in days of the chunk is estimated. */
bool settle_is_estimated(
    const struct settle_chunk *chunk, int64_t from_utc, int64_t to_utc);

/* The newest row of a day's reads of the point in hand; 0 where it is not
 * known any more. */
void settle_place_of(const struct settle_reads *reads, int32_t day,
    int64_t *entry, int64_t *line_no);

/* 1 where a finding of qf-check holds the point in hand in a time. */
int settle_finding(struct settle *settle, int64_t from_utc, int64_t to_utc,
    struct qf_error *err);

/* baseline.c: one resource: its baseline, and what it did. */
int settle_resource(struct settle *settle, struct settle_resource *resource,
    struct qf_error *err);

/* awards.c */
int settle_awards(struct settle *settle, struct qf_error *err);
void settle_pieces_clear(struct settle_pieces *pieces);
void settle_pieces_release(struct settle_pieces *pieces);
struct settle_piece *settle_pieces_add(
    struct settle_pieces *pieces, int64_t from_utc, int64_t to_utc);

void settle_parse(struct dec *out, const char *text); /* what a run says */

/* prices.c: those of every step. */
int settle_prices(struct settle *settle, struct qf_error *err);
/* Units of the market of the run of awards, for what starts then.  1:
 * price-unit. */
int settle_units_of(struct settle *settle, struct settle_units *out,
    int64_t at_utc, struct qf_error *err);
/* A quantity of that unit over so many seconds as mean kW. */
void settle_to_kw(
    struct dec *value, const struct settle_units *units, int64_t seconds);
/* A price per unit as one that the programme pays by.  1: price-unit. */
int settle_price_in(struct settle *settle, struct dec *price, const char *unit,
    enum programme_per per, const char *source);

/* kin.c: *out is valid till the next call. */
int settle_kin_of(struct settle *settle, const char *point,
    const struct settle_kin **out, struct qf_error *err);
void settle_kin_release(struct settle_kin *kin);

/* twice.c: 1 where another event asks the point for the time of the
 * one in hand. */
int settle_check_twice(
    struct settle *settle, const char *point, struct qf_error *err);
/* Whether the point was part of an event at some time of [from_utc, to_utc). */
int settle_was_asked(struct settle *settle, const char *point, int64_t from_utc,
    int64_t to_utc, bool *is, struct qf_error *err);
/* The contract that pays for export at the point itself at some time of
 * [from_utc, to_utc), or NULL. */
int
settle_export_paid(struct settle *settle, const char *point, int64_t from_utc,
    int64_t to_utc, const struct contract **by, struct qf_error *err);
void settle_exports_release(struct settle_exports *exports);

/* emit.c */
int settle_emit(struct settle *settle, struct qf_error *err);
int settle_emit_days(struct settle *settle, struct qf_error *err);
int settle_emit_hold(struct settle *settle, struct qf_error *err);

/* note.c: tells the sink, where it listens. */
bool settle_notes(const struct settle *settle);
/* What was found of a resource; whole: it has a baseline. */
void settle_tell_resource(
    struct settle *settle, struct settle_resource *resource, bool whole);
/* What it is rounded to stands once all are summed. */
void settle_tell_baselines(struct settle *settle);
/* What came of the steps. */
void settle_tell_steps(struct settle *settle);
void settle_note(struct settle *settle, const char *point, int64_t start_utc,
    const char *step, int64_t entry, int64_t line_no, const char *format, ...)
    __attribute__((format(printf, 7, 8)));

#endif
