-- ledger.sql - the ledger of qingfen, schema 1.
--
-- Everything that enters or is computed is an entry.  Entries have one running
-- number and are only ever appended; each carries a digest that is chained to
-- the one before it.  The tables below hold the rows of entries; `entry` in a
-- row says whose it is.  Nothing is ever updated or deleted.
--
-- Conventions of every column:
--   *_utc      INTEGER, seconds since 1970-01-01T00:00:00Z
--   day        INTEGER, local civil day of the market's zone, days since
--              1970-01-01; date(day * 86400, 'unixepoch') prints it
--   month      INTEGER, local civil month as YYYYMM
--   *_minor    INTEGER, money in minor units of the ledger's currency
--              (market.money_scale decimals)
--   decimals   TEXT in canonical form: -?(0|[1-9][0-9]*)(\.[0-9]+)?
--   from/to    half open [from_utc, to_utc); to_utc NULL means "still open"; a
--              row that ends where it starts is void
--   line       in facts: the line of the input file that stated the fact; in
--              runs and postings: the running number, from 1
-- A fact is looked up "as of entry N": of the rows of one key, the one with the
-- largest entry not above N holds.
--
-- An entry is written after its rows, since its header holds their roots.  The
-- tables with one row an entry refer to it, deferred to the COMMIT; those with
-- many do not, because SQLite would then search them whole at each new entry.
-- What binds those to their entry is stronger: the count and root in its header.

-- The market of this ledger: one row, written by qf-init.
CREATE TABLE market (
	entry       INTEGER NOT NULL
		REFERENCES entry (entry) DEFERRABLE INITIALLY DEFERRED,
	line        INTEGER NOT NULL,
	name        TEXT NOT NULL,    -- name of the market
	zone        TEXT NOT NULL,    -- IANA time zone, such as Asia/Shanghai
	currency    TEXT NOT NULL,    -- ISO 4217 code, such as CNY
	money_scale INTEGER NOT NULL  -- decimals of a minor unit, 2 for fen
		CHECK (money_scale BETWEEN 0 AND 8)
) STRICT;

-- The chain.  digest = SHA-256 of the bytes of header; the header is text, a
-- line a field, and holds the digest of the entry before it, the count and the
-- root of the rows that the entry has in each table, and what the entry was
-- made from.  qf-ledger(5) specifies it.
CREATE TABLE entry (
	entry  INTEGER PRIMARY KEY,
	kind   TEXT NOT NULL CHECK (kind IN ('market', 'batch', 'rule', 'run',
		'posting', 'issue')),
	header TEXT NOT NULL,
	digest TEXT NOT NULL UNIQUE   -- 64 hexadecimal digits
) STRICT;

-- A file of facts that was taken in.
CREATE TABLE batch (
	entry        INTEGER PRIMARY KEY
		REFERENCES entry (entry) DEFERRABLE INITIALLY DEFERRED,
	line         INTEGER NOT NULL,
	format       TEXT NOT NULL,    -- such as reads-wide, contract, session
	file         TEXT NOT NULL,    -- its name, without its folder
	sha256       TEXT NOT NULL,    -- of its bytes
	bytes        INTEGER NOT NULL,
	declarations TEXT NOT NULL,    -- as declared, "quantity=kwh side=primary",
	                               -- behind the header map, "map=ID
	                               -- map-sha256=DIGEST", if there was one
	received_utc INTEGER,          -- when it arrived, where that was said
	reason       TEXT,             -- of a correction (--correct)
	facts        INTEGER NOT NULL, -- rows in the file that stated a fact
	repeated     INTEGER NOT NULL, -- of these, known already, same content
	set_aside    INTEGER NOT NULL, -- rows put into quarantine
	set_aside_sha256 TEXT          -- digest of the quarantine file
) STRICT;
CREATE INDEX batch_sha256 ON batch (sha256);

-- A rule document, whole.
CREATE TABLE rule (
	entry  INTEGER PRIMARY KEY
		REFERENCES entry (entry) DEFERRABLE INITIALLY DEFERRED,
	line   INTEGER NOT NULL,
	kind   TEXT NOT NULL,          -- tariff
	rule   TEXT NOT NULL,          -- its id
	file   TEXT NOT NULL,
	sha256 TEXT NOT NULL,
	text   TEXT NOT NULL           -- the document
) STRICT;
CREATE INDEX rule_id ON rule (kind, rule, entry);

-- The registry ------------------------------------------------------------

-- A party (主体).  A natural person has no name here: the identity file does.
CREATE TABLE party (
	id INTEGER PRIMARY KEY,
	entry INTEGER NOT NULL, line INTEGER NOT NULL,
	party   TEXT NOT NULL,
	kind    TEXT NOT NULL, -- operator customer aggregator grid market owner person
	name_zh TEXT, name_en TEXT,
	from_utc INTEGER NOT NULL, to_utc INTEGER
) STRICT;
CREATE UNIQUE INDEX party_key ON party (party, from_utc, entry);

-- A metering point, connector, station or gate meter (计量点, 关口表).
CREATE TABLE point (
	id INTEGER PRIMARY KEY,
	entry INTEGER NOT NULL, line INTEGER NOT NULL,
	point    TEXT NOT NULL,
	kind     TEXT NOT NULL, -- metering connector station gate virtual
	class    TEXT,          -- private public bus fleet ...
	scenario TEXT,          -- V2G S2G V2B ...
	capacity_kw TEXT,       -- decimal
	district TEXT,
	name_zh TEXT, name_en TEXT,
	from_utc INTEGER NOT NULL, to_utc INTEGER
) STRICT;
CREATE UNIQUE INDEX point_key ON point (point, from_utc, entry);

-- The device at a point: multiplier (倍率 = PT ratio x CT ratio) and digits of
-- its registers ("6.2": rolls over at 1,000,000, two decimals).
CREATE TABLE meter (
	id INTEGER PRIMARY KEY,
	entry INTEGER NOT NULL, line INTEGER NOT NULL,
	point TEXT NOT NULL, meter TEXT NOT NULL,
	multiplier TEXT NOT NULL, digits TEXT NOT NULL,
	from_utc INTEGER NOT NULL, to_utc INTEGER
) STRICT;
CREATE UNIQUE INDEX meter_key ON meter (point, meter, from_utc, entry);

-- Points behind points.  sum: the parent has no meter, its energy is the sum of
-- such children.  deduct: the child's energy is inside the parent's and is
-- priced at the child, so the parent's is the residual.  check: no effect.
CREATE TABLE relation (
	id INTEGER PRIMARY KEY,
	entry INTEGER NOT NULL, line INTEGER NOT NULL,
	parent TEXT NOT NULL, child TEXT NOT NULL,
	role TEXT NOT NULL CHECK (role IN ('sum', 'deduct', 'check')),
	from_utc INTEGER NOT NULL, to_utc INTEGER
) STRICT;
CREATE UNIQUE INDEX relation_key
	ON relation (parent, child, role, from_utc, entry);
CREATE INDEX relation_child ON relation (child, parent, role, from_utc, entry);

-- Who owes whom for what at which point, by which tariff (合同).
CREATE TABLE contract (
	id INTEGER PRIMARY KEY,
	entry INTEGER NOT NULL, line INTEGER NOT NULL,
	contract TEXT NOT NULL,
	leg     TEXT NOT NULL, -- supply export service discharge-reward ...
	point   TEXT NOT NULL,
	payer   TEXT NOT NULL, -- a party, or @session: the party of the session
	payee   TEXT NOT NULL,
	account TEXT,          -- billing account (户号); the contract where empty
	tariff  TEXT NOT NULL, -- id of a tariff document, or programme (events)
	basis   TEXT NOT NULL
		CHECK (basis IN ('intervals', 'registers', 'sessions', 'events')),
	voltage TEXT, user_class TEXT, type TEXT, -- what price tables are looked up by
	options TEXT,          -- "name=value name=value"
	cycle   TEXT NOT NULL, -- billing cycle: month
	from_utc INTEGER NOT NULL, to_utc INTEGER
) STRICT;
CREATE UNIQUE INDEX contract_key ON contract (contract, leg, from_utc, entry);
CREATE INDEX contract_point
	ON contract (point, contract, leg, from_utc, entry);

CREATE TABLE member (
	id INTEGER PRIMARY KEY,
	entry INTEGER NOT NULL, line INTEGER NOT NULL,
	portfolio TEXT NOT NULL, member TEXT NOT NULL, -- a party; a point or party
	from_utc INTEGER NOT NULL, to_utc INTEGER
) STRICT;
CREATE UNIQUE INDEX member_key ON member (portfolio, member, from_utc, entry);

-- Names that other systems use (户号, 统一社会信用代码).
CREATE TABLE alias (
	id INTEGER PRIMARY KEY,
	entry INTEGER NOT NULL, line INTEGER NOT NULL,
	scheme TEXT NOT NULL, alias TEXT NOT NULL,
	kind TEXT NOT NULL CHECK (kind IN ('party', 'point', 'contract')),
	name TEXT NOT NULL,    -- the party, point or contract meant
	from_utc INTEGER NOT NULL, to_utc INTEGER
) STRICT;
CREATE UNIQUE INDEX alias_key ON alias (scheme, alias, from_utc, entry);
CREATE INDEX alias_name ON alias (name, scheme, alias, from_utc, entry);

-- The facts ---------------------------------------------------------------

-- Interval reads, a point's day and channel a row.  `vals` is a JSON array of
-- integers (value x 10^scale), null where the row says nothing; interval i
-- starts at start_utc + i * minutes * 60.  With quantity 'register' a value is
-- what the register shows at that instant.
CREATE TABLE read_day (
	id INTEGER PRIMARY KEY,
	entry INTEGER NOT NULL, line INTEGER NOT NULL,
	day INTEGER NOT NULL,
	channel TEXT NOT NULL, -- import export import-reactive export-reactive
	point TEXT NOT NULL,
	start_utc INTEGER NOT NULL,
	minutes INTEGER NOT NULL,
	quantity TEXT NOT NULL CHECK (quantity IN ('kwh', 'kw', 'register')),
	side TEXT NOT NULL CHECK (side IN ('primary', 'secondary')),
	scale INTEGER NOT NULL,
	vals TEXT NOT NULL,
	quality TEXT NOT NULL, -- one letter for all, or one each: M E W, . for null
	method TEXT            -- of estimated values
) STRICT;
CREATE UNIQUE INDEX read_day_key ON read_day (day, channel, point, entry);

-- What a register shows (示数): in total (band NULL) or of one band.
CREATE TABLE register_read (
	id INTEGER PRIMARY KEY,
	entry INTEGER NOT NULL, line INTEGER NOT NULL,
	point TEXT NOT NULL, meter TEXT NOT NULL, time_utc INTEGER NOT NULL,
	channel TEXT NOT NULL, band TEXT,
	value TEXT,            -- decimal; NULL where withdrawn
	quality TEXT NOT NULL  -- measured estimated withdrawn
) STRICT;
CREATE UNIQUE INDEX register_read_key ON register_read
	(point, channel, ifnull(band, ''), time_utc, meter, entry);

-- A charging or discharging session (充放电订单).
CREATE TABLE session (
	id INTEGER PRIMARY KEY,
	entry INTEGER NOT NULL, line INTEGER NOT NULL,
	session TEXT NOT NULL, point TEXT NOT NULL,
	vehicle TEXT, party TEXT,
	start_utc INTEGER NOT NULL, end_utc INTEGER NOT NULL,
	import_kwh TEXT, export_kwh TEXT
) STRICT;
CREATE UNIQUE INDEX session_key ON session (session, entry);
CREATE INDEX session_point ON session (point, end_utc, session, entry);

-- The energy of a session by band, or by stretches of time.
CREATE TABLE session_band (
	id INTEGER PRIMARY KEY,
	entry INTEGER NOT NULL, line INTEGER NOT NULL,
	session TEXT NOT NULL, channel TEXT NOT NULL, band TEXT NOT NULL,
	kwh TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX session_band_key
	ON session_band (session, channel, band, entry);

CREATE TABLE session_interval (
	id INTEGER PRIMARY KEY,
	entry INTEGER NOT NULL, line INTEGER NOT NULL,
	session TEXT NOT NULL, channel TEXT NOT NULL,
	start_utc INTEGER NOT NULL, end_utc INTEGER NOT NULL,
	kwh TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX session_interval_key
	ON session_interval (session, channel, start_utc, entry);

-- Quantities of a session by periods that a charging platform names; a period
-- ends where the session's next one starts.  dimension: energy, time ...
CREATE TABLE session_period (
	id INTEGER PRIMARY KEY,
	entry INTEGER NOT NULL, line INTEGER NOT NULL,
	session TEXT NOT NULL, start_utc INTEGER NOT NULL,
	dimension TEXT NOT NULL,
	volume TEXT NOT NULL   -- kWh, hours, A or kW; energy below 0: fed in
) STRICT;
CREATE UNIQUE INDEX session_period_key
	ON session_period (session, start_utc, dimension, entry);

-- What the sender of a session says that it comes to; never what is settled.
CREATE TABLE session_claim (
	id INTEGER PRIMARY KEY,
	entry INTEGER NOT NULL, line INTEGER NOT NULL,
	session TEXT NOT NULL,
	item TEXT NOT NULL,    -- total flat energy time ...
	volume TEXT,           -- kWh or hours
	excl TEXT, incl TEXT   -- money, without and with tax
) STRICT;
CREATE UNIQUE INDEX session_claim_key ON session_claim (session, item, entry);

-- A session that its sender has taken back whole, by a document of this name.
CREATE TABLE session_credit (
	id INTEGER PRIMARY KEY,
	entry INTEGER NOT NULL, line INTEGER NOT NULL,
	session TEXT NOT NULL,
	credit TEXT NOT NULL   -- the credit document's id
) STRICT;
CREATE UNIQUE INDEX session_credit_key ON session_credit (session, entry);

-- Monthly price tables (代理购电价格表).  item: a band or a component.
CREATE TABLE price (
	id INTEGER PRIMARY KEY,
	entry INTEGER NOT NULL, line INTEGER NOT NULL,
	price_table TEXT NOT NULL,
	month INTEGER NOT NULL,
	user_class TEXT, type TEXT, voltage TEXT, -- NULL: for any
	item TEXT NOT NULL,
	price TEXT NOT NULL,
	unit TEXT NOT NULL CHECK (unit IN ('kwh', 'mwh', 'kw', 'kva', 'each')),
	tax TEXT NOT NULL CHECK (tax IN ('included', 'excluded'))
) STRICT;
CREATE UNIQUE INDEX price_key ON price (price_table, month,
	ifnull(user_class, ''), ifnull(type, ''), ifnull(voltage, ''), item, entry);

-- Price series: a price that holds from start to end.
CREATE TABLE series (
	id INTEGER PRIMARY KEY,
	entry INTEGER NOT NULL, line INTEGER NOT NULL,
	series TEXT NOT NULL,
	start_utc INTEGER NOT NULL, end_utc INTEGER NOT NULL,
	price TEXT NOT NULL,
	unit TEXT NOT NULL CHECK (unit IN ('kwh', 'mwh', 'each'))
) STRICT;
CREATE UNIQUE INDEX series_key ON series (series, start_utc, entry);

-- Days that are not what their weekday says.
CREATE TABLE calendar (
	id INTEGER PRIMARY KEY,
	entry INTEGER NOT NULL, line INTEGER NOT NULL,
	calendar TEXT NOT NULL, day INTEGER NOT NULL,
	kind TEXT NOT NULL CHECK (kind IN ('holiday', 'rest', 'workday')),
	name TEXT              -- stable code of the holiday, spring-festival
) STRICT;
CREATE UNIQUE INDEX calendar_key ON calendar (calendar, day, entry);

-- Daily conditions, such as the maximum temperature of a station.
CREATE TABLE condition (
	id INTEGER PRIMARY KEY,
	entry INTEGER NOT NULL, line INTEGER NOT NULL,
	station TEXT NOT NULL, quantity TEXT NOT NULL, day INTEGER NOT NULL,
	value TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX condition_key ON condition (station, quantity, day, entry);

-- What an estimate was made from: the values of a point's channel from start to
-- end are estimated, by the first method of an estimation document that applied.
CREATE TABLE estimate (
	id INTEGER PRIMARY KEY,
	entry INTEGER NOT NULL, line INTEGER NOT NULL,
	point TEXT NOT NULL,
	channel TEXT NOT NULL,
	start_utc INTEGER NOT NULL, end_utc INTEGER NOT NULL,
	method TEXT NOT NULL,  -- equal-ends, mean-of-neighbours ...
	document TEXT NOT NULL, -- id of the estimation document
	inputs TEXT NOT NULL   -- the values and days it was made from, in words
) STRICT;
CREATE UNIQUE INDEX estimate_key
	ON estimate (point, channel, start_utc, method, entry);

-- What a check found wrong.  A later row of the key says how it stands since.
CREATE TABLE finding (
	id INTEGER PRIMARY KEY,
	entry INTEGER NOT NULL, line INTEGER NOT NULL,
	finding TEXT NOT NULL, -- above-capacity, zero-days, session-overlap ...
	point TEXT NOT NULL,
	channel TEXT, session TEXT, -- NULL where it is of no one
	start_utc INTEGER NOT NULL, end_utc INTEGER NOT NULL,
	value TEXT, bound TEXT, -- what was found, and what the document allows
	hold TEXT NOT NULL CHECK (hold IN ('yes', 'no')),
	state TEXT NOT NULL CHECK (state IN ('open', 'closed')),
	detail TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX finding_key ON finding (point, finding,
	ifnull(channel, ''), ifnull(session, ''), start_utc, entry);

-- Somebody looked at a finding and lets it stand, with the value that it had:
-- with another value it is open again.
CREATE TABLE finding_cleared (
	id INTEGER PRIMARY KEY,
	entry INTEGER NOT NULL, line INTEGER NOT NULL,
	finding TEXT NOT NULL, point TEXT NOT NULL,
	channel TEXT, session TEXT, start_utc INTEGER NOT NULL, value TEXT,
	cleared TEXT NOT NULL CHECK (cleared IN ('yes', 'no')),
	who TEXT NOT NULL, why TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX finding_cleared_key ON finding_cleared (point, finding,
	ifnull(channel, ''), ifnull(session, ''), start_utc,
	ifnull(value, ''), entry);

-- Markets and events -------------------------------------------------------

-- An offer of a stretch of an auction: to sell or buy up to quantity at price
-- or better (NULL: at any).  Rows of one block are accepted together.
CREATE TABLE bid (
	id INTEGER PRIMARY KEY,
	entry INTEGER NOT NULL, line INTEGER NOT NULL,
	auction TEXT NOT NULL,
	start_utc INTEGER NOT NULL,
	bid TEXT NOT NULL,
	end_utc INTEGER NOT NULL,
	party TEXT,            -- who offers, by the market's name
	side TEXT NOT NULL CHECK (side IN ('sell', 'buy')),
	price TEXT, quantity TEXT NOT NULL,
	submitted_utc INTEGER,
	minimum TEXT,          -- least quantity that is accepted, if any is
	block TEXT,
	performance TEXT, class TEXT
) STRICT;
CREATE UNIQUE INDEX bid_key ON bid (auction, start_utc, bid, entry);

-- Demand at any price; supply at any price where below zero.  Those of one
-- stretch are summed.
CREATE TABLE need (
	id INTEGER PRIMARY KEY,
	entry INTEGER NOT NULL, line INTEGER NOT NULL,
	auction TEXT NOT NULL,
	start_utc INTEGER NOT NULL,
	need TEXT NOT NULL,
	end_utc INTEGER NOT NULL,
	quantity TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX need_key ON need (auction, start_utc, need, entry);

-- What a trading centre says that it cleared.
CREATE TABLE published_price (
	id INTEGER PRIMARY KEY,
	entry INTEGER NOT NULL, line INTEGER NOT NULL,
	auction TEXT NOT NULL,
	start_utc INTEGER NOT NULL, end_utc INTEGER NOT NULL,
	price TEXT,            -- NULL: there was none
	volume TEXT
) STRICT;
CREATE UNIQUE INDEX published_price_key
	ON published_price (auction, start_utc, entry);

CREATE TABLE published_award (
	id INTEGER PRIMARY KEY,
	entry INTEGER NOT NULL, line INTEGER NOT NULL,
	auction TEXT NOT NULL,
	start_utc INTEGER NOT NULL,
	bid TEXT NOT NULL,
	quantity TEXT NOT NULL, price TEXT
) STRICT;
CREATE UNIQUE INDEX published_award_key
	ON published_award (auction, start_utc, bid, entry);

-- An event (响应事件, 邀约).  Of its modifications the highest holds.
CREATE TABLE event (
	id INTEGER PRIMARY KEY,
	entry INTEGER NOT NULL, line INTEGER NOT NULL,
	event TEXT NOT NULL,
	modification INTEGER NOT NULL, -- 0, 1, ...
	programme TEXT,        -- id of a programme document
	context TEXT,          -- whose programme: as its sender calls it
	auction TEXT,          -- whose awards and prices it is settled with
	start_utc INTEGER NOT NULL, end_utc INTEGER NOT NULL,
	notified_utc INTEGER,  -- when it was told
	status TEXT NOT NULL CHECK (status IN ('called', 'cancelled')),
	test TEXT NOT NULL CHECK (test IN ('yes', 'no'))
) STRICT;
CREATE UNIQUE INDEX event_key ON event (event, modification, entry);
CREATE INDEX event_start ON event (start_utc, event, modification, entry);

-- Whom a modification of an event is for; none: every contract of the
-- programme.
CREATE TABLE event_target (
	id INTEGER PRIMARY KEY,
	entry INTEGER NOT NULL, line INTEGER NOT NULL,
	event TEXT NOT NULL, modification INTEGER NOT NULL,
	kind TEXT NOT NULL CHECK (kind IN ('point', 'party', 'portfolio')),
	target TEXT NOT NULL   -- the point or party meant
) STRICT;
CREATE UNIQUE INDEX event_target_key
	ON event_target (event, modification, kind, target, entry);

-- What it asks for, stretch by stretch.
CREATE TABLE event_signal (
	id INTEGER PRIMARY KEY,
	entry INTEGER NOT NULL, line INTEGER NOT NULL,
	event TEXT NOT NULL, modification INTEGER NOT NULL,
	signal TEXT NOT NULL,
	start_utc INTEGER NOT NULL, end_utc INTEGER NOT NULL,
	type TEXT,             -- level, price, setpoint ...
	value TEXT NOT NULL, unit TEXT
) STRICT;
CREATE UNIQUE INDEX event_signal_key
	ON event_signal (event, modification, signal, start_utc, entry);

-- What a contract was taken for in an event (中标).
CREATE TABLE award (
	id INTEGER PRIMARY KEY,
	entry INTEGER NOT NULL, line INTEGER NOT NULL,
	event TEXT NOT NULL, contract TEXT NOT NULL,
	start_utc INTEGER NOT NULL,
	award TEXT NOT NULL,
	end_utc INTEGER NOT NULL,
	kw TEXT NOT NULL,
	price TEXT
) STRICT;
CREATE UNIQUE INDEX award_key
	ON award (event, contract, award, start_utc, entry);

-- Baselines that are given, not computed from reads.
CREATE TABLE baseline (
	id INTEGER PRIMARY KEY,
	entry INTEGER NOT NULL, line INTEGER NOT NULL,
	baseline TEXT NOT NULL, point TEXT NOT NULL,
	start_utc INTEGER NOT NULL, end_utc INTEGER NOT NULL,
	kw TEXT NOT NULL       -- import less export
) STRICT;
CREATE UNIQUE INDEX baseline_key
	ON baseline (point, baseline, start_utc, entry);

-- Runs --------------------------------------------------------------------
--
-- A run or posting may have millions of rows, so these need no index: the id of
-- a row of a run, or of a transfer, is its entry times 2^32 plus its line.  The
-- rows of entry N are those with id BETWEEN N << 32 AND (N << 32) + 4294967295.
-- They have no CHECK, because SQLite cannot copy a table that has one beside
-- generated columns (VACUUM INTO) while the ledger is open for reading only.

CREATE TABLE run (
	entry INTEGER PRIMARY KEY
		REFERENCES entry (entry) DEFERRABLE INITIALLY DEFERRED,
	line INTEGER NOT NULL,
	tool TEXT NOT NULL,    -- qf-rate qf-clear qf-settle qf-share
	kind TEXT NOT NULL
		CHECK (kind IN ('trial', 'draft', 'final', 'correction')),
	asof INTEGER NOT NULL, -- the last entry it saw
	from_utc INTEGER NOT NULL, to_utc INTEGER NOT NULL, -- period
	first_month INTEGER NOT NULL, last_month INTEGER NOT NULL,
	scope TEXT NOT NULL,   -- '' is everything; else "contract=C leg=L" ...
	arithmetic INTEGER NOT NULL, -- version of the arithmetic
	lines INTEGER NOT NULL, holds INTEGER NOT NULL,
	line_root TEXT NOT NULL -- root over its rows in the tables below
) STRICT;

-- What is owed, before it is posted.  Amounts are positive where the payer owes
-- the payee.  exact is the amount before rounding; the line's rounding rule
-- gave the *_minor.
CREATE TABLE run_line (
	id INTEGER PRIMARY KEY,
	entry INTEGER GENERATED ALWAYS AS (id >> 32) VIRTUAL,
	line INTEGER GENERATED ALWAYS AS (id & 4294967295) VIRTUAL,
	contract TEXT NOT NULL, leg TEXT NOT NULL, point TEXT NOT NULL,
	payer TEXT NOT NULL, payee TEXT NOT NULL, account TEXT NOT NULL,
	from_utc INTEGER NOT NULL, to_utc INTEGER NOT NULL, -- what the line covers
	month INTEGER NOT NULL, -- delivery month
	subject TEXT NOT NULL, component TEXT NOT NULL,
	band TEXT, channel TEXT,
	session TEXT,          -- or event
	tariff INTEGER NOT NULL, -- entry of the tariff document
	quantity TEXT NOT NULL,
	unit TEXT NOT NULL, -- kwh, kw, kva, day, month, each, amount
	price TEXT,            -- NULL where it varies inside the line
	exact TEXT,            -- NULL where no price stands and the tariff allows it
	net_minor INTEGER, tax_rate TEXT, tax_minor INTEGER, gross_minor INTEGER,
	counts_energy INTEGER NOT NULL -- 1: its kWh count in the energy balance
) STRICT;

-- What could not be settled, and why: a contract's leg whole, or of a contract
-- on sessions one session, on events one event (session NULL: the whole).
CREATE TABLE run_hold (
	id INTEGER PRIMARY KEY,
	entry INTEGER GENERATED ALWAYS AS (id >> 32) VIRTUAL,
	line INTEGER GENERATED ALWAYS AS (id & 4294967295) VIRTUAL,
	contract TEXT NOT NULL, leg TEXT NOT NULL, point TEXT NOT NULL,
	session TEXT,
	from_utc INTEGER NOT NULL, to_utc INTEGER NOT NULL,
	reason TEXT NOT NULL,  -- stable code: no-tariff no-price missing-read ...
	detail TEXT NOT NULL   -- for a person: which month, which interval
) STRICT;

-- The energy balance of a run: per contract, leg, point and channel,
-- metered = rated + held + residual, where residual is priced elsewhere
-- (deducted children), set off against the other channel, or carried to the
-- next period.
CREATE TABLE run_energy (
	id INTEGER PRIMARY KEY,
	entry INTEGER GENERATED ALWAYS AS (id >> 32) VIRTUAL,
	line INTEGER GENERATED ALWAYS AS (id & 4294967295) VIRTUAL,
	contract TEXT NOT NULL, leg TEXT NOT NULL, point TEXT NOT NULL,
	channel TEXT NOT NULL,
	metered_kwh TEXT NOT NULL, rated_kwh TEXT NOT NULL,
	held_kwh TEXT NOT NULL, residual_kwh TEXT NOT NULL
) STRICT;

-- What a clearing (出清) found, of a run of qf-clear: what came of each bid in
-- each stretch of the auction ...
CREATE TABLE run_award (
	id INTEGER PRIMARY KEY,
	entry INTEGER GENERATED ALWAYS AS (id >> 32) VIRTUAL,
	line INTEGER GENERATED ALWAYS AS (id & 4294967295) VIRTUAL,
	auction TEXT NOT NULL,
	start_utc INTEGER NOT NULL, end_utc INTEGER NOT NULL,
	bid TEXT NOT NULL, party TEXT,
	side TEXT NOT NULL,    -- sell, buy
	block TEXT,
	offered TEXT NOT NULL, awarded TEXT NOT NULL, -- quantities
	bid_price TEXT,        -- NULL: at any price
	price TEXT,            -- of a unit awarded; NULL where there is none, or
	                       -- its trades differ (run_trade)
	state TEXT NOT NULL,   -- whole, part, none, refused, paradoxical
	reason TEXT            -- of refused
) STRICT;

-- ... the price of each stretch, and between what bounds it clears ...
CREATE TABLE run_price (
	id INTEGER PRIMARY KEY,
	entry INTEGER GENERATED ALWAYS AS (id >> 32) VIRTUAL,
	line INTEGER GENERATED ALWAYS AS (id & 4294967295) VIRTUAL,
	auction TEXT NOT NULL,
	start_utc INTEGER NOT NULL, end_utc INTEGER NOT NULL,
	rule TEXT NOT NULL,    -- by which the price was chosen
	price TEXT,            -- NULL: none
	low TEXT, high TEXT,   -- NULL: no bound, or nothing clears
	volume TEXT NOT NULL,
	unserved TEXT NOT NULL, -- fixed demand that nobody served
	state TEXT NOT NULL    -- cleared, no-cross, shortage
) STRICT;

-- ... and where bids are matched in pairs, the pairs in their order.
CREATE TABLE run_trade (
	id INTEGER PRIMARY KEY,
	entry INTEGER GENERATED ALWAYS AS (id >> 32) VIRTUAL,
	line INTEGER GENERATED ALWAYS AS (id & 4294967295) VIRTUAL,
	auction TEXT NOT NULL,
	start_utc INTEGER NOT NULL,
	buy TEXT, sell TEXT,   -- bids; NULL: the need
	quantity TEXT NOT NULL,
	price TEXT             -- NULL: both at any price
) STRICT;

-- What a run of qf-settle made of an event, step by step: of a contract as a
-- whole, and of each of its points.  kWh are net (import less export); a
-- response is above zero in the direction that the programme asks for.
CREATE TABLE run_response (
	id INTEGER PRIMARY KEY,
	entry INTEGER GENERATED ALWAYS AS (id >> 32) VIRTUAL,
	line INTEGER GENERATED ALWAYS AS (id & 4294967295) VIRTUAL,
	contract TEXT NOT NULL, leg TEXT NOT NULL, event TEXT NOT NULL,
	role TEXT NOT NULL,    -- contract: the whole; resource: a point of it
	point TEXT NOT NULL,
	start_utc INTEGER NOT NULL, end_utc INTEGER NOT NULL,
	baseline_kwh TEXT, actual_kwh TEXT, response_kwh TEXT,
	-- of the whole alone:
	award TEXT, award_kwh TEXT, -- NULL: there is none
	elsewhere_kwh TEXT,    -- of the response, what is paid elsewhere already
	effective_kwh TEXT,    -- what counts for pay
	deficiency_kwh TEXT,   -- what penalties and deviation are on
	price TEXT,            -- of a kWh or kW, as the programme says
	pay TEXT, charge TEXT  -- exact: earned, and charged (not below zero)
) STRICT;

-- The days that a baseline looked at.
CREATE TABLE run_baseline (
	id INTEGER PRIMARY KEY,
	entry INTEGER GENERATED ALWAYS AS (id >> 32) VIRTUAL,
	line INTEGER GENERATED ALWAYS AS (id & 4294967295) VIRTUAL,
	contract TEXT NOT NULL, leg TEXT NOT NULL, event TEXT NOT NULL,
	point TEXT NOT NULL,
	day INTEGER NOT NULL,
	used TEXT NOT NULL,    -- yes, no
	reason TEXT NOT NULL,  -- chosen, event-day, other-type, missing-reads ...
	kwh TEXT               -- in the hours of the event; NULL: not known
) STRICT;

-- Postings ----------------------------------------------------------------

CREATE TABLE posting (
	entry INTEGER PRIMARY KEY
		REFERENCES entry (entry) DEFERRABLE INITIALLY DEFERRED,
	line INTEGER NOT NULL,
	run INTEGER NOT NULL UNIQUE REFERENCES run (entry),
	booking_month INTEGER NOT NULL,
	transfers INTEGER NOT NULL
) STRICT;

-- One transfer: the change of what is owed under one key.  debit owes credit
-- amount_minor more than before.  The totals are what stands after it.
CREATE TABLE transfer (
	id INTEGER PRIMARY KEY,
	entry INTEGER GENERATED ALWAYS AS (id >> 32) VIRTUAL,
	line INTEGER GENERATED ALWAYS AS (id & 4294967295) VIRTUAL,
	leg TEXT NOT NULL, contract TEXT NOT NULL,
	payer TEXT NOT NULL, payee TEXT NOT NULL, account TEXT NOT NULL,
	subject TEXT NOT NULL, component TEXT NOT NULL,
	band TEXT NOT NULL, channel TEXT NOT NULL, -- '' where there is none
	month INTEGER NOT NULL,          -- delivery month
	booking_month INTEGER NOT NULL,
	version INTEGER NOT NULL,        -- 1, 2, ... of this key
	reason TEXT NOT NULL,            -- new, change, gone
	unit TEXT NOT NULL,
	counts_energy INTEGER NOT NULL,  -- 1: its kWh count in the energy balance
	price TEXT,                      -- where one price held for the whole key
	quantity TEXT NOT NULL,          -- change of the quantity, signed
	net_minor INTEGER NOT NULL,      -- change, signed
	tax_minor INTEGER NOT NULL,
	gross_minor INTEGER NOT NULL,
	total_quantity TEXT NOT NULL,    -- what stands
	total_net_minor INTEGER NOT NULL,
	total_tax_minor INTEGER NOT NULL,
	total_gross_minor INTEGER NOT NULL,
	debit TEXT NOT NULL, credit TEXT NOT NULL,
	amount_minor INTEGER NOT NULL -- abs(gross_minor)
) STRICT;

-- The public views --------------------------------------------------------

-- Every interval value, one a row, as stored (entry tells the batch).
CREATE VIEW v_read AS
SELECT r.entry, r.line, r.point, r.channel,
	date(r.day * 86400, 'unixepoch') AS day,
	r.start_utc + v.key * r.minutes * 60 AS start_utc, r.minutes,
	r.quantity, r.side, v.value AS value_scaled, r.scale,
	CASE length(r.quality) WHEN 1 THEN r.quality
	ELSE substr(r.quality, v.key + 1, 1) END AS quality, r.method
FROM read_day r, json_each(r.vals) v WHERE v.type <> 'null';

CREATE VIEW v_line AS
SELECT 'run:' || entry || '/' || line AS handle, * FROM run_line;

CREATE VIEW v_posting AS
SELECT 'posting:' || entry || '/' || line AS handle, * FROM transfer;

-- What an auction gave each bid, its prices and its trades; run names the run.
CREATE VIEW v_award AS
SELECT 'run:' || entry AS run, * FROM run_award;

CREATE VIEW v_price AS
SELECT 'run:' || entry AS run, * FROM run_price;

CREATE VIEW v_trade AS
SELECT 'run:' || entry AS run, * FROM run_trade;

-- What events came to, and the days of their baselines.
CREATE VIEW v_response AS
SELECT 'run:' || entry AS run, * FROM run_response;

CREATE VIEW v_baseline AS
SELECT 'run:' || entry AS run, date(day * 86400, 'unixepoch') AS date, *
FROM run_baseline;

-- What each party owes (positive) or is owed, over all postings.
CREATE VIEW v_balance AS
SELECT party, sum(amount) AS balance_minor FROM (
	SELECT debit AS party, amount_minor AS amount FROM transfer
	UNION ALL SELECT credit, -amount_minor FROM transfer)
GROUP BY party;
