/* market.h - the one market of a ledger. */
#ifndef QF_MODEL_MARKET_H
#define QF_MODEL_MARKET_H

#define MARKET_TEXT_MAX 128

struct market {
	char name[MARKET_TEXT_MAX]; /* as qf-init was told */
	char zone[MARKET_TEXT_MAX]; /* IANA time zone, "Asia/Shanghai" */
	char currency[4]; /* ISO 4217, "CNY" */
	int money_scale; /* decimals of a minor unit: 2 for fen */
};

#endif
