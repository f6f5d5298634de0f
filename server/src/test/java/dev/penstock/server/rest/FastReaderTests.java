package dev.penstock.server.rest;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;

/// What tests of the fast path of REST have in common: a listener before a model that echoes two numbers, and
/// the proof that nothing is left of it.
abstract class FastReaderTests {
    static final String BODY =
            "{\"inputs\":[{\"name\":\"x\",\"shape\":[1,2],\"datatype\":\"FP32\",\"data\":[%d,2.5]}]}";
    static final String ANSWER =
            "{\"model_name\":\"echo\",\"model_version\":\"1\",\"outputs\":[{\"name\":\"x\",\"datatype\":\"FP32\",\"shape\":[1,2],\"data\":[%d.0,2.5]}]}";

    final TestListener server = new TestListener();
    final EchoModels models = server.models;

    @AfterEach
    void stop() {
        server.close();
        assertThat(models.unreleased).hasValue(0);
    }

    static String infer(int number, String... headers) {
        return inferOf("echo", BODY.formatted(number), headers);
    }

    static String inferOf(String model, String body, String... headers) {
        StringBuilder text = new StringBuilder("POST /v2/models/" + model + "/infer HTTP/1.1\r\nHost: x\r\n");
        for (String header : headers) {
            text.append(header).append("\r\n");
        }
        return text + "Content-Length: " + body.length() + "\r\n\r\n" + body;
    }

    EchoModels.Held nextHeld() throws InterruptedException {
        EchoModels.Held call = models.held.poll(120, TimeUnit.SECONDS);
        assertThat(call).isNotNull();
        return call;
    }
}
