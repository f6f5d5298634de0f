package dev.penstock.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.ModelKey;
import dev.penstock.monitor.recording.Cumulative;
import dev.penstock.server.monitoring.Monitoring;
import dev.penstock.server.monitoring.Watched;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// Requests to the example of flowers, with the same values in every run. Confined to one thread.
final class IrisTraffic {
    static final ModelKey IRIS = new ModelKey("iris", 1);

    private static final int ROWS_OF_A_REQUEST = 50;

    private final SplittableRandom random = new SplittableRandom(11);
    private final HttpClient http;
    private long sent;
    private long requests;

    /// @param http stays the caller's
    IrisTraffic(HttpClient http) {
        this.http = http;
    }

    /// How many were answered.
    long requests() {
        return requests;
    }

    /// Until the version is watched and nothing was counted since.
    ///
    /// @param nowMillis the time that the gateway is to believe it is
    void learn(RunningGateway gateway, long nowMillis, int baselineRows) throws Exception {
        Monitoring monitoring = gateway.monitoring();
        Watched watched = monitoring.watched(IRIS);
        while (watched.phase() != Watched.Phase.WATCHING) {
            Cumulative before = watched.total();
            send(gateway, ROWS_OF_A_REQUEST, 0);
            do {
                LockSupport.parkNanos(1_000_000);
                watched = monitoring.watched(IRIS);
            } while (!isCounted(before, watched.total()));
            monitoring.tick(nowMillis);
            watched = monitoring.watched(IRIS);
        }
        assertThat(watched.baselineRows()).isBetween((long) baselineRows, (long) baselineRows + 2 * ROWS_OF_A_REQUEST);
    }

    /// Of a request, or the counts are others.
    private static boolean isCounted(@Nullable Cumulative before, @Nullable Cumulative now) {
        return now != null
                && (before == null
                        || !before.plan().id().equals(now.plan().id())
                        || now.seen() >= before.seen() + ROWS_OF_A_REQUEST);
    }

    /// Rows of the window.
    static long counted(RunningGateway gateway) {
        return gateway.monitoring().evaluation(IRIS, null).rows();
    }

    /// What is counted of a batch is counted after its answers.
    void sendUntilCounted(RunningGateway gateway, int rows, double shift) throws Exception {
        long before = counted(gateway);
        send(gateway, rows, shift);
        while (counted(gateway) < before + rows) {
            LockSupport.parkNanos(1_000_000);
        }
    }

    /// Flowers, each with that much more of everything.
    void send(RunningGateway gateway, int rows, double shift) throws Exception {
        double[][] kinds = {{5.1, 3.5, 1.4, 0.2}, {5.9, 2.8, 4.3, 1.3}, {6.6, 3.0, 5.6, 2.0}};
        for (int done = 0; done < rows; done += ROWS_OF_A_REQUEST) {
            StringBuilder values = new StringBuilder();
            for (int row = 0; row < ROWS_OF_A_REQUEST; row++) {
                double[] kind = kinds[(int) (sent++ % kinds.length)];
                for (double value : kind) {
                    double noisy = value + shift + random.nextGaussian() * 0.25;
                    values.append(values.isEmpty() ? "" : ",").append(String.format(Locale.ROOT, "%.3f", noisy));
                }
            }
            HttpRequest request = HttpRequest.newBuilder(URI.create(TestGateways.url(gateway, "/v2/models/iris/infer")))
                    .POST(BodyPublishers.ofString(
                            "{\"inputs\":[{\"name\":\"features\",\"shape\":[%d,4],\"datatype\":\"FP32\",\"data\":[%s]}]}"
                                    .formatted(ROWS_OF_A_REQUEST, values)))
                    .build();
            HttpResponse<String> response = http.send(request, BodyHandlers.ofString());
            assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
            requests++;
        }
    }
}
