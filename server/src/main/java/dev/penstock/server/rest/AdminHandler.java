package dev.penstock.server.rest;

import org.jspecify.annotations.Nullable;

/// Answers the routes of one [AdminArea].
interface AdminHandler {
    void handle(HttpExchange exchange, AdminRoute.Target target);

    /// @return the limit of a body that is read while it arrives, or null if all of it is to be there first
    default @Nullable BodyLimit streamed(AdminRoute route) {
        return null;
    }
}
