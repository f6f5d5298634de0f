-- What is usual of models. A set has the revision of the last change of any of a model's baselines.
CREATE TABLE baseline_sets (
    model TEXT NOT NULL PRIMARY KEY,
    revision BIGINT NOT NULL CHECK (revision > 0)
);

-- As JSON, by an id that its content decides. `added` is the revision with which it came.
CREATE TABLE baselines (
    model TEXT NOT NULL REFERENCES baseline_sets (model) ON DELETE CASCADE,
    id TEXT NOT NULL,
    added BIGINT NOT NULL CHECK (added > 0),
    content TEXT NOT NULL,
    PRIMARY KEY (model, id)
);

CREATE TRIGGER baselines_are_not_changed BEFORE UPDATE OF model, id, content ON baselines
FOR EACH STATEMENT EXECUTE FUNCTION refuse('a baseline never changes');

-- Which version is held against which.
CREATE TABLE held_baselines (
    model TEXT NOT NULL,
    version BIGINT NOT NULL CHECK (version > 0),
    baseline TEXT NOT NULL,
    PRIMARY KEY (model, version),
    FOREIGN KEY (model, baseline) REFERENCES baselines (model, id) ON DELETE CASCADE
);
