package dev.penstock.router.simulation;

import dev.penstock.router.evidence.Pool;

/// How much of the traffic a canary has at which minute.
enum Steps {
    /// A tenth all the time.
    TENTH,
    /// 1 % for 10 minutes, 5 % for 15, 25 % for 30, and half from then on, as rollouts go if nobody says
    /// otherwise.
    USUAL;

    Pool at(int minute) {
        return switch (this) {
            case TENTH -> of(1_000);
            case USUAL -> minute < 10 ? of(100) : minute < 25 ? of(500) : minute < 55 ? of(2_500) : of(5_000);
        };
    }

    private static Pool of(int canary) {
        return new Pool(canary, 10_000 - canary);
    }
}
