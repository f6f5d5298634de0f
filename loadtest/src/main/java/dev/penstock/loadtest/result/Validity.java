package dev.penstock.loadtest.result;

import java.util.List;

/// Whether a measurement is about the server, and not about a client that could not keep up.
///
/// @param reasons why not, each a sentence with its numbers; empty if it is
public record Validity(List<String> reasons) {
    public Validity {
        reasons = List.copyOf(reasons);
    }

    public boolean isValid() {
        return reasons.isEmpty();
    }
}
