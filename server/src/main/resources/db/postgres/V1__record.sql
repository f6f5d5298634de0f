-- The same tables and columns as in db/sqlite: what is copied from one to the other relies on it.

-- One row. Every change raises the revision by one; it is also the number of the change's audit entry.
CREATE TABLE store_state (
    id SMALLINT PRIMARY KEY CHECK (id = 1),
    revision BIGINT NOT NULL
);
INSERT INTO store_state (id, revision) VALUES (1, 0);

CREATE TABLE models (
    name TEXT NOT NULL PRIMARY KEY,
    revision BIGINT NOT NULL CHECK (revision > 0),
    policy TEXT NOT NULL,
    config TEXT NOT NULL
);

-- Numbers that were ever given, also of versions and models that are deleted, and to which bytes.
CREATE TABLE used_numbers (
    model TEXT NOT NULL,
    number BIGINT NOT NULL CHECK (number > 0),
    digest TEXT NOT NULL,
    PRIMARY KEY (model, number)
);

CREATE TABLE versions (
    model TEXT NOT NULL REFERENCES models (name) ON DELETE CASCADE,
    number BIGINT NOT NULL CHECK (number > 0),
    digest TEXT NOT NULL,
    source TEXT NOT NULL,
    registered TEXT NOT NULL,
    registered_by TEXT NOT NULL,
    lineage TEXT NOT NULL,
    signature TEXT NOT NULL,
    wanted SMALLINT NOT NULL CHECK (wanted IN (0, 1)),
    PRIMARY KEY (model, number)
);

-- Written before its version, so that none can be added to a version that is there.
CREATE TABLE version_files (
    model TEXT NOT NULL,
    number BIGINT NOT NULL,
    path TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    bytes BIGINT NOT NULL CHECK (bytes >= 0),
    PRIMARY KEY (model, number, path),
    FOREIGN KEY (model, number) REFERENCES versions (model, number) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED
);

CREATE TABLE gate_results (
    model TEXT NOT NULL,
    number BIGINT NOT NULL,
    position BIGINT NOT NULL,
    gate TEXT NOT NULL,
    verdict TEXT NOT NULL CHECK (verdict IN ('PASSED', 'FAILED', 'SKIPPED')),
    detail TEXT NOT NULL,
    PRIMARY KEY (model, number, position),
    FOREIGN KEY (model, number) REFERENCES versions (model, number) ON DELETE CASCADE
);

CREATE TABLE aliases (
    model TEXT NOT NULL REFERENCES models (name) ON DELETE CASCADE,
    name TEXT NOT NULL,
    version BIGINT NOT NULL,
    previous BIGINT NOT NULL,
    moved TEXT NOT NULL,
    moved_by TEXT NOT NULL,
    PRIMARY KEY (model, name)
);

CREATE TABLE audit (
    id BIGINT PRIMARY KEY,
    model TEXT NOT NULL,
    who TEXT NOT NULL,
    action TEXT NOT NULL,
    detail TEXT NOT NULL,
    at TEXT NOT NULL,
    before_json TEXT NOT NULL,
    after_json TEXT NOT NULL
);
CREATE INDEX audit_of_model ON audit (model, id);

-- Refuses with a state of our own, by which the program knows it.
CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '%', TG_ARGV[0] USING ERRCODE = 'PS001';
END;
$$;

CREATE TRIGGER audit_is_not_changed BEFORE UPDATE OR DELETE OR TRUNCATE ON audit
FOR EACH STATEMENT EXECUTE FUNCTION refuse('the audit log is only ever added to');

CREATE TRIGGER used_numbers_are_not_changed BEFORE UPDATE OR DELETE OR TRUNCATE ON used_numbers
FOR EACH STATEMENT EXECUTE FUNCTION refuse('a version number that was given stays given');

CREATE FUNCTION check_number() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM used_numbers u
        WHERE u.model = NEW.model AND u.number = NEW.number AND u.digest = NEW.digest) THEN
        RAISE EXCEPTION 'the version number belongs to other bytes' USING ERRCODE = 'PS001';
    END IF;
    RETURN NEW;
END;
$$;

CREATE TRIGGER versions_have_their_number BEFORE INSERT ON versions
FOR EACH ROW EXECUTE FUNCTION check_number();

CREATE TRIGGER versions_are_not_changed
BEFORE UPDATE OF model, number, digest, source, registered, registered_by, lineage, signature ON versions
FOR EACH STATEMENT EXECUTE FUNCTION refuse('what a version is made of never changes');

CREATE TRIGGER version_files_are_not_changed BEFORE UPDATE OR TRUNCATE ON version_files
FOR EACH STATEMENT EXECUTE FUNCTION refuse('what a version is made of never changes');

-- Files come before their version, and go after it.
CREATE FUNCTION check_no_version() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
    file version_files%ROWTYPE;
BEGIN
    IF TG_OP = 'INSERT' THEN
        file := NEW;
    ELSE
        file := OLD;
    END IF;
    IF EXISTS (SELECT 1 FROM versions v WHERE v.model = file.model AND v.number = file.number) THEN
        RAISE EXCEPTION 'what a version is made of never changes' USING ERRCODE = 'PS001';
    END IF;
    RETURN file;
END;
$$;

CREATE TRIGGER version_files_come_and_go_with_their_version BEFORE INSERT OR DELETE ON version_files
FOR EACH ROW EXECUTE FUNCTION check_no_version();

-- Files of versions for servers that do not have them, in pieces of at most 1 MiB. Not part of backups.
CREATE TABLE shared_files (
    sha256 TEXT NOT NULL PRIMARY KEY,
    bytes BIGINT NOT NULL CHECK (bytes >= 0),
    added TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now()
);

CREATE TABLE shared_file_pieces (
    sha256 TEXT NOT NULL REFERENCES shared_files (sha256) ON DELETE CASCADE,
    position BIGINT NOT NULL,
    content BYTEA NOT NULL,
    PRIMARY KEY (sha256, position)
);
-- What models are made of does not get smaller by compressing it.
ALTER TABLE shared_file_pieces ALTER COLUMN content SET STORAGE EXTERNAL;
