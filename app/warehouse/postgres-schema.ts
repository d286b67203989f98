import { TABLES, type TableName } from '../contract/warehouse.ts';
import { bigQuerySchema, type SchemaField } from '../contract/warehouse-schema.ts';
import { viewQuery } from '../contract/warehouse-views/warehouse-views.ts';
import { toPostgres } from './to-postgres.ts';

/** The dataset's name, here a schema. Queries need not name it. */
const DATASET = 'customerio_events';

const TYPES: Readonly<Record<SchemaField['type'], string>> = {
  STRING: 'text',
  INTEGER: 'bigint',
  BOOLEAN: 'boolean',
  TIMESTAMP: 'timestamptz',
};

/** BigQuery's functions and types that PostgreSQL lacks and that need no other syntax. */
const WORDS = `
CREATE DOMAIN string AS text;
CREATE DOMAIN int64 AS bigint;
CREATE DOMAIN float64 AS float8;
CREATE FUNCTION "if"(boolean, anycompatible, anycompatible) RETURNS anycompatible IMMUTABLE LANGUAGE sql
  AS 'SELECT CASE WHEN $1 THEN $2 ELSE $3 END';
CREATE FUNCTION ifnull(anycompatible, anycompatible) RETURNS anycompatible IMMUTABLE LANGUAGE sql
  AS 'SELECT COALESCE($1, $2)';
CREATE FUNCTION safe_divide(float8, float8) RETURNS float8 IMMUTABLE LANGUAGE sql AS 'SELECT $1 / NULLIF($2, 0)';
CREATE FUNCTION as_timestamp(text) RETURNS timestamptz STABLE LANGUAGE sql AS 'SELECT $1::timestamptz';
CREATE FUNCTION as_timestamp(date) RETURNS timestamptz STABLE LANGUAGE sql AS 'SELECT $1::timestamptz';
CREATE FUNCTION timestamp_add(timestamptz, interval) RETURNS timestamptz STABLE LANGUAGE sql AS 'SELECT $1 + $2';
CREATE FUNCTION timestamp_sub(timestamptz, interval) RETURNS timestamptz STABLE LANGUAGE sql AS 'SELECT $1 - $2';
CREATE FUNCTION date_add(date, interval) RETURNS date IMMUTABLE LANGUAGE sql AS 'SELECT ($1 + $2)::date';
CREATE FUNCTION date_sub(date, interval) RETURNS date IMMUTABLE LANGUAGE sql AS 'SELECT ($1 - $2)::date';
CREATE FUNCTION date_diff(date, date, text) RETURNS bigint IMMUTABLE LANGUAGE sql
  AS 'SELECT (CASE upper($3) WHEN ''DAY'' THEN $1 - $2 END)::bigint';
CREATE FUNCTION timestamp_trunc(timestamptz, text) RETURNS timestamptz STABLE LANGUAGE sql
  AS 'SELECT date_trunc($2, $1)';
CREATE FUNCTION timestamp_diff(timestamptz, timestamptz, text) RETURNS bigint IMMUTABLE LANGUAGE sql
  AS 'SELECT trunc(extract(epoch FROM $1 - $2) / extract(epoch FROM (''1 '' || $3)::interval))::bigint';
CREATE FUNCTION regexp_contains(text, text) RETURNS boolean IMMUTABLE LANGUAGE sql AS 'SELECT $1 ~ $2';
CREATE FUNCTION regexp_extract(text, text) RETURNS text IMMUTABLE LANGUAGE sql AS 'SELECT substring($1 FROM $2)';
CREATE FUNCTION regexp_extract_all(text, text) RETURNS text[] IMMUTABLE LANGUAGE sql
  AS 'SELECT ARRAY(SELECT found[1] FROM regexp_matches($1, $2, ''g'') AS found)';
CREATE FUNCTION replace_all(text, text, text) RETURNS text IMMUTABLE LANGUAGE sql
  AS 'SELECT regexp_replace($1, $2, $3, ''g'')';
CREATE FUNCTION array_length(anyarray) RETURNS bigint IMMUTABLE LANGUAGE sql AS 'SELECT cardinality($1)::bigint';
CREATE FUNCTION countif_step(bigint, boolean) RETURNS bigint IMMUTABLE LANGUAGE sql
  AS 'SELECT $1 + CASE WHEN $2 THEN 1 ELSE 0 END';
CREATE AGGREGATE countif(boolean) (sfunc = countif_step, stype = bigint, initcond = '0');
CREATE TYPE text_at AS (text text, at timestamptz);
CREATE FUNCTION max_by_step(text_at, text, timestamptz) RETURNS text_at IMMUTABLE LANGUAGE sql
  AS 'SELECT CASE WHEN $3 IS NOT NULL AND ($1.at IS NULL OR $3 > $1.at) THEN ROW($2, $3)::text_at ELSE $1 END';
CREATE FUNCTION max_by_end(text_at) RETURNS text IMMUTABLE LANGUAGE sql AS 'SELECT $1.text';
CREATE AGGREGATE max_by(text, timestamptz) (sfunc = max_by_step, stype = text_at, finalfunc = max_by_end);
`;

const columnOf = ({ name, type, mode }: SchemaField): string =>
  `"${name}" ${TYPES[type]}${mode === 'REPEATED' ? '[]' : ''}${mode === 'REQUIRED' ? ' NOT NULL' : ''}`;

const tableOf = (table: TableName): string =>
  `CREATE TABLE ${table} (${bigQuerySchema(table).map(columnOf).join(', ')});`;

/**
 * The statements that make an empty database the warehouse: tables of the contract's columns and the views, under the names
 * that they have in BigQuery.
 *
 * @param views the text of each view's file by its name
 */
export const postgresSchema = (views: Readonly<Record<string, string>>): string =>
  [
    "SET TimeZone = 'UTC';",
    `CREATE SCHEMA ${DATASET};`,
    `SET search_path = ${DATASET}, public;`,
    WORDS,
    ...(Object.keys(TABLES) as TableName[]).map(tableOf),
    ...Object.entries(views).map(
      ([name, text]) => `CREATE VIEW ${name} AS ${toPostgres(viewQuery(text, DATASET))};`,
    ),
  ].join('\n');
