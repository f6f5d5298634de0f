-- Who answers which share of a name's requests, and the rollouts that change it. What a route or rollout says is JSON.
CREATE TABLE routes (
    name TEXT NOT NULL PRIMARY KEY,
    revision INTEGER NOT NULL CHECK (revision > 0),
    generation INTEGER NOT NULL CHECK (generation > 0),
    assignment INTEGER NOT NULL CHECK (assignment > 0),
    spec TEXT NOT NULL,
    changed TEXT NOT NULL,
    changed_by TEXT NOT NULL
) STRICT;

-- Kept when they have ended. Each write raises the ticks by one; only those that the audit log tells of raise the
-- revision of the whole record.
CREATE TABLE rollouts (
    id TEXT NOT NULL PRIMARY KEY,
    route TEXT NOT NULL,
    revision INTEGER NOT NULL CHECK (revision > 0),
    ticks INTEGER NOT NULL CHECK (ticks > 0),
    phase TEXT NOT NULL,
    owner TEXT NOT NULL,
    spec TEXT NOT NULL,
    state TEXT NOT NULL,
    changed TEXT NOT NULL
) STRICT;

CREATE TABLE rollout_events (
    rollout TEXT NOT NULL REFERENCES rollouts (id) ON DELETE CASCADE,
    seq INTEGER NOT NULL CHECK (seq > 0),
    at TEXT NOT NULL,
    event TEXT NOT NULL,
    PRIMARY KEY (rollout, seq)
) STRICT;

CREATE TRIGGER rollout_events_are_not_changed BEFORE UPDATE ON rollout_events
BEGIN
    SELECT RAISE(ABORT, 'what happened in a rollout is only ever added to');
END;
