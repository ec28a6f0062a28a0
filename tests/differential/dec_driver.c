/* dec_driver.c - runs commands on eight decimal registers, for dec.py.
 *
 * A command is one line, "op out a b number number"; out, a and b are
 * registers.  The answer is one line: the register that was written, or the
 * result of the question.  The second number is a mode of rounding.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/dec.h"

#define REGISTERS 8
#define TEXT_MAX 512

static struct dec registers[REGISTERS];

struct command {
	char op[16];
	unsigned out, a, b;
	long long number;
	int mode;
};

/* The operations that write a register; false when it is none of them. */
static bool
compute(const struct command *c)
{
	struct dec *out = &registers[c->out];
	const struct dec *a = &registers[c->a], *b = &registers[c->b];
	enum dec_mode mode = (enum dec_mode)c->mode;

	if (strcmp(c->op, "add") == 0) {
		dec_add(out, a, b);
	} else if (strcmp(c->op, "sub") == 0) {
		dec_sub(out, a, b);
	} else if (strcmp(c->op, "mul") == 0) {
		dec_mul(out, a, b);
	} else if (strcmp(c->op, "addproduct") == 0) {
		dec_add_product(out, a, b);
	} else if (strcmp(c->op, "mulint") == 0) {
		dec_mul_int(out, a, c->number);
	} else if (strcmp(c->op, "neg") == 0) {
		dec_neg(out, a);
	} else if (strcmp(c->op, "abs") == 0) {
		dec_abs(out, a);
	} else if (strcmp(c->op, "copy") == 0) {
		dec_set(out, a);
	} else if (strcmp(c->op, "setint") == 0) {
		dec_set_int(out, c->number, c->mode);
	} else if (strcmp(c->op, "round") == 0) {
		dec_round(out, a, (int)c->number, mode);
	} else if (strcmp(c->op, "div") == 0) {
		dec_div(out, a, b, (int)c->number, mode);
	} else if (strcmp(c->op, "trim") == 0) {
		dec_trim(out, a);
	} else {
		return false;
	}
	return true;
}

/* The operations that answer. */
static void
answer(const struct command *c)
{
	const struct dec *a = &registers[c->a], *b = &registers[c->b];
	struct qf_error err = {0};
	char text[TEXT_MAX];
	int64_t ticks;

	if (strcmp(c->op, "cmp") == 0) {
		printf("%d\n", dec_cmp(a, b));
	} else if (strcmp(c->op, "sign") == 0) {
		printf("%d %d\n", dec_sign(a), dec_is_zero(a));
	} else if (strcmp(c->op, "canonical") == 0) {
		dec_format_trim(a, text, sizeof(text));
		puts(text);
	} else if (strcmp(c->op, "toint") == 0) {
		if (dec_to_int64(a, (int)c->number, &ticks, &err) == -1) {
			puts(err.code);
		} else {
			printf("%" PRId64 "\n", ticks);
		}
	} else {
		fprintf(stderr, "unknown operation %s\n", c->op);
		exit(1);
	}
}

/* "parse out text": the register, or the code of the error; the quick way
 * must agree where it answers at all. */
static void
parse(unsigned out, const char *text)
{
	struct qf_error err = {0};
	char shown[TEXT_MAX];
	int64_t mantissa;
	int scale;
	bool small = dec_parse_small(text, strlen(text), &mantissa, &scale);

	if (dec_parse(&registers[out], text, strlen(text), &err) == -1) {
		puts(small ? "small-but-invalid" : err.code);
		return;
	}
	if (small &&
	    (registers[out].big != NULL || registers[out].small != mantissa ||
		registers[out].scale != scale)) {
		puts("small-differs");
		return;
	}
	dec_format(&registers[out], shown, sizeof(shown));
	puts(shown);
}

int
main(void)
{
	char line[TEXT_MAX], text[TEXT_MAX];
	struct command c;

	alloc_init();
	while (fgets(line, sizeof(line), stdin) != NULL) {
		if (sscanf(line, "parse %u %511[^\n]", &c.out, text) == 2 &&
		    c.out < REGISTERS) {
			parse(c.out, text);
			continue;
		}
		if (sscanf(line, "%15s %u %u %u %lld %d", c.op, &c.out, &c.a,
			&c.b, &c.number, &c.mode) != 6 ||
		    c.out >= REGISTERS || c.a >= REGISTERS ||
		    c.b >= REGISTERS) {
			fprintf(stderr, "bad command %s", line);
			return 1;
		}
		if (compute(&c)) {
			dec_format(&registers[c.out], text, sizeof(text));
			puts(text);
		} else {
			answer(&c);
		}
	}
	for (size_t i = 0; i < REGISTERS; i++) {
		dec_release(&registers[i]);
	}
	return 0;
}
