// duckdb.mjs - the same priced lines by DuckDB, as well as it can be done:
// typed columns, no unpivot, the lines in a table, the same columns as CSV.
const { DuckDBInstance } = (await import(
  process.env.QF_BENCH_PACKAGE + "/lib/index.js")).default ??
  await import(process.env.QF_BENCH_PACKAGE + "/lib/index.js");

const bands = {
  valley: [[0, 32], "0.379188"],
  flat: [[32, 44, 68, 80, 88, 96], "0.762307"],
  peak: [[44, 68, 80, 88], "1.133067"],
};
const columns = Array.from({ length: 96 },
  (_, i) => `'v${i + 1}': 'DECIMAL(9,3)'`).join(", ");
const sums = Object.entries(bands).map(([band, [edges]]) => {
  const terms = [];
  for (let e = 0; e < edges.length; e += 2) {
    for (let i = edges[e]; i < edges[e + 1]; i++) terms.push(`v${i + 1}`);
  }
  return `${terms.join(" + ")} AS ${band}`;
}).join(", ");
const lines = Object.entries(bands).map(([band, [, price]]) =>
  `SELECT point, day, '${band}' AS band, ${band} AS kwh, ` +
  `${price}::DECIMAL(9,6) AS price, ` +
  `round(${band} * ${price}::DECIMAL(9,6), 2) AS amount FROM sums`)
  .join(" UNION ALL ");

const instance = await DuckDBInstance.create(process.env.QF_BENCH_TABLE);
const connection = await instance.connect();
await connection.run(`CREATE TABLE lines AS
  WITH sums AS (SELECT point, day, ${sums} FROM read_csv(
    '${process.env.QF_BENCH_SOURCE}', skip = 2, header = false,
    columns = {'point': 'VARCHAR', 'channel': 'VARCHAR', 'day': 'DATE',
      ${columns}}))
  ${lines}`);
await connection.run(`COPY (SELECT * FROM lines ORDER BY point, day, band)
  TO '${process.env.QF_BENCH_OUT}' (HEADER)`);
connection.closeSync();
