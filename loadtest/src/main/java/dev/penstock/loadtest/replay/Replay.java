package dev.penstock.loadtest.replay;

import dev.penstock.loadtest.input.InputError;
import dev.penstock.loadtest.input.Tensor;
import dev.penstock.loadtest.input.Tolerance;
import dev.penstock.loadtest.target.Outcome;
import dev.penstock.loadtest.target.Target;
import dev.penstock.proto.inference.ModelInferRequest;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;

/// Sends recorded requests again. One run; confined to the thread that runs it, which makes others that wait
/// for answers.
public final class Replay {
    private final Server server;
    private final Order order;
    private final LongSupplier nanoClock;
    private final ReplayTally tally = new ReplayTally();

    /// What is to be done.
    ///
    /// @param model instead of the recorded one, or ""; a route's name is as good
    /// @param version that is asked; "" for the server's choice
    /// @param alias that is asked instead of a version, or ""
    /// @param headers sent with each, in the place of recorded ones of the same name
    /// @param rate how fast
    /// @param inFlight the most requests that wait for their answers
    /// @param limit the most that are sent
    /// @param compare how near answers have to be; empty if they are not compared
    public record Order(
            String model,
            String version,
            String alias,
            Map<String, String> headers,
            ReplayRate rate,
            int inFlight,
            long limit,
            Optional<Tolerance> compare) {
        public Order {
            headers = Map.copyOf(headers);
        }
    }

    /// Who is asked. Thread-safe.
    @FunctionalInterface
    interface Server {
        /// Waits for the answer.
        ///
        /// @throws InputError if the answer is none
        Outcome<List<Tensor>> infer(ModelInferRequest request, Map<String, String> headers);
    }

    /// @param target stays the caller's
    public Replay(Target target, Order order, LongSupplier nanoClock) {
        this((Server) target::infer, order, nanoClock);
    }

    Replay(Server server, Order order, LongSupplier nanoClock) {
        this.server = server;
        this.order = order;
        this.nanoClock = nanoClock;
    }

    /// Sends what is in the files, and waits for the answers.
    ///
    /// @throws InputError if a file cannot be read; what was sent before was sent
    public ReplayResult run(List<Path> files) {
        Semaphore free = new Semaphore(order.inFlight());
        try (ExecutorService waiting = Executors.newFixedThreadPool(
                order.inFlight(), Thread.ofPlatform().name("replay-", 0).factory())) {
            RecordedFiles.read(files, new Sender(free, waiting));
        }
        return tally.result();
    }

    private final class Sender implements RecordedFiles.Reader {
        private final Semaphore free;
        private final ExecutorService waiting;
        private long count;
        private ReplayRate.Times times = order.rate().start();
        private long startNanos;

        Sender(Semaphore free, ExecutorService waiting) {
            this.free = free;
            this.waiting = waiting;
        }

        @Override
        public boolean wantsMore() {
            return count < order.limit() && !Thread.currentThread().isInterrupted();
        }

        @Override
        public void broken(InputError why) {
            // A file may have a line that was half written; one that begins with such is none.
            tally.skipped("it cannot be read");
            tally.broken(String.valueOf(why.getMessage()));
        }

        @Override
        public void accept(Recording recording) {
            if (!recording.unfit().isEmpty()) {
                tally.skipped(recording.unfit());
                return;
            }
            if (count == 0) {
                startNanos = nanoClock.getAsLong();
            }
            waitFor(times.dueNanos(count, recording.time()));
            count++;
            free.acquireUninterruptibly();
            waiting.execute(() -> {
                try {
                    send(recording);
                } finally {
                    free.release();
                }
            });
        }

        private void waitFor(long dueNanos) {
            long left = dueNanos - (nanoClock.getAsLong() - startNanos);
            while (left > 0 && !Thread.currentThread().isInterrupted()) {
                LockSupport.parkNanos(Math.min(left, TimeUnit.SECONDS.toNanos(1)));
                left = dueNanos - (nanoClock.getAsLong() - startNanos);
            }
        }
    }

    /// Whatever comes of it, the request is counted once.
    private void send(Recording recording) {
        try {
            switch (server.infer(request(recording), ReplayHeaders.of(recording.headers(), order.headers()))) {
                case Outcome.Answered<List<Tensor>>(List<Tensor> outputs, String _) -> answered(recording, outputs);
                case Outcome.Refused<List<Tensor>>(String code, String message, String _) ->
                    tally.failed(recording, code + ": " + message, false);
                case Outcome.Unreachable<List<Tensor>>(String reason) -> tally.failed(recording, reason, true);
            }
        } catch (InputError e) {
            tally.failed(recording, "the answer is none: " + e.getMessage(), false);
        } catch (RuntimeException e) {
            // Of a client or of values that nobody foresaw: without a count the run would look whole.
            tally.failed(recording, "it could not be sent or compared: " + e, false);
        }
    }

    private ModelInferRequest request(Recording recording) {
        String name = order.model().isEmpty() ? called(recording) : order.model();
        return recording.request().toBuilder()
                .setModelName(order.alias().isEmpty() ? name : name + "@" + order.alias())
                .setModelVersion(order.version())
                .build();
    }

    /// A route deals again, unless a version is asked for: that is the model's.
    private String called(Recording recording) {
        boolean pinned = !order.version().isEmpty() || !order.alias().isEmpty();
        return recording.route().isEmpty() || pinned ? recording.model() : recording.route();
    }

    private void answered(Recording recording, List<Tensor> outputs) {
        if (order.compare().isEmpty()) {
            tally.answered();
            return;
        }
        tally.compared(
                recording,
                AnswerDifference.between(
                        recording.answer(), outputs, order.compare().get()));
    }
}
