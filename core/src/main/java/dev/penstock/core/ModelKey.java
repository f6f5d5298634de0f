package dev.penstock.core;

/// One version of one model.
///
/// @param version positive
public record ModelKey(String name, long version) {
    public ModelKey {
        Check.argument(version > 0, "%s: version %d (expected: > 0)", name, version);
    }

    @Override
    public String toString() {
        return name + "/" + version;
    }
}
