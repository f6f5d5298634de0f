package dev.penstock.server.alerting;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Tells the log of events that did not arrive, and keeps them, as lines of JSON: in one file and, once that is
/// full, one before it. A thread of its own does that, so that nobody waits for the disk but [#close], and that
/// not for long. Thread-safe.
final class DeadLetters implements AutoCloseable {
    static final String NAME = "dead-letters.jsonl";
    static final String OLDER = "dead-letters.1.jsonl";

    /// That wait to be written.
    static final int MOST_WAITING = 1024;

    private static final System.Logger LOG = System.getLogger(DeadLetters.class.getName());

    private final @Nullable Path folder;
    private final long mostBytes;
    private final Duration patience;
    private final Thread thread;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition something = lock.newCondition();

    @GuardedBy("lock")
    private final Queue<Letter> waiting = new ArrayDeque<>();

    /// How many could not be kept, by receiver.
    @GuardedBy("lock")
    private final Map<String, Long> unkept = new HashMap<>();

    /// What the thread has taken, and not kept yet.
    @GuardedBy("lock")
    private @Nullable Letter taken;

    @GuardedBy("lock")
    private boolean started;

    @GuardedBy("lock")
    private boolean closed;

    /// Of the thread, as is the next: what is told of once is not told of again.
    private boolean troubled;

    private String last = "";

    private record Letter(String receiver, Outcome outcome, Outbox.Waiting letter, String failure, long atMillis) {}

    /// @param folder null keeps none
    /// @param mostBytes of each of the two files
    /// @param patience with the disk when it is closed
    DeadLetters(@Nullable Path folder, long mostBytes, Duration patience) {
        this.folder = folder;
        this.mostBytes = mostBytes;
        this.patience = patience;
        this.thread = Thread.ofPlatform().name("alerts dead-letters").daemon().unstarted(this::run);
    }

    /// Has it told of and kept, if there is room. Waits for nothing.
    void add(String receiver, Outcome outcome, Outbox.Waiting letter, String failure, long nowMillis) {
        Letter one = new Letter(receiver, outcome, letter, failure, nowMillis);
        lock.lock();
        try {
            if (closed || waiting.size() >= MOST_WAITING) {
                lose(one);
                return;
            }
            waiting.add(one);
            something.signal();
            if (!started) {
                started = true;
                thread.start();
            }
        } finally {
            lock.unlock();
        }
    }

    @GuardedBy("lock")
    private void lose(Letter letter) {
        if (folder != null) {
            unkept.merge(letter.receiver(), 1L, Long::sum);
        }
    }

    /// How many events for a receiver should have been kept, and could not be.
    long unkept(String receiver) {
        lock.lock();
        try {
            return unkept.getOrDefault(receiver, 0L);
        } finally {
            lock.unlock();
        }
    }

    private void run() {
        try {
            for (Letter letter = take(); letter != null; letter = take()) {
                settle(letter, keep(letter));
            }
        } catch (InterruptedException e) {
            // Nobody does that.
            Thread.currentThread().interrupt();
        }
    }

    private @Nullable Letter take() throws InterruptedException {
        lock.lock();
        try {
            while (waiting.isEmpty() && !closed) {
                something.await();
            }
            taken = waiting.poll();
            return taken;
        } finally {
            lock.unlock();
        }
    }

    private void settle(Letter letter, boolean kept) {
        lock.lock();
        try {
            // Whoever closed it may have given it up.
            if (taken != null && !kept) {
                lose(letter);
            }
            taken = null;
        } finally {
            lock.unlock();
        }
    }

    /// @return whether it is, where it should be
    private boolean keep(Letter letter) {
        try {
            tell(letter);
            if (folder != null) {
                write(folder, line(letter));
            }
            troubled = false;
            return true;
        } catch (IOException | RuntimeException | Error e) {
            if (!troubled) {
                LOG.log(System.Logger.Level.WARNING, "events that did not arrive cannot be kept in " + folder, e);
            }
            troubled = true;
            return false;
        }
    }

    private void tell(Letter letter) {
        String now = letter.receiver() + " " + letter.outcome();
        // Too many would be told of one by one.
        System.Logger.Level level = now.equals(last) ? System.Logger.Level.DEBUG : System.Logger.Level.WARNING;
        last = now;
        LOG.log(
                level,
                "alerts: event {0} for {1} is given up, {2}: {3}",
                letter.letter().event().id(),
                letter.receiver(),
                Events.lower(letter.outcome()),
                letter.failure());
    }

    private static byte[] line(Letter letter) {
        ObjectNode line = JsonMapper.shared().createObjectNode();
        line.put("time", Events.instant(letter.atMillis()))
                .put("receiver", letter.receiver())
                .put("result", Events.lower(letter.outcome()))
                .put("attempts", letter.letter().attempts())
                .put("failure", letter.failure());
        line.set("event", JsonMapper.shared().readTree(letter.letter().event().json()));
        return (line + "\n").getBytes(StandardCharsets.UTF_8);
    }

    private void write(Path inside, byte[] line) throws IOException {
        Path file = inside.resolve(NAME);
        Files.createDirectories(inside);
        if (Files.exists(file) && Files.size(file) + line.length > mostBytes) {
            Files.move(file, inside.resolve(OLDER), StandardCopyOption.REPLACE_EXISTING);
        }
        // Not by a channel: those are closed when the thread is told to stop.
        try (OutputStream out = new FileOutputStream(file.toFile(), true)) {
            out.write(line);
        }
    }

    /// Takes none any more, and waits until those that wait are kept. What the disk does not take in time is
    /// given up, and the thread is left behind.
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            something.signal();
        } finally {
            lock.unlock();
        }
        try {
            // Of one that was never started there is nothing to wait for.
            boolean ended = !thread.isAlive() || thread.join(patience);
            if (!ended) {
                giveUp();
            }
        } catch (InterruptedException e) {
            giveUp();
            Thread.currentThread().interrupt();
        }
    }

    private void giveUp() {
        int left;
        lock.lock();
        try {
            left = waiting.size() + (taken == null ? 0 : 1);
            waiting.forEach(this::lose);
            waiting.clear();
            if (taken != null) {
                lose(taken);
                taken = null;
            }
        } finally {
            lock.unlock();
        }
        LOG.log(
                System.Logger.Level.WARNING,
                "alerts: {0} events that did not arrive are not kept after {1} ms",
                left,
                patience.toMillis());
    }
}
