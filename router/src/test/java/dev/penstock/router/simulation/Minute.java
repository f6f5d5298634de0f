package dev.penstock.router.simulation;

import dev.penstock.router.evidence.Pool;

/// A minute of both arms.
record Minute(Pool pool, Arm canary, Arm control) {}
