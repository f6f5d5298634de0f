package dev.penstock.router.rollout;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.ServingException;

/// A version that is to show what it is worth.
///
/// @param arm the name of its arm in the route
/// @param version a positive number: what is rolled out never changes on the way
public record Candidate(String arm, String model, long version) {
    public Candidate {
        if (arm.isEmpty() || model.isEmpty()) {
            throw new ServingException(
                    ErrorCode.INVALID_ARGUMENT,
                    "candidate: '%s' %s (expected: a model and an arm)".formatted(model, arm));
        }
        if (version <= 0) {
            throw new ServingException(
                    ErrorCode.INVALID_ARGUMENT,
                    "candidate %s: version %d (expected: a version of its own, such as %s@8)"
                            .formatted(arm, version, model));
        }
    }

    /// As people write it.
    @Override
    public String toString() {
        return model + "@" + version;
    }
}
