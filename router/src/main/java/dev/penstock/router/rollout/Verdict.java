package dev.penstock.router.rollout;

/// What one metric says of a candidate.
public enum Verdict {
    /// It is proven to be as good, within the margin.
    PASS,
    /// It is proven to be worse than the margin allows.
    FAIL,
    /// Neither: too little was seen. It is no reason to go on and none to go back.
    INSUFFICIENT
}
