-- What servers that do not drive a rollout counted of it, as JSON, until who drives it has added that up.
CREATE TABLE rollout_tallies (
    rollout TEXT NOT NULL REFERENCES rollouts (id) ON DELETE CASCADE,
    source TEXT NOT NULL,
    seq BIGINT NOT NULL CHECK (seq > 0),
    epochs TEXT NOT NULL,
    PRIMARY KEY (rollout, source, seq)
);
