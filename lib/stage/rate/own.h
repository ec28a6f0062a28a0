/* own.h - what the files of the rating share.  Internal.
 *
 * rate.c walks the contracts and hands each unit (a contract's leg at a point)
 * to unit.c, which makes its lines: of intervals (intervals.c),
 * registers (registers.c), sessions (sessions.c), and of pieces
 * such as months (pieces.c).  point.c has the energy of the point
 * with what stands behind it, from the reads of reads.c.
 *
 * Functions that may find their facts wanting return 1 with rate->refusal
 * filled; -1 is a failure.
 */
#ifndef QF_STAGE_RATE_OWN_H
#define QF_STAGE_RATE_OWN_H

#include "ledger/registry.h"
#include "ledger/runs.h"
#include "ledger/watch.h"
#include "settle/charge.h"
#include "settle/demand.h"
#include "settle/part.h"
#include "settle/portion.h"
#include "settle/session.h"
#include "stage/parents.h"
#include "stage/rate/rate.h"
#include "stage/rulebook.h"

#define RATE_CHANNELS 2 /* import and export: active energy is settled */
/* Channels of the energy rows of what is carried to the next period. */
#define RATE_CARRIED_IMPORT "import-carried"
#define RATE_CARRIED_EXPORT "export-carried"
#define RATE_DEPTH_MAX 8 /* of sums of sums of points */

struct rate_meter {
	char meter[ID_MAX + 1];
	struct dec multiplier;
	int digits;
	int64_t from_utc, to_utc;
};

struct rate_meters {
	char point[ID_MAX + 1];
	struct rate_meter *meters;
	size_t count, capacity;
};

enum rate_role { RATE_SUM, RATE_DEDUCT };

struct rate_relation {
	char child[ID_MAX + 1];
	enum rate_role role;
	int64_t from_utc, to_utc;
};

struct rate_relations {
	struct rate_relation *relations;
	size_t count, capacity;
};

/* Energy of the point in hand on one channel. */
struct rate_energy {
	bool loaded;
	bool refused;
	struct refusal refusal;
	struct energy_series gross; /* as metered, or the sum of children */
	struct energy_series net; /* less what is deducted */
	bool has_net; /* else net is gross */
};

struct rate_point {
	char name[ID_MAX + 1];
	bool relations_loaded;
	struct rate_relations relations;
	struct rate_energy energy[RATE_CHANNELS];
};

/* A contract's stretch in one month under one tariff version. */
struct rate_segment {
	const struct contract *contract;
	const struct tariff_version *version;
	const struct ocpi_rule *ocpi; /* NULL: a tariff of our own */
	int64_t tariff_entry;
	int month; /* YYYYMM */
	int64_t from_utc, to_utc;
};

/* Energy carried from and to other periods, a charge and channel. */
struct rate_carry {
	char component[ID_MAX + 1];
	enum channel channel;
	bool counts; /* its charge counts in the balance */
	struct dec kwh;
};

/* The balance of the unit on a channel. */
struct rate_balance {
	bool used;
	struct dec metered, held, residual;
};

/* A session of the unit that was or was not held. */
struct rate_session {
	char session[ID_MAX + 1];
	char party[ID_MAX + 1]; /* "" where none */
	int64_t start_utc, end_utc;
	struct dec kwh[RATE_CHANNELS];
	bool has[RATE_CHANNELS];
	bool held;
	struct refusal refusal;
};

/* Energy of a segment on a channel, by ENERGY_BAND(). */
struct rate_sums {
	bool ready;
	const struct energy_series *net; /* NULL where it is of registers */
	struct dec kwh[ENERGY_BANDS];
	struct dec total; /* of registers that have no bands */
	bool only_total;
	unsigned seen; /* bands that occur in the segment */
	bool cells_ready;
	struct cells cells;
};

/* Two channels set against each other, an interval at a time. */
struct rate_mixed {
	enum of_energy of;
	struct energy_series series;
	struct rate_sums sums;
};

/* What was counted of a charge's tiers up to an instant, since another. */
struct rate_counted {
	const struct charge *charge;
	int64_t since_utc, until_utc;
	bool opened; /* the contract says what was there at since_utc */
	struct dec kwh[ENERGY_BANDS]; /* by tier_counter() */
};

struct rate_unit {
	struct contract *stretches; /* in order of time */
	size_t stretch_count;
	struct rate_segment *segments;
	size_t segment_count, segment_capacity;
	struct charge_lines lines;
	struct dec carry_in[RATE_CHANNELS]; /* from the run that was named */
	struct rate_carry *carries;
	size_t carry_count, carry_capacity;
	struct rate_balance balance[RATE_CHANNELS];
	struct rate_session *sessions;
	size_t session_count, session_capacity;
	bool any_sessions; /* a stretch is on sessions */
	struct rate_counted *counted; /* of the charges with tiers so far */
	size_t counted_count, counted_capacity;
};

/* What checks found at points (stage/findings.h). */
struct rate_findings {
	struct fact_cursor *cursor, *next_cursor, *clearance_cursor;
	bool known; /* next is looked up */
	char next[ID_MAX + 1]; /* first point with findings at or after the last
				* one looked up; "" where none is left */
};

struct rate_month {
	int month; /* YYYYMM */
	int32_t first_day, end_day; /* whole, beyond the period too */
	int64_t from_utc, to_utc;
};

struct rate {
	struct ledger *ledger;
	const struct rate_request *request;
	const struct period *reading; /* whose reads are looked at: the
				       * request's, or another for a while */
	const struct rate_sink *sink;
	struct rate_counts *counts;
	struct zone *zone;
	int money_scale;
	struct rulebook *book;
	struct rate_month *months; /* that the period touches */
	size_t month_count;
	struct read_cursor *reads[RATE_CHANNELS];
	/* Told of each day of interval reads as it is stored; NULL: nobody. */
	void (*saw)(void *context, const struct series_day *day);
	void *saw_context;
	struct fact_cursor *meter_cursor, *relation_cursor, *point_cursor,
	    *register_cursor, *session_cursor, *session_band_cursor,
	    *session_interval_cursor, *session_period_cursor;
	struct parents parents;
	struct rate_meters meters;
	struct rate_point point;
	struct rate_unit unit;
	struct rate_sums sums[RATE_CHANNELS];
	struct rate_mixed mixed[RATE_CHANNELS];
	/* Of the segment, where a charge that counts is not of all energy: kWh
	 * of the charges that count, and what parts of cells were given. */
	bool shared[RATE_CHANNELS];
	struct dec shared_kwh[RATE_CHANNELS];
	struct energy_given part_given[RATE_CHANNELS];
	bool looking_back; /* at what was before the period: no balance */
	struct session_atom *atoms;
	size_t atom_count, atom_capacity;
	struct session_source *sources;
	size_t source_count, source_capacity;
	struct run_cursor *carry_cursor;
	struct energy carry_row; /* where it stands */
	bool carry_at_row;
	struct series_day *before; /* a day of registers, till the next */
	int64_t *marked; /* values with withdrawn ones marked */
	char texts[3][DEC_TEXT_MAX]; /* of the row that is handed out */
	struct rate_findings findings;
	struct refusal refusal;
};

/* findings.c: 1 where a finding holds the point in hand in a time, or, if
 * that is not NULL, the session. */
int rate_finding(struct rate *rate, const char *session, int64_t from_utc,
    int64_t to_utc, struct qf_error *err);
void rate_findings_release(struct rate_findings *findings);

/* rate.c: makes *out ready for reading points alone (point.c), without a
 * unit to rate; the zone is the caller's.  rate_reader_free() frees it. */
void rate_reader_new(struct rate **out, struct ledger *ledger,
    const struct rate_request *request, struct rate_counts *counts,
    struct zone *zone);
void rate_reader_free(struct rate *rate);

/* reads.c: the reads of a point and channel over rate->reading, as energy;
 * in_step: the point in hand, whose cursor moves forward with the points. */
int rate_reads(struct rate *rate, const char *point, enum channel channel,
    bool in_step, struct energy_series *out, struct qf_error *err);

/* The meters of a point, kept until another point is asked for. */
int rate_meters(struct rate *rate, const char *point,
    const struct rate_meters **out, struct qf_error *err);
void rate_meters_release(struct rate_meters *meters);

/* point.c */
void rate_point_begin(struct rate_point *point, const char *name);
void rate_point_release(struct rate_point *point);
/* Energy of the point in hand: metered, and net of what is deducted. */
int rate_point_energy(struct rate *rate, enum channel channel,
    const struct energy_series **gross, const struct energy_series **net,
    struct qf_error *err);
/* Its net energy over another period: a copy, which the caller releases. */
int rate_point_other(struct rate *rate, enum channel channel,
    const struct period *period, struct energy_series *out,
    struct qf_error *err);
/* Those of any point, which the caller frees. */
int rate_relations_of(struct rate *rate, const char *point,
    struct rate_relations *relations, struct qf_error *err);
/* Relations of the point in hand that make its energy other than its own. */
int rate_point_relations(
    struct rate *rate, const struct rate_relations **out, struct qf_error *err);

/* unit.c */
int rate_unit(struct rate *rate, struct contract *stretches, size_t count,
    struct qf_error *err);
void rate_unit_release(struct rate_unit *unit);
/* Whether the charge is one of the unit's leg. */
bool rate_charges(const struct contract *contract, const struct charge *charge);
/* The scope of a charge's lines in a segment. */
void rate_scope(struct rate *rate, const struct rate_segment *segment,
    const struct charge *charge, struct charge_scope *scope);

/* Whom the prices of a segment are for. */
struct price_for
rate_price_for(const struct rate *rate, const struct rate_segment *segment);

/* carry.c: what comes in from the run that was named, for the unit in
 * hand; the carry of a charge over the unit's lines; and what a held unit
 * leaves as it came. */
int rate_carry_begin(struct rate *rate, struct qf_error *err);
struct dec *rate_carry(struct rate *rate, const struct charge *charge);
void rate_carry_keep(struct rate *rate);
/* Whether a charge of the unit's leg counts the energy of the channel. */
bool
rate_counts_energy(const struct rate_segment *segment, enum channel channel);

/* segments.c: cuts [from_utc, to_utc) of a stretch into months and tariff
 * versions, and adds them to the unit's. */
int rate_segments(struct rate *rate, const struct contract *contract,
    int64_t from_utc, int64_t to_utc, struct qf_error *err);

/* Fills rate->sums[channel] where they are not ready. */
int rate_sum(struct rate *rate, const struct rate_segment *segment,
    enum channel channel, struct qf_error *err);

/* intervals.c, registers.c: fill rate->sums[channel]. */
int rate_sum_intervals(struct rate *rate, const struct rate_segment *segment,
    enum channel channel, struct qf_error *err);
int rate_sum_registers(struct rate *rate, const struct rate_segment *segment,
    enum channel channel, struct qf_error *err);
/* What the registers of any channel counted in [from_utc, to_utc), in total,
 * or, without such a register, over the version's bands. */
int rate_register_total(struct rate *rate, const struct rate_segment *segment,
    enum channel channel, int64_t from_utc, int64_t to_utc, struct dec *out,
    struct qf_error *err);
/* Fills sums with those of a series, which covers the segment. */
int rate_sum_series(struct rate *rate, const struct rate_segment *segment,
    const struct energy_series *series, struct rate_sums *sums,
    struct qf_error *err);
/* The segment's intervals as sums->cells. */
int rate_cells(struct rate *rate, const struct rate_segment *segment,
    struct rate_sums *sums, struct qf_error *err);
/* Whether the bands make a difference to the charge. */
bool rate_bands_matter(const struct charge *charge,
    const struct band_prices *prices, unsigned seen);
/* The lines of one charge per kWh from them. */
int rate_energy_charge(struct rate *rate, const struct rate_segment *segment,
    const struct charge *charge, struct qf_error *err);

/* quantity.c: two channels of the point against each other over
 * intervals: both[0], which with both[1] covers [from_utc, to_utc), becomes
 * what is asked for, in the coarser resolution of the two. */
int rate_set_off(struct rate *rate, enum of_energy of, int64_t from_utc,
    int64_t to_utc, struct energy_series both[2]);

/* The same of a segment, as sums. */
int rate_mixed(struct rate *rate, const struct rate_segment *segment,
    const struct charge *charge, struct rate_sums **out, struct qf_error *err);
void rate_mixed_release(struct rate_mixed *mixed);

/* kwh.c: the lines of a charge that rate_is_beyond() its bands; and its
 * kWh by band in a segment. */
int rate_beyond(struct rate *rate, const struct rate_segment *segment,
    const struct charge *charge, struct qf_error *err);
int rate_kwh(struct rate *rate, const struct rate_segment *segment,
    const struct charge *charge, struct dec out[ENERGY_BANDS],
    struct qf_error *err);

/* tiers.c: what was counted before the segment; the count after kWh of
 * it; and where the tiers end. */
int rate_counted(struct rate *rate, const struct rate_segment *segment,
    const struct charge *charge, struct rate_counted **out,
    struct qf_error *err);
void rate_count(struct rate_counted *counted, const struct tiers *tiers,
    const struct rate_segment *segment, const struct dec kwh[ENERGY_BANDS]);
int rate_edges(struct rate *rate, const struct rate_segment *segment,
    const struct charge *charge, struct dec edges[TIER_MAX],
    struct qf_error *err);
void rate_counted_release(struct rate_unit *unit);

/* tell.c: where the sink asks for it, gives the lines from `first` on a
 * text of how they came about.  counted: before them; NULL: no tiers. */
void rate_tell(struct rate *rate, const struct rate_segment *segment,
    const struct charge *charge, const struct rate_counted *counted,
    size_t first);

/* pieces.c: the lines of a charge per day, month or once, per kW or kVA.
 */
int rate_pieces(struct rate *rate, const struct rate_segment *segment,
    const struct charge *charge, struct qf_error *err);
/* How many of the thing the contract has ("quantity=2"); 1 if it says not. */
int rate_pieces_of(
    struct rate *rate, const struct contract *contract, struct dec *out);
/* The price of a piece, in a tier (NULL: none), at an instant; *priced false
 * where none stands and the charge allows that. */
int rate_piece_price(struct rate *rate, const struct rate_segment *segment,
    const struct charge *charge, const struct tier *tier, int64_t utc,
    struct dec *out, bool *priced, struct qf_error *err);
/* The segment's first local day that no segment before it has taken. */
int32_t
rate_first_day(const struct rate *rate, const struct rate_segment *segment);

/* month.c: what falls on a part of a month, a line each. */
int rate_months(struct rate *rate, const struct rate_segment *segment,
    const struct charge *charge, struct qf_error *err);
int rate_kva(struct rate *rate, const struct rate_segment *segment,
    const struct charge *charge, struct qf_error *err);
/* The month of a segment. */
const struct rate_month *
rate_month_of(const struct rate *rate, const struct rate_segment *segment);
/* The contract's time in the month of the segment: of its own stretch, or,
 * `whole`, from the first stretch to the last. */
void
rate_month_span(const struct rate *rate, const struct rate_segment *segment,
    bool whole, int64_t *from_utc, int64_t *to_utc);
/* Whether this segment bears what falls on the month whole: it has the
 * contract's first instant in it. */
bool
rate_bears_month(const struct rate *rate, const struct rate_segment *segment);
/* A number that is an option of the contract.  1: bad-option. */
int rate_option(struct rate *rate, const struct contract *contract,
    const char *name, struct dec *out);
/* The line of so much a month, on which the segment has a share: the amount is
 * pieces / under x price x factor (NULL: 1), exact; quantity is what the line
 * shows of the pieces.  None where the segment has no share. */
struct rate_monthly {
	const char *unit;
	const struct tier *tier; /* NULL: none */
	const struct dec *quantity, *pieces, *factor;
	int under;
};
int rate_month_line(struct rate *rate, const struct rate_segment *segment,
    const struct charge *charge, const struct rate_monthly *monthly,
    struct qf_error *err);

/* demand.c: the maximum demand of the segment's month under the charge's
 * rule, and its line. */
struct rate_demanded {
	struct demand_peak peak; /* of the month */
	struct demand_peak before; /* of the months that the ratchet takes */
	struct dec agreed; /* kW */
	struct demand_charged charged;
	struct dec kw; /* what is charged, as the rule rounds it */
};
int rate_demand(struct rate *rate, const struct rate_segment *segment,
    const struct charge *charge, struct rate_demanded *out,
    struct qf_error *err);
void rate_demanded_release(struct rate_demanded *demanded);
int rate_kw(struct rate *rate, const struct rate_segment *segment,
    const struct charge *charge, struct qf_error *err);

/* loss.c: the lines of a charge for kWh lost before the meter. */
int rate_loss(struct rate *rate, const struct rate_segment *segment,
    const struct charge *charge, struct qf_error *err);

/* factor.c: the line of a power factor, after those that it is of. */
int rate_power_factor(struct rate *rate, const struct rate_segment *segment,
    const struct charge *charge, struct qf_error *err);

/* limit.c: the lines of limits, after all others of the unit. */
int rate_limits(struct rate *rate, struct qf_error *err);

/* atoms.c: fills rate->atoms with a session's time, whose segments are
 * [first, ...), for the charge called component; and a segment's charge of that
 * name per kWh of the channel, or NULL. */
int
rate_atoms(struct rate *rate, const struct rate_session *session, size_t first,
    const char *component, enum channel channel, struct qf_error *err);
const struct charge *rate_session_charge(const struct rate_segment *segment,
    const char *component, enum channel channel);

/* sessions.c: all sessions of the unit, which are held one by one. */
int rate_sessions(struct rate *rate, struct qf_error *err);
/* The delivery month of what ends at an instant. */
int rate_month_ending(const struct rate *rate, int64_t utc);
/* Their kWh as held, where the unit is. */
int rate_sessions_held(struct rate *rate, struct qf_error *err);

/* Adds kWh that were metered, of which `net` are the unit's to price. */
void rate_balance_add(struct rate *rate, enum channel channel,
    const struct dec *metered, const struct dec *net);

/* note.c: tells the sink, where it listens, what the next lines of a
 * charge from that instant on came from. */
void rate_note(struct rate *rate, const struct charge *charge, int64_t from_utc,
    const char *step, const char *format, ...)
    __attribute__((format(printf, 5, 6)));
bool rate_notes(const struct rate *rate);

/* emit.c: hands out what a unit came to. */
int rate_emit_lines(struct rate *rate, struct qf_error *err);
int rate_emit_hold(struct rate *rate, const struct rate_session *session,
    const struct refusal *refusal, struct qf_error *err);
int rate_emit_energy(struct rate *rate, struct qf_error *err);

#endif
