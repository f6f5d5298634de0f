package dev.penstock.server.store;

import java.time.Duration;

/// How long things may take with PostgreSQL.
///
/// @param connect until there is a connection
/// @param statement for one statement, waiting for other writers included
/// @param silence of the database's side until a connection counts as lost
/// @param poll between looks for changes that nobody told of
/// @param retry between tries to reach a database that is gone, at most
record PostgresPatience(Duration connect, Duration statement, Duration silence, Duration poll, Duration retry) {
    static final PostgresPatience USUAL = new PostgresPatience(
            Duration.ofSeconds(3),
            Duration.ofSeconds(5),
            Duration.ofSeconds(10),
            Duration.ofSeconds(1),
            Duration.ofSeconds(1));
}
