/* line.h - needs int64_t and does not say so. */
struct line {
	int64_t start_utc;
};
