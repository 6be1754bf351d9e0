import { hashOf, literal, type Tables } from './tables.ts'

/**
 * One script for each format of the tables, which leads there from the one before. What has been released is never changed: a later format is
 * one more script.
 */
const scripts: readonly ((tables: Tables, firstId: number) => string)[] = [createTables]

/** The format that this code reads and writes. */
export const knownFormat: number = scripts.length

/** The scripts that lead from a format to {@link knownFormat}; from 0 where there is nothing. */
export function scriptsAfter(format: number, tables: Tables, firstId: number): readonly string[] {
  return scripts.slice(format).map((script) => script(tables, firstId))
}

/** Indexes hold at most 2,700 bytes of a key, and a subject may have more: they hold its SHA-256. */
function hashColumn(column: string): string {
  return `bytea NOT NULL GENERATED ALWAYS AS (${hashOf(column)}) STORED`
}

function createTables({ registry, journal, schemas, versions, schema, skipIds }: Tables, firstId: number): string {
  return `
CREATE TABLE ${registry} (
  only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  format integer NOT NULL,
  first_id bigint NOT NULL CHECK (first_id BETWEEN 0 AND 4294967295),
  created_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE ${registry} IS 'kafka-evolve: the format of these tables. Whoever writes locks this row.';
INSERT INTO ${registry} (format, first_id) VALUES (1, ${firstId});

CREATE TABLE ${schemas} (
  context text NOT NULL,
  context_hash ${hashColumn('context')},
  id bigint NOT NULL CHECK (id BETWEEN 0 AND 4294967295),
  hash bytea NOT NULL CHECK (octet_length(hash) = 32),
  body json,
  PRIMARY KEY (context_hash, id),
  UNIQUE (context_hash, id, hash)
);
COMMENT ON TABLE ${schemas} IS 'kafka-evolve: the schema of each ID; an ID never means another. Without a body it was deleted for good.';

CREATE TABLE ${versions} (
  subject text NOT NULL,
  subject_hash ${hashColumn('subject')},
  version integer NOT NULL CHECK (version > 0),
  context text NOT NULL,
  context_hash ${hashColumn('context')},
  schema_id bigint NOT NULL,
  deleted boolean NOT NULL DEFAULT false,
  PRIMARY KEY (subject_hash, version),
  FOREIGN KEY (context_hash, schema_id) REFERENCES ${schemas} (context_hash, id)
);
CREATE INDEX ON ${versions} (context_hash, schema_id);
COMMENT ON TABLE ${versions} IS 'kafka-evolve: the versions of each subject.';

CREATE TABLE ${journal} (
  seq bigint PRIMARY KEY CHECK (seq > 0),
  type text NOT NULL,
  context text,
  context_hash bytea GENERATED ALWAYS AS (${hashOf('context')}) STORED,
  subject text,
  version integer,
  schema_id bigint,
  schema_hash bytea,
  record json NOT NULL,
  chain bytea NOT NULL CHECK (octet_length(chain) = 32),
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  FOREIGN KEY (context_hash, schema_id, schema_hash) REFERENCES ${schemas} (context_hash, id, hash)
);
COMMENT ON TABLE ${journal} IS 'kafka-evolve: every change in its order. Nodes replay it; rows are only ever added.';

CREATE FUNCTION ${schema}.refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'rows of the journal are never changed' USING HINT = 'kafka-evolve replays it, and finds an altered row.';
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ${journal}
  FOR EACH STATEMENT EXECUTE FUNCTION ${schema}.refuse();

CREATE FUNCTION ${skipIds}(up_to bigint, in_context text DEFAULT '.') RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  last_seq bigint := 0;
  last_chain bytea := '';
  entry text := json_build_object('type', 'reserve', 'context', in_context, 'id', up_to);
BEGIN
  IF up_to IS NULL OR up_to < 0 OR up_to > 4294967295 THEN
    RAISE EXCEPTION 'not a schema ID: %', up_to;
  END IF;
  PERFORM 1 FROM ${registry} FOR UPDATE;
  SELECT seq, chain INTO last_seq, last_chain FROM ${journal} ORDER BY seq DESC LIMIT 1;
  INSERT INTO ${journal} (seq, type, context, schema_id, record, chain)
    VALUES (coalesce(last_seq, 0) + 1, 'reserve', in_context, up_to, entry::json,
      sha256(coalesce(last_chain, '') || convert_to(entry, 'UTF8')));
  RETURN coalesce(last_seq, 0) + 1;
END $$;
COMMENT ON FUNCTION ${skipIds}(bigint, text) IS ${literal('kafka-evolve: no ID up to this one is given to a new schema of the context.')};
`
}
