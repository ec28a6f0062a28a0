/* nem12.h - NEM12 files of interval reads as pieces of days.
 *
 *	if (nem12_open(&nem12, fd, "x.csv", &config, err) == -1) ...
 *	source = nem12_source(nem12);
 *	... gather.h puts its pieces together ...
 *	nem12_close(nem12);
 *
 * A 200 record names a stream (NMI, suffix, unit, interval length), each 300
 * record is a day of it, 400 records say the qualities of its parts where
 * these differ.  Suffixes E and B are import and export (of active energy), Q
 * and K their reactive twins; a stream of another suffix is not taken, and
 * config.notes says so.
 *
 * The point is what finder says of "NMI:SUFFIX", else of "NMI", scheme "nmi".
 * Two streams of one point and channel are a fault: which of them is energy is
 * not for us to say.
 *
 * Days are those of market time, config.offset_s east of UTC the whole year;
 * what is handed out are parts of local days of config.zone.
 *
 * Quality A is measured; E, F and S are estimated, by a method "S14.89" of the
 * method and the reason code; N is no value.
 *
 * Faults go to config.faults, by line: mdff-*, nem12-stream (a 200 record that
 * is none), nem12-unit, nem12-count (values other than 1440 / length),
 * nem12-value, nem12-date, nem12-order (a record where it cannot stand),
 * nem12-event (400 records with a gap, an overlap or beyond the day, or none
 * where quality V says that there are), nem12-empty (no 200 record),
 * nem12-double (two streams of one point and channel), unknown-point,
 * read-grid (intervals that local days cut).
 *
 * Ownership: everything given is borrowed.
 */
#ifndef QF_FORMAT_NEM12_H
#define QF_FORMAT_NEM12_H

#include "format/mdff.h"
#include "format/piece.h"

struct nem12;

int nem12_open(struct nem12 **out, int fd, const char *file,
    const struct mdff_config *config, struct qf_error *err);
void nem12_close(struct nem12 *nem12); /* NULL is allowed */
struct read_source nem12_source(struct nem12 *nem12);

#endif
