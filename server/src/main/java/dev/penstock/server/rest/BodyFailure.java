package dev.penstock.server.rest;

import java.io.IOException;

/// Why the rest of a body that is read while it arrives will not come, or is not wanted.
final class BodyFailure extends IOException {
    private static final long serialVersionUID = 1;

    private final transient HeadRules.Refusal refusal;

    BodyFailure(HeadRules.Refusal refusal) {
        super(refusal.message());
        this.refusal = refusal;
    }

    /// What the client is told, if it is still there.
    HeadRules.Refusal refusal() {
        return refusal;
    }
}
