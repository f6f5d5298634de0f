-- What servers that share the record count, so that drift is judged by the requests of all. Not part of backups.
-- Servers, the number of the last counts that each wrote, and when it was heard of last, in milliseconds since 1970.
CREATE TABLE counting_servers (
    server TEXT NOT NULL PRIMARY KEY,
    last BIGINT NOT NULL,
    at BIGINT NOT NULL
);

-- All that a server has counted of a version since it began to (`life`), as JSON, at the end of a sub-window.
CREATE TABLE counted_windows (
    server TEXT NOT NULL,
    model TEXT NOT NULL,
    version BIGINT NOT NULL,
    life BIGINT NOT NULL,
    at BIGINT NOT NULL,
    number BIGINT NOT NULL,
    hourly BIGINT NOT NULL CHECK (hourly IN (0, 1)),
    seen BIGINT NOT NULL,
    counts TEXT NOT NULL,
    PRIMARY KEY (server, model, version, life, at)
);
CREATE INDEX counted_windows_number_idx ON counted_windows (server, number);
CREATE INDEX counted_windows_version_idx ON counted_windows (model, version);

-- Which server tells of a version's drift.
CREATE TABLE drift_watchers (
    model TEXT NOT NULL,
    version BIGINT NOT NULL,
    server TEXT NOT NULL,
    PRIMARY KEY (model, version)
);
