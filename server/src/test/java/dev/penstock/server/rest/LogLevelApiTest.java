package dev.penstock.server.rest;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Levels of loggers by way of the admin port.
@Timeout(240)
class LogLevelApiTest {
    private static final String NAME = "dev.penstock.test.levels";

    /// Held, or its level would be forgotten.
    private static final Logger LOGGER = Logger.getLogger(NAME);

    @TempDir
    private Path folder;

    private static HttpResponse<String> call(AdminServer server, String method, String logger, String body)
            throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(server.url() + "/api/v1/log-levels/" + logger))
                .method(method, HttpRequest.BodyPublishers.ofString(body))
                .build();
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(request, HttpResponse.BodyHandlers.ofString());
        }
    }

    @Test
    void aLevelCountsUntilItIsGivenBack() throws Exception {
        try (AdminServer server = new AdminServer(folder)) {
            HttpResponse<String> set = call(server, "PUT", NAME, "{\"level\":\"debug\"}");

            assertThat(set.statusCode()).as(set.body()).isEqualTo(200);
            assertThat(set.body())
                    .isEqualTo("{\"logger\":\"%s\",\"level\":\"debug\",\"effective\":\"debug\"}".formatted(NAME));
            assertThat(LOGGER.isLoggable(Level.FINE)).isTrue();
            assertThat(LOGGER.isLoggable(Level.FINER)).isFalse();
            assertThat(call(server, "GET", NAME + ".below", "").body())
                    .isEqualTo("{\"logger\":\"%s.below\",\"level\":\"inherited\",\"effective\":\"debug\"}"
                            .formatted(NAME));
            assertThat(call(server, "PUT", NAME, "{\"level\":\"inherited\"}").statusCode())
                    .isEqualTo(200);
            assertThat(LOGGER.getLevel()).isNull();
        }
    }

    @Test
    void theAuditLogSaysWhoSetIt() throws Exception {
        try (AdminServer server = new AdminServer(folder)) {
            assertThat(call(server, "PUT", NAME, "{\"level\":\"debug\"}").statusCode())
                    .isEqualTo(200);
            call(server, "PUT", NAME, "{\"level\":\"loud\"}");

            assertThat(server.admin().history("", Long.MAX_VALUE, 10))
                    .singleElement()
                    .satisfies(entry -> {
                        assertThat(entry.model()).isEmpty();
                        assertThat(entry.act().who()).isEqualTo("local");
                        assertThat(entry.act().action()).isEqualTo("set-log-level");
                    });
        } finally {
            LOGGER.setLevel(null);
        }
    }

    @Test
    void aLevelEndsWhenItsTimeIsUp() throws Exception {
        try (AdminServer server = new AdminServer(folder)) {
            LOGGER.setLevel(Level.WARNING);
            HttpResponse<String> set = call(server, "PUT", NAME, "{\"level\":\"trace\",\"for\":\"1ms\"}");

            assertThat(set.body()).contains("\"until\":\"");
            while (!Level.WARNING.equals(LOGGER.getLevel())) {
                Thread.onSpinWait();
            }
        } finally {
            LOGGER.setLevel(null);
        }
    }

    @Test
    void closingGivesAllLevelsBack() throws Exception {
        try (AdminServer server = new AdminServer(folder)) {
            assertThat(call(server, "PUT", NAME, "{\"level\":\"trace\",\"for\":\"1h\"}")
                            .statusCode())
                    .isEqualTo(200);
            assertThat(LOGGER.getLevel()).isEqualTo(Level.FINER);
        }
        assertThat(LOGGER.getLevel()).isNull();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "levels | {}                                    | field 'level': none",
                "levels | {\"level\":\"loud\"}                  | 'loud' (expected: error, warning",
                "levels | {\"level\":\"info\",\"for\":\"soon\"} | 'soon' (expected: a duration",
                "levels | {\"level\":\"info\",\"for\":\"0s\"}   | '0s' (expected: a duration",
                "levels | {\"level\":\"info\",\"until\":\"x\"}  | until",
                "a%20b  | {\"level\":\"info\"}                  | logger: a name of 3 characters",
            })
    void whatIsNoLevelIsRefused(String logger, String body, String word) throws Exception {
        try (AdminServer server = new AdminServer(folder)) {
            HttpResponse<String> refused = call(server, "PUT", logger, body);

            assertThat(refused.statusCode()).isEqualTo(400);
            assertThat(refused.body()).contains(word);
        }
    }
}
