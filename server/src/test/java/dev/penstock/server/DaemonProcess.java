package dev.penstock.server;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A server of the Prometheus family on a port that is free, until this is closed. The test's time limit ends
/// all waiting.
public final class DaemonProcess implements AutoCloseable {
    private static final Pattern LISTENS = Pattern.compile("msg=\"Listening on\" address=([0-9.]+:[0-9]+)");
    private static final long LOOK_NANOS = 50_000_000;

    private final HttpClient http = HttpClient.newHttpClient();
    private final Process process;
    private final Path log;
    private final String url;

    /// Waits until it is ready.
    ///
    /// @param log to be written
    /// @param command with `127.0.0.1:0` as where to listen
    public DaemonProcess(Path log, List<String> command) throws IOException, InterruptedException {
        this.log = log;
        process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        boolean ready = false;
        try {
            url = "http://" + address();
            while (get("/-/ready").statusCode() != 200) {
                LockSupport.parkNanos(LOOK_NANOS);
            }
            ready = true;
        } finally {
            if (!ready) {
                close();
            }
        }
    }

    private String address() throws IOException {
        while (true) {
            Matcher listens = LISTENS.matcher(Files.readString(log));
            if (listens.find()) {
                return listens.group(1);
            }
            if (!process.isAlive()) {
                throw new IOException("it ended: " + Files.readString(log));
            }
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }

    /// Without a slash at the end.
    public String url() {
        return url;
    }

    public HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return http.send(HttpRequest.newBuilder(URI.create(url + path)).build(), BodyHandlers.ofString());
    }

    @Override
    public void close() {
        process.destroy();
        process.onExit().join();
        http.close();
    }
}
