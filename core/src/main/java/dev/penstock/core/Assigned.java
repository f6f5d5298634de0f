package dev.penstock.core;

/// The arm of a route that a request went to.
///
/// @param model that the arm stands for a version of
/// @param index of the arm on the route, 0 being the default
/// @param reason as callers and metrics read it, such as `hash`
/// @param byChance whether chance sent it there: only such requests say which of two arms is better
/// @param assignment what decides with the unit which bucket it gets; counts under one say nothing of
///     another
/// @param bucket of the unit, 0 to 9999
/// @param hash2 of the unit, of the second half the 42 highest bits: the six highest are the random group
/// @param weight of the arm at that time, in basis points of all units
public record Assigned(
        String route,
        String arm,
        String model,
        int index,
        String reason,
        boolean byChance,
        String assignment,
        int bucket,
        long hash2,
        int weight) {
    /// How callers read it, in headers, metadata and parameters of answers.
    public static final String ROUTE_HEADER = "x-penstock-route";

    public static final String ARM_HEADER = "x-penstock-arm";
    public static final String ASSIGNMENT_HEADER = "x-penstock-assignment";

    private static final int GROUP_SHIFT = 58;

    /// Of 64 random groups of units, from which variances are found.
    public int group() {
        return (int) (hash2 >>> GROUP_SHIFT);
    }

    /// How the arm was found: `v=SALT;b=BUCKET;r=REASON`, the bucket in four digits.
    public String header() {
        return header(assignment, bucket, reason);
    }

    /// The same from its parts.
    public static String header(String assignment, int bucket, String reason) {
        String digits = Integer.toString(bucket);
        return "v=" + assignment + ";b=" + "0".repeat(4 - digits.length()) + digits + ";r=" + reason;
    }
}
