package dev.penstock.server;

import static dev.penstock.server.TestGateways.EXAMPLES;
import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.ModelKey;
import dev.penstock.monitor.recording.Cumulative;
import dev.penstock.server.monitoring.Monitoring;
import dev.penstock.server.monitoring.Watched;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Requests to the example that reads handwritten digits: images drawn at random, the same in every run.
/// Confined to one thread.
final class DigitsTraffic {
    static final ModelKey DIGITS = new ModelKey("digits", 2);
    private static final int ROWS_OF_A_REQUEST = 100;

    private static final int SIDE = 8;
    private static final int PIXELS = SIDE * SIDE;
    private static final double BRIGHTEST = 16;

    private final SplittableRandom random = new SplittableRandom(23);
    private final HttpClient http;
    private final double[] images;
    private long requests;

    /// What is done to each image.
    enum Look {
        UPRIGHT,

        /// Turned by a quarter.
        ROTATED,

        /// Each point darker or brighter, by chance.
        NOISY
    }

    /// @param http stays the caller's
    DigitsTraffic(HttpClient http) throws IOException {
        this.http = http;
        JsonNode data = JsonMapper.shared()
                .readTree(Files.readString(EXAMPLES.resolve("requests/digits-heldout.json")))
                .path("inputs")
                .path(0)
                .path("data");
        this.images = new double[data.size()];
        for (int i = 0; i < images.length; i++) {
            images[i] = data.path(i).asDouble();
        }
    }

    /// How many were answered.
    long requests() {
        return requests;
    }

    /// Rows of the last day.
    private static long counted(RunningGateway gateway) {
        return gateway.monitoring().evaluation(DIGITS, Duration.ofHours(24)).rows();
    }

    /// What is counted of a batch is counted after its answers.
    void sendUntilCounted(RunningGateway gateway, int requests, Look look) throws Exception {
        long before = counted(gateway);
        send(gateway, requests, look);
        while (counted(gateway) < before + (long) requests * ROWS_OF_A_REQUEST) {
            LockSupport.parkNanos(1_000_000);
        }
    }

    /// Until the version is watched, and nothing was counted since.
    ///
    /// @param nowMillis the time that the gateway is to believe it is
    void learn(RunningGateway gateway, long nowMillis) throws Exception {
        Monitoring monitoring = gateway.monitoring();
        Watched watched = monitoring.watched(DIGITS);
        while (watched.phase() != Watched.Phase.WATCHING) {
            Cumulative before = watched.total();
            send(gateway, 1, Look.UPRIGHT);
            do {
                LockSupport.parkNanos(1_000_000);
                watched = monitoring.watched(DIGITS);
            } while (!isCounted(before, watched.total()));
            monitoring.tick(nowMillis);
            watched = monitoring.watched(DIGITS);
        }
    }

    /// Of a request, or the counts are others.
    private static boolean isCounted(@Nullable Cumulative before, @Nullable Cumulative now) {
        return now != null
                && (before == null
                        || !before.plan().id().equals(now.plan().id())
                        || now.seen() >= before.seen() + ROWS_OF_A_REQUEST);
    }

    private void send(RunningGateway gateway, int count, Look look) throws Exception {
        URI uri = URI.create(TestGateways.url(gateway, "/v2/models/digits/versions/2/infer"));
        for (int i = 0; i < count; i++) {
            StringBuilder values = new StringBuilder();
            for (int row = 0; row < ROWS_OF_A_REQUEST; row++) {
                append(values, random.nextInt(images.length / PIXELS) * PIXELS, look);
            }
            HttpRequest request = HttpRequest.newBuilder(uri)
                    .POST(BodyPublishers.ofString(
                            "{\"inputs\":[{\"name\":\"image\",\"shape\":[%d,64],\"datatype\":\"FP32\",\"data\":[%s]}]}"
                                    .formatted(ROWS_OF_A_REQUEST, values)))
                    .build();
            HttpResponse<String> response = http.send(request, BodyHandlers.ofString());
            assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
            requests++;
        }
    }

    private void append(StringBuilder values, int image, Look look) {
        for (int at = 0; at < PIXELS; at++) {
            int from = look == Look.ROTATED ? (SIDE - 1 - at % SIDE) * SIDE + at / SIDE : at;
            double pixel = images[image + from];
            if (look == Look.NOISY) {
                pixel = Math.clamp(pixel + Math.rint(random.nextGaussian() * BRIGHTEST / 3), 0, BRIGHTEST);
            }
            values.append(values.isEmpty() ? "" : ",").append(pixel);
        }
    }
}
