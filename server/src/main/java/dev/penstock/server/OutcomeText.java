package dev.penstock.server;

import tools.jackson.databind.JsonNode;

/// Who is better in an experiment, as text for people. Pure.
final class OutcomeText {
    private OutcomeText() {}

    /// So far: once it is over that stands with why.
    static String of(JsonNode status) {
        String detail = status.path("outcome").path("detail").asString("");
        boolean isSaid = detail.isEmpty() || status.path("detail").asString("").contains(detail);
        return isSaid ? "" : "  so far: %s%n".formatted(detail);
    }
}
