package dev.penstock.router.rollout;

import java.util.Locale;

/// A rollout cannot do what is wanted where it is, and will not until something else happens to it. An answer,
/// not a surprise: it has no stack trace, and its message is meant for who asked.
public final class OutOfPlace extends RuntimeException {
    private static final long serialVersionUID = 1;

    OutOfPlace(Command command, Phase phase, String expected) {
        this(command, "the rollout is %s (expected: %s)".formatted(phase.text(), expected));
    }

    /// @param why for people
    OutOfPlace(Command command, String why) {
        super(command.name().toLowerCase(Locale.ROOT) + ": " + why, null, false, false);
    }
}
