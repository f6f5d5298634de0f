package dev.penstock.router.rollout;

/// A version that is to show what it is worth.
///
/// @param arm the name of its arm in the route
/// @param version a positive number: what is rolled out never changes on the way
public record Candidate(String arm, String model, long version) {
    public Candidate {
        Rules.check(!arm.isEmpty(), "arm", "''", "the name of an arm");
        Rules.check(!model.isEmpty(), "version", "'@%d'".formatted(version), "a model and its version");
        Rules.check(version > 0, "version", version, "a version of its own, such as %s@8".formatted(model));
    }

    /// As people write it.
    @Override
    public String toString() {
        return model + "@" + version;
    }
}
