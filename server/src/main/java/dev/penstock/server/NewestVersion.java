package dev.penstock.server;

import tools.jackson.databind.JsonNode;

/// The version of a model that is meant where nobody says which.
final class NewestVersion {
    private NewestVersion() {}

    /// Of those that serve; 1 if none does, which the server then says.
    ///
    /// @param model as the admin API shows it
    static long of(JsonNode model) {
        long newest = 1;
        for (JsonNode one : model.path("versions")) {
            if (one.path("state").asString("").equals("READY")) {
                newest = Math.max(newest, one.path("version").asLong());
            }
        }
        return newest;
    }
}
