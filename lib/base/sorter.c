/* sorter.c - an external merge sort.
 *
 * Records fill one arena from its front, an index of them grows from its
 * back; when the two meet, the index is sorted and the records are written
 * out in its order as a run.  All runs lie in one file without a name.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/sorter.h"

#include <assert.h>
#include <endian.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/scratch.h"

#define MEMORY_MIN ((size_t)64 << 10)
#define WINDOW_MIN ((size_t)64 << 10) /* bytes of a run in memory */
#define WRITE_SIZE ((size_t)256 << 10)

/* A record in memory or file: its two lengths, the key, the data. */
struct head {
	uint32_t key_length;
	uint32_t data_length;
};

/* The first eight bytes of a key as a number decide most comparisons without
 * going to the record. */
struct slot {
	uint64_t prefix;
	const unsigned char *record;
};

/* A sorted run in the file and the window of it that is in memory. */
struct run {
	uint64_t prefix; /* of the record that is next */
	const unsigned char *record; /* in the window, NULL at the end */
	int64_t start, end; /* in the file; start moves on */
	unsigned char *window;
	size_t size; /* of the window */
	size_t at, filled; /* bytes read of it, and in it */
};

struct sorter {
	unsigned char *arena;
	size_t memory, used; /* bytes of the arena, and from its front */
	size_t count; /* slots at its back */
	struct slot *slots; /* the last that was added */
	bool in_order; /* so far, each after the one before */
	bool finished;

	int fd; /* of the runs, -1 before the first */
	int64_t file_size;
	unsigned char *last; /* copy of the last record of the last run */
	struct run *runs;
	size_t run_count, run_capacity;
	unsigned char *room; /* for writing */
	size_t room_used;

	size_t next; /* slot to be given, where there is no run */
	size_t *heap; /* of runs by their next record */
	size_t heap_count;
};

static struct head
head_of(const unsigned char *record)
{
	struct head head;

	memcpy(&head, record, sizeof(head));
	return head;
}

static size_t
record_size(const unsigned char *record)
{
	struct head head = head_of(record);

	return sizeof(head) + head.key_length + head.data_length;
}

static uint64_t
prefix_of(const unsigned char *key, size_t length)
{
	uint64_t prefix = 0;

	memcpy(&prefix, key, length < 8 ? length : 8);
	return be64toh(prefix);
}

/* By key alone; equal prefixes may still hide keys that end in NUL bytes. */
static int
compare(uint64_t a_prefix, const unsigned char *a, uint64_t b_prefix,
    const unsigned char *b)
{
	uint32_t a_length, b_length;
	int order;

	if (a_prefix != b_prefix) {
		return a_prefix < b_prefix ? -1 : 1;
	}
	a_length = head_of(a).key_length;
	b_length = head_of(b).key_length;
	order = memcmp(a + sizeof(struct head), b + sizeof(struct head),
	    a_length < b_length ? a_length : b_length);
	if (order != 0) {
		return order;
	}
	return (a_length > b_length) - (a_length < b_length);
}

/* Records lie in the arena in the order in which they came, which makes the
 * sort stable. */
static int
compare_slots(const void *a, const void *b)
{
	const struct slot *left = a, *right = b;
	int order =
	    compare(left->prefix, left->record, right->prefix, right->record);

	if (order != 0) {
		return order;
	}
	return (left->record > right->record) - (left->record < right->record);
}

static uint64_t
prefix_of_record(const unsigned char *record)
{
	return prefix_of(
	    record + sizeof(struct head), head_of(record).key_length);
}

struct sorter *
sorter_new(size_t memory)
{
	struct sorter *sorter = xcalloc(1, sizeof(*sorter));

	assert(memory >= MEMORY_MIN);
	sorter->memory = memory / sizeof(struct slot) * sizeof(struct slot);
	sorter->arena = xmalloc(sorter->memory);
	sorter->slots = (struct slot *)(sorter->arena + sorter->memory);
	sorter->in_order = true;
	sorter->fd = -1;
	return sorter;
}

static int
fail(enum qf_status status, const char *code, struct qf_error *err)
{
	return qf_fail(err, status, code, "temporary file for sorting: %s",
	    strerror(errno));
}

static int
open_file(struct sorter *sorter, struct qf_error *err)
{
	sorter->fd = scratch_open();
	if (sorter->fd == -1) {
		return fail(QF_CANTCREAT, "sorter-create", err);
	}
	sorter->room = xmalloc(WRITE_SIZE);
	return 0;
}

static int
write_out(struct sorter *sorter, const unsigned char *bytes, size_t length,
    struct qf_error *err)
{
	while (length != 0) {
		ssize_t done = write(sorter->fd, bytes, length);

		if (done == -1 && errno == EINTR) {
			continue;
		}
		if (done == -1) {
			return fail(QF_IO, "sorter-write", err);
		}
		bytes += done;
		length -= (size_t)done;
		sorter->file_size += done;
	}
	return 0;
}

static int
flush(struct sorter *sorter, struct qf_error *err)
{
	size_t used = sorter->room_used;

	sorter->room_used = 0;
	return write_out(sorter, sorter->room, used, err);
}

static int
write_record(
    struct sorter *sorter, const unsigned char *record, struct qf_error *err)
{
	size_t size = record_size(record);

	if (size > WRITE_SIZE - sorter->room_used && flush(sorter, err) == -1) {
		return -1;
	}
	if (size > WRITE_SIZE) {
		return write_out(sorter, record, size, err);
	}
	memcpy(sorter->room + sorter->room_used, record, size);
	sorter->room_used += size;
	return 0;
}

/* The slots in their order.  They were laid from the back to the front, so
 * that records in order have slots in reverse. */
static void
sort_slots(struct sorter *sorter)
{
	struct slot *slots = sorter->slots;

	if (!sorter->in_order) {
		qsort(slots, sorter->count, sizeof(slots[0]), compare_slots);
		return;
	}
	for (size_t i = 0, j = sorter->count; i + 1 < j; i++) {
		struct slot slot = slots[--j];

		slots[j] = slots[i];
		slots[i] = slot;
	}
}

/* A new run, or the last one where what is to come goes on after it. */
static struct run *
run_for(struct sorter *sorter, const struct slot *first)
{
	if (sorter->run_count != 0 &&
	    compare(prefix_of_record(sorter->last), sorter->last, first->prefix,
		first->record) <= 0) {
		return &sorter->runs[sorter->run_count - 1];
	}
	if (sorter->run_count == sorter->run_capacity) {
		sorter->run_capacity =
		    sorter->run_capacity != 0 ? 2 * sorter->run_capacity : 16;
		sorter->runs = xreallocarray(sorter->runs, sorter->run_capacity,
		    sizeof(sorter->runs[0]));
	}
	sorter->runs[sorter->run_count] =
	    (struct run){.start = sorter->file_size};
	return &sorter->runs[sorter->run_count++];
}

/* Writes what is in the arena to the file and empties it. */
static int
spill(struct sorter *sorter, struct qf_error *err)
{
	struct run *run;
	const unsigned char *last;

	assert(sorter->count != 0);
	if (sorter->fd == -1 && open_file(sorter, err) == -1) {
		return -1;
	}
	sort_slots(sorter);
	run = run_for(sorter, &sorter->slots[0]);
	for (size_t i = 0; i < sorter->count; i++) {
		if (write_record(sorter, sorter->slots[i].record, err) == -1) {
			return -1;
		}
	}
	if (flush(sorter, err) == -1) {
		return -1;
	}
	run->end = sorter->file_size;
	last = sorter->slots[sorter->count - 1].record;
	free(sorter->last);
	sorter->last = xmalloc(record_size(last));
	memcpy(sorter->last, last, record_size(last));
	sorter->used = 0;
	sorter->count = 0;
	sorter->slots = (struct slot *)(sorter->arena + sorter->memory);
	sorter->in_order = true;
	return 0;
}

int
sorter_add(struct sorter *sorter, const void *key, size_t key_length,
    const void *data, size_t data_length, struct qf_error *err)
{
	struct head head = {(uint32_t)key_length, (uint32_t)data_length};
	unsigned char *record;
	struct slot *slot;
	size_t size, room;

	assert(!sorter->finished);
	if (key_length > SORTER_RECORD_MAX ||
	    data_length > SORTER_RECORD_MAX - key_length ||
	    sizeof(head) + key_length + data_length + sizeof(*slot) >
		sorter->memory) {
		return qf_fail(err, QF_DATA, "sorter-record",
		    "a record of %zu bytes is too long to sort",
		    key_length + data_length);
	}
	size = sizeof(head) + key_length + data_length;
	room = sorter->memory - sorter->used -
	       sorter->count * sizeof(sorter->slots[0]);
	if (size + sizeof(*slot) > room && spill(sorter, err) == -1) {
		return -1;
	}
	record = sorter->arena + sorter->used;
	memcpy(record, &head, sizeof(head));
	if (key_length != 0) {
		memcpy(record + sizeof(head), key, key_length);
	}
	if (data_length != 0) {
		memcpy(record + sizeof(head) + key_length, data, data_length);
	}
	sorter->used += size;
	slot = --sorter->slots;
	*slot = (struct slot){prefix_of(key, key_length), record};
	sorter->count++;
	if (sorter->count > 1 && sorter->in_order) {
		sorter->in_order = compare(slot[1].prefix, slot[1].record,
				       slot->prefix, record) <= 0;
	}
	return 0;
}

/* Reads more of the run behind what is left of its window. */
static int
fill(struct sorter *sorter, struct run *run, struct qf_error *err)
{
	size_t left = run->filled - run->at;

	memmove(run->window, run->window + run->at, left);
	run->at = 0;
	run->filled = left;
	while (run->filled < run->size && run->start < run->end) {
		size_t want = run->size - run->filled;
		ssize_t got;

		if ((int64_t)want > run->end - run->start) {
			want = (size_t)(run->end - run->start);
		}
		got = pread(
		    sorter->fd, run->window + run->filled, want, run->start);
		if (got == -1 && errno == EINTR) {
			continue;
		}
		if (got <= 0) {
			errno = got == 0 ? EIO : errno;
			return fail(QF_IO, "sorter-read", err);
		}
		run->filled += (size_t)got;
		run->start += got;
	}
	return 0;
}

/* Makes the next record of the run whole in its window. */
static int
run_next(struct sorter *sorter, struct run *run, struct qf_error *err)
{
	size_t size;

	if (run->record != NULL) {
		run->at += record_size(run->record);
		run->record = NULL;
	}
	if (run->filled - run->at < sizeof(struct head) &&
	    fill(sorter, run, err) == -1) {
		return -1;
	}
	if (run->filled == run->at) {
		return 0;
	}
	size = record_size(run->window + run->at);
	if (run->filled - run->at < size) {
		if (size > run->size) {
			run->window = xrealloc(run->window, size);
			run->size = size;
		}
		if (fill(sorter, run, err) == -1) {
			return -1;
		}
	}
	assert(run->filled - run->at >= size);
	run->record = run->window + run->at;
	run->prefix = prefix_of_record(run->record);
	return 0;
}

/* True if run a comes before run b; the earlier run where keys are equal. */
static bool
run_before(const struct sorter *sorter, size_t a, size_t b)
{
	const struct run *left = &sorter->runs[a], *right = &sorter->runs[b];
	int order =
	    compare(left->prefix, left->record, right->prefix, right->record);

	return order != 0 ? order < 0 : a < b;
}

/* Lets the run at place i of the heap sink to where it belongs. */
static void
sink(struct sorter *sorter, size_t i)
{
	size_t *heap = sorter->heap, run = heap[i];

	for (;;) {
		size_t child = 2 * i + 1;

		if (child >= sorter->heap_count) {
			break;
		}
		if (child + 1 < sorter->heap_count &&
		    run_before(sorter, heap[child + 1], heap[child])) {
			child++;
		}
		if (!run_before(sorter, heap[child], run)) {
			break;
		}
		heap[i] = heap[child];
		i = child;
	}
	heap[i] = run;
}

/* Shares the memory of the arena among windows on the runs. */
static int
begin_merge(struct sorter *sorter, struct qf_error *err)
{
	size_t size = sorter->memory / sorter->run_count;

	free(sorter->arena);
	sorter->arena = NULL;
	sorter->slots = NULL;
	sorter->heap =
	    xreallocarray(NULL, sorter->run_count, sizeof(sorter->heap[0]));
	for (size_t i = 0; i < sorter->run_count; i++) {
		struct run *run = &sorter->runs[i];

		run->size = size > WINDOW_MIN ? size : WINDOW_MIN;
		run->window = xmalloc(run->size);
		if (run_next(sorter, run, err) == -1) {
			return -1;
		}
		sorter->heap[sorter->heap_count++] = i;
	}
	for (size_t i = sorter->heap_count / 2; i-- > 0;) {
		sink(sorter, i);
	}
	return 0;
}

int
sorter_finish(struct sorter *sorter, struct qf_error *err)
{
	assert(!sorter->finished);
	sorter->finished = true;
	if (sorter->run_count == 0) {
		sort_slots(sorter);
		return 0;
	}
	if (sorter->count != 0 && spill(sorter, err) == -1) {
		return -1;
	}
	return begin_merge(sorter, err);
}

static int
give(struct sorter_record *out, const unsigned char *record)
{
	struct head head = head_of(record);

	*out = (struct sorter_record){
	    .key = record + sizeof(head),
	    .key_length = head.key_length,
	    .data = record + sizeof(head) + head.key_length,
	    .data_length = head.data_length,
	};
	return 1;
}

int
sorter_next(
    struct sorter *sorter, struct sorter_record *out, struct qf_error *err)
{
	struct run *run;

	assert(sorter->finished);
	if (sorter->run_count == 0) {
		if (sorter->next == sorter->count) {
			return 0;
		}
		return give(out, sorter->slots[sorter->next++].record);
	}

	/* The record that was given last is still the first of the heap, as
	 * its bytes had to stay. */
	if (sorter->next != 0) {
		run = &sorter->runs[sorter->heap[0]];
		if (run_next(sorter, run, err) == -1) {
			return -1;
		}
		if (run->record == NULL) {
			sorter->heap[0] = sorter->heap[--sorter->heap_count];
		}
		if (sorter->heap_count != 0) {
			sink(sorter, 0);
		}
	}
	sorter->next = 1;
	if (sorter->heap_count == 0) {
		sorter->next = 0;
		return 0;
	}
	return give(out, sorter->runs[sorter->heap[0]].record);
}

size_t
sorter_run_count(const struct sorter *sorter)
{
	return sorter->run_count;
}

void
sorter_free(struct sorter *sorter)
{
	if (sorter == NULL) {
		return;
	}
	for (size_t i = 0; i < sorter->run_count; i++) {
		free(sorter->runs[i].window);
	}
	if (sorter->fd != -1) {
		close(sorter->fd);
	}
	free(sorter->runs);
	free(sorter->heap);
	free(sorter->last);
	free(sorter->room);
	free(sorter->arena);
	free(sorter);
}
