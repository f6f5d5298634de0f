package dev.penstock.server.rest;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.ServingException;

/// What routes of the admin port are about.
enum AdminArea {
    SERVER("nothing is said of the server here"),
    LOG_LEVELS("there are no loggers here"),
    MODELS("there are no models here"),
    MONITORING("nothing is monitored here (expected: a server that serves models)"),
    ALERTS("nothing is monitored here (expected: a server that serves models)"),
    QUALITY("no feedback is taken here"),
    ROUTING("there are no routes here"),
    ROLLOUTS("there are no rollouts here");

    private final String absence;

    AdminArea(String absence) {
        this.absence = absence;
    }

    /// What a server answers that has nothing of the kind.
    ServingException absent() {
        return new ServingException(ErrorCode.UNSUPPORTED, absence);
    }
}
