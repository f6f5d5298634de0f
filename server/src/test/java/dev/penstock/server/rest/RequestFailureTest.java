package dev.penstock.server.rest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.server.store.SlowDiskException;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import org.junit.jupiter.api.Test;

class RequestFailureTest {
    private final SlowDiskException slow = new SlowDiskException("not done after 10 s");

    private static void assertAnswer(FullHttpResponse response, int status, String body) {
        try {
            assertThat(response.status().code()).isEqualTo(status);
            assertThat(response.content().toString(UTF_8)).isEqualTo(body);
        } finally {
            response.release();
        }
    }

    @Test
    void aChangeThatASlowDiskDoesLaterIsAccepted() {
        assertAnswer(RequestFailure.response(slow, "1", true), 202, "{\"pending\":\"not done after 10 s\"}");
    }

    @Test
    void whatIsMadeLaterHasItsIdAlready() {
        assertAnswer(
                RequestFailure.response(new SlowDiskException("not done after 10 s", "b1"), "1", true),
                202,
                "{\"pending\":\"not done after 10 s\",\"id\":\"b1\"}");
    }

    @Test
    void whoOnlyAsksASlowDiskIsToComeAgain() {
        FullHttpResponse response = RequestFailure.response(slow, "1", false);

        assertThat(response.headers().get(HttpHeaderNames.RETRY_AFTER)).isEqualTo("1");
        assertAnswer(response, 503, "{\"error\":\"not done after 10 s\"}");
    }

    @Test
    void whatFailsIsOurFaultAndNotDescribed() {
        assertAnswer(
                RequestFailure.response(new IllegalStateException("secret"), "1", true),
                500,
                "{\"error\":\"the request failed; the log of the server says why\"}");
    }
}
