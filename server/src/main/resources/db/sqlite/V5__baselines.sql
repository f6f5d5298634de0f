-- What is usual of models. A set has the revision of the last change of any of a model's baselines.
CREATE TABLE baseline_sets (
    model TEXT NOT NULL PRIMARY KEY,
    revision INTEGER NOT NULL CHECK (revision > 0)
) STRICT;

-- As JSON, by an id that its content decides. `added` is the revision with which it came.
CREATE TABLE baselines (
    model TEXT NOT NULL REFERENCES baseline_sets (model) ON DELETE CASCADE,
    id TEXT NOT NULL,
    added INTEGER NOT NULL CHECK (added > 0),
    content TEXT NOT NULL,
    PRIMARY KEY (model, id)
) STRICT;

CREATE TRIGGER baselines_are_not_changed BEFORE UPDATE OF model, id, content ON baselines
BEGIN
    SELECT RAISE(ABORT, 'a baseline never changes');
END;

-- Which version is held against which.
CREATE TABLE held_baselines (
    model TEXT NOT NULL,
    version INTEGER NOT NULL CHECK (version > 0),
    baseline TEXT NOT NULL,
    PRIMARY KEY (model, version),
    FOREIGN KEY (model, baseline) REFERENCES baselines (model, id) ON DELETE CASCADE
) STRICT;
