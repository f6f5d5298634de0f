package dev.penstock.router.split;

/// An arm that gets copies of requests after they were answered; nobody sees what it answers.
///
/// @param share of the units, in basis points
/// @param tolerance how far a number may be off the primary's and still agree, of numbers beyond 1 as a part of
///     them; 0 for not at all
public record ShadowSpec(ArmSpec arm, int share, double tolerance) {
    public ShadowSpec {
        Spec.share("share", share);
        Spec.check(
                tolerance >= 0 && tolerance < Double.POSITIVE_INFINITY,
                "tolerance",
                Double.toString(tolerance),
                "a number >= 0");
    }
}
