package dev.penstock.router.rollout;

/// What becomes of a rollout when its time, or that of a step, is up. Pure.
enum TimeUp {
    HOLD,
    ROLL_BACK,
    /// The next step, or the end after the last one.
    ADVANCE,
    /// Nobody is promoted; the default arm stays.
    END;

    /// @param step the present one
    /// @param then what was asked for
    /// @param whole whether the time of the whole rollout is up
    static TimeUp of(RolloutSpec spec, int step, Otherwise then, boolean whole) {
        return switch (then) {
            case HOLD -> HOLD;
            // Where nothing is taken back by itself, a person does that.
            case ROLLBACK -> spec.rules().mode() == Mode.ROLLBACK ? ROLL_BACK : HOLD;
            case ADVANCE -> whole ? END : advance(spec, step);
        };
    }

    private static TimeUp advance(RolloutSpec spec, int step) {
        if (step + 1 < spec.steps().size()) {
            return ADVANCE;
        }
        // Nobody is promoted for want of evidence, but by a person.
        return spec.strategy().promotes() ? HOLD : END;
    }
}
