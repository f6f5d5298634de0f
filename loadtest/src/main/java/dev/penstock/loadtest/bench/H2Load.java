package dev.penstock.loadtest.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Our server, asked the same by nghttp2's h2load: a generator by others, which knows nothing of gRPC and
/// looks at no answer, to check our own by. How many answers were right is what the server counted, if it
/// counts any.
///
/// It runs on the core of the generator, whose process starts it.
final class H2Load implements Contestant {
    private static final String PROGRAM = "h2load";
    private static final String ASKED = ", asked by " + PROGRAM;
    private static final String PATH = "/inference.GRPCInferenceService/ModelInfer";
    private static final int PREFIX_BYTES = 1 + Integer.BYTES;
    private static final Pattern FINISHED = Pattern.compile("finished in [^,]+, ([0-9.]+) req/s.*");
    private static final Pattern REQUESTS =
            Pattern.compile("requests: .* (\\d+) succeeded, (\\d+) failed, (\\d+) errored, (\\d+) timeout");

    private final Server server;
    private final Subject subject;
    private final Load load;
    private final Path body;

    /// @param folder where the request's bytes are kept
    H2Load(Server server, Subject subject, Load load, Path folder) {
        this.server = server;
        this.subject = subject;
        this.load = load;
        this.body = write(folder.resolve(subject.name() + ".grpc"), subject);
    }

    static boolean isInstalled() {
        return Cores.isInstalled(PROGRAM);
    }

    private static Path write(Path file, Subject subject) {
        byte[] message = Requests.message(subject, 0).toByteArray();
        byte[] framed = ByteBuffer.allocate(PREFIX_BYTES + message.length)
                .putInt(1, message.length)
                .put(PREFIX_BYTES, message)
                .array();
        try {
            return Files.write(file, framed);
        } catch (IOException e) {
            throw new BenchException("a request cannot be written to " + file + ": " + e.getMessage(), e);
        }
    }

    @Override
    public Child process() {
        return server.child();
    }

    @Override
    public Cell cell() {
        return Cell.begin(subject.name() + " " + subject.dims(), Wire.GRPC + " " + load, server.name() + ASKED);
    }

    static boolean isCell(Cell cell) {
        return cell.who().endsWith(ASKED);
    }

    /// The server is warm; what h2load sends differs only in its headers.
    @Override
    public void warmUp(Tempo tempo) {
        measure(Duration.ZERO, tempo.measured());
    }

    /// All of it counts: what the server counts cannot be told apart from a beginning that does not.
    @Override
    public Sample measure(Duration begin, Duration measured) {
        double rightBefore = right();
        long cpuBefore = server.cpu().nanos();
        Outcome outcome = parse(run(measured));
        long cpuNanos = server.cpu().nanos() - cpuBefore;
        long right = server.metricsPort() == 0 ? outcome.succeeded : Math.round(right() - rightBefore);
        if (right == 0) {
            throw new BenchException(server.name() + " gave no right answer to " + PROGRAM + ": " + outcome);
        }
        return new Sample(
                right,
                outcome.perSecond,
                (double) cpuNanos / 1e3 / (double) right,
                Double.NaN,
                Double.NaN,
                Double.NaN,
                Double.NaN,
                Double.NaN,
                outcome.errors(right));
    }

    /// What the server counted; of one that counts nothing, what this program takes for right.
    private double right() {
        return server.metricsPort() == 0
                ? 0
                : server.metric("penstock_requests_total", "code=\"ok\",model=\"" + subject.name() + "\"");
    }

    private List<String> run(Duration measured) {
        List<String> command = new ArrayList<>(List.of(PROGRAM, "-t", "1"));
        command.addAll(List.of("-c", Integer.toString(load.connections()), "-m", Integer.toString(load.streams())));
        command.addAll(List.of("-D", measured.toMillis() + "ms"));
        command.addAll(List.of("-d", body.toString(), "-H", "content-type: application/grpc", "-H", "te: trailers"));
        command.add("http://127.0.0.1:" + server.grpcPort() + PATH);
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            process.getOutputStream().close();
            String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new BenchException(String.join(" ", command) + " failed: " + text);
            }
            return text.lines().toList();
        } catch (IOException e) {
            throw new BenchException(PROGRAM + " cannot be started: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BenchException("interrupted", e);
        }
    }

    /// What it says at its end.
    ///
    /// @param succeeded by their HTTP status, in the measured time
    record Outcome(double perSecond, long succeeded, long failed) {
        /// What was wrong, by what it is called; also answers that only gRPC says are errors.
        Map<String, Long> errors(long right) {
            long wrong = Math.max(0, succeeded - right);
            return failed + wrong == 0 ? Map.of() : Map.of("FAILED", failed, "NOT_OK", wrong);
        }
    }

    /// @throws BenchException if the lines that count are not there
    static Outcome parse(List<String> lines) {
        double perSecond = Double.NaN;
        long succeeded = 0;
        long failed = -1;
        for (String line : lines) {
            Matcher finished = FINISHED.matcher(line);
            Matcher requests = REQUESTS.matcher(line);
            if (finished.matches()) {
                perSecond = Double.parseDouble(finished.group(1));
            } else if (requests.matches()) {
                succeeded = Long.parseLong(requests.group(1));
                failed = Long.parseLong(requests.group(2))
                        + Long.parseLong(requests.group(3))
                        + Long.parseLong(requests.group(4));
            }
        }
        if (Double.isNaN(perSecond) || failed < 0) {
            throw new BenchException(PROGRAM + " did not say what it did: " + String.join(" / ", lines));
        }
        return new Outcome(perSecond, succeeded, failed);
    }
}
