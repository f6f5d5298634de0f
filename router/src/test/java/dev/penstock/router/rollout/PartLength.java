package dev.penstock.router.rollout;

/// How long a [Part] is, for tests that count minutes.
public final class PartLength {
    public static final int MINUTES = (int) (Part.MILLIS / 60_000);

    private PartLength() {}
}
