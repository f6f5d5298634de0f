-- The same tables and columns as in db/postgres: what is copied from one to the other relies on it.

-- One row. Every change raises the revision by one; it is also the number of the change's audit entry.
CREATE TABLE store_state (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    revision INTEGER NOT NULL
) STRICT;
INSERT INTO store_state (id, revision) VALUES (1, 0);

CREATE TABLE models (
    name TEXT NOT NULL PRIMARY KEY,
    revision INTEGER NOT NULL CHECK (revision > 0),
    policy TEXT NOT NULL,
    config TEXT NOT NULL
) STRICT;

-- Numbers that were ever given, also of versions and models that are deleted, and to which bytes.
CREATE TABLE used_numbers (
    model TEXT NOT NULL,
    number INTEGER NOT NULL CHECK (number > 0),
    digest TEXT NOT NULL,
    PRIMARY KEY (model, number)
) STRICT;

CREATE TABLE versions (
    model TEXT NOT NULL REFERENCES models (name) ON DELETE CASCADE,
    number INTEGER NOT NULL CHECK (number > 0),
    digest TEXT NOT NULL,
    source TEXT NOT NULL,
    registered TEXT NOT NULL,
    registered_by TEXT NOT NULL,
    lineage TEXT NOT NULL,
    signature TEXT NOT NULL,
    wanted INTEGER NOT NULL CHECK (wanted IN (0, 1)),
    PRIMARY KEY (model, number)
) STRICT;

-- Written before its version, so that none can be added to a version that is there.
CREATE TABLE version_files (
    model TEXT NOT NULL,
    number INTEGER NOT NULL,
    path TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    bytes INTEGER NOT NULL CHECK (bytes >= 0),
    PRIMARY KEY (model, number, path),
    FOREIGN KEY (model, number) REFERENCES versions (model, number) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED
) STRICT;

CREATE TABLE gate_results (
    model TEXT NOT NULL,
    number INTEGER NOT NULL,
    position INTEGER NOT NULL,
    gate TEXT NOT NULL,
    verdict TEXT NOT NULL CHECK (verdict IN ('PASSED', 'FAILED', 'SKIPPED')),
    detail TEXT NOT NULL,
    PRIMARY KEY (model, number, position),
    FOREIGN KEY (model, number) REFERENCES versions (model, number) ON DELETE CASCADE
) STRICT;

CREATE TABLE aliases (
    model TEXT NOT NULL REFERENCES models (name) ON DELETE CASCADE,
    name TEXT NOT NULL,
    version INTEGER NOT NULL,
    previous INTEGER NOT NULL,
    moved TEXT NOT NULL,
    moved_by TEXT NOT NULL,
    PRIMARY KEY (model, name)
) STRICT;

CREATE TABLE audit (
    id INTEGER PRIMARY KEY,
    model TEXT NOT NULL,
    who TEXT NOT NULL,
    action TEXT NOT NULL,
    detail TEXT NOT NULL,
    at TEXT NOT NULL,
    before_json TEXT NOT NULL,
    after_json TEXT NOT NULL
) STRICT;
CREATE INDEX audit_of_model ON audit (model, id);

CREATE TRIGGER audit_is_not_changed BEFORE UPDATE ON audit
BEGIN
    SELECT RAISE(ABORT, 'the audit log is only ever added to');
END;

CREATE TRIGGER audit_is_not_deleted BEFORE DELETE ON audit
BEGIN
    SELECT RAISE(ABORT, 'the audit log is only ever added to');
END;

CREATE TRIGGER used_numbers_are_not_changed BEFORE UPDATE ON used_numbers
BEGIN
    SELECT RAISE(ABORT, 'a version number that was given stays given');
END;

CREATE TRIGGER used_numbers_are_not_deleted BEFORE DELETE ON used_numbers
BEGIN
    SELECT RAISE(ABORT, 'a version number that was given stays given');
END;

CREATE TRIGGER versions_have_their_number BEFORE INSERT ON versions
WHEN NOT EXISTS (
    SELECT 1 FROM used_numbers u WHERE u.model = NEW.model AND u.number = NEW.number AND u.digest = NEW.digest)
BEGIN
    SELECT RAISE(ABORT, 'the version number belongs to other bytes');
END;

CREATE TRIGGER versions_are_not_changed
BEFORE UPDATE OF model, number, digest, source, registered, registered_by, lineage, signature ON versions
BEGIN
    SELECT RAISE(ABORT, 'what a version is made of never changes');
END;

CREATE TRIGGER version_files_are_not_changed BEFORE UPDATE ON version_files
BEGIN
    SELECT RAISE(ABORT, 'what a version is made of never changes');
END;

CREATE TRIGGER version_files_are_not_added BEFORE INSERT ON version_files
WHEN EXISTS (SELECT 1 FROM versions v WHERE v.model = NEW.model AND v.number = NEW.number)
BEGIN
    SELECT RAISE(ABORT, 'what a version is made of never changes');
END;

CREATE TRIGGER version_files_go_with_their_version BEFORE DELETE ON version_files
WHEN EXISTS (SELECT 1 FROM versions v WHERE v.model = OLD.model AND v.number = OLD.number)
BEGIN
    SELECT RAISE(ABORT, 'what a version is made of never changes');
END;
