package dev.penstock.server;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Arrays;

/// What `/metrics` of a gateway said at one moment.
final class Metrics {
    private final String page;

    private Metrics(String page) {
        this.page = page;
    }

    static Metrics of(RunningGateway gateway) throws IOException, InterruptedException {
        return of(gateway, "*/*");
    }

    /// @param accept the format that is asked for
    static Metrics of(RunningGateway gateway, String accept) throws IOException, InterruptedException {
        URI uri = URI.create("http://127.0.0.1:" + gateway.addresses().metrics().port() + "/metrics");
        try (HttpClient http = HttpClient.newHttpClient()) {
            HttpRequest request =
                    HttpRequest.newBuilder(uri).header("Accept", accept).build();
            var response = http.send(request, BodyHandlers.ofString());
            if (response.statusCode() != 200) {
                throw new IOException(response.statusCode() + " from " + uri + ": " + response.body());
            }
            return new Metrics(response.body());
        }
    }

    String page() {
        return page;
    }

    /// Whether there is a series of that name with all of these labels.
    boolean has(String name, String... labels) {
        return values(name, labels).length > 0;
    }

    /// The sum of the series of that name with all of these labels; 0 if there is none.
    ///
    /// @param labels as `name="value"`
    double sum(String name, String... labels) {
        return Arrays.stream(values(name, labels)).sum();
    }

    private double[] values(String name, String... labels) {
        return page.lines()
                .filter(line -> line.startsWith(name + "{") || line.startsWith(name + " "))
                .filter(line -> Arrays.stream(labels).allMatch(line::contains))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .toArray();
    }
}
