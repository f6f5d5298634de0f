package dev.penstock.server.routing;

import dev.penstock.core.Assigned;

/// Which arm a request would get, and why.
///
/// @param version that would answer now; 0 if none would
/// @param bucket 0 to 9999
/// @param group 0 to 63
/// @param reason in one word, as answers have it
/// @param why in a sentence: which condition, override or weight it was
/// @param salt that dealt it
public record Dealt(
        String arm, String target, long version, int bucket, int group, String reason, String why, String salt) {
    /// As answers have it in `x-penstock-assignment`.
    public String header() {
        return Assigned.header(salt, bucket, reason);
    }
}
