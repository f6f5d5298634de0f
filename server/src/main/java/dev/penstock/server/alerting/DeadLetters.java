package dev.penstock.server.alerting;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Keeps events that did not arrive, as lines of JSON: in one file and, once that is full, one before it.
/// Thread-safe.
final class DeadLetters {
    static final String NAME = "dead-letters.jsonl";
    static final String OLDER = "dead-letters.1.jsonl";

    private static final System.Logger LOG = System.getLogger(DeadLetters.class.getName());

    private final @Nullable Path folder;
    private final long mostBytes;
    private final ReentrantLock lock = new ReentrantLock();

    @GuardedBy("lock")
    private boolean troubled;

    /// Where the last one came to, and why.
    @GuardedBy("lock")
    private String last = "";

    /// @param folder null keeps none
    /// @param mostBytes of each of the two files
    DeadLetters(@Nullable Path folder, long mostBytes) {
        this.folder = folder;
        this.mostBytes = mostBytes;
    }

    void add(String receiver, Outcome outcome, Outbox.Waiting letter, String failure, long nowMillis) {
        lock.lock();
        try {
            String now = receiver + " " + outcome;
            // Too many would be told of one by one.
            System.Logger.Level level = now.equals(last) ? System.Logger.Level.DEBUG : System.Logger.Level.WARNING;
            last = now;
            LOG.log(
                    level,
                    "alerts: event {0} for {1} is given up, {2}: {3}",
                    letter.event().id(),
                    receiver,
                    Events.lower(outcome),
                    failure);
            if (folder != null) {
                write(folder, line(receiver, outcome, letter, failure, nowMillis));
            }
        } finally {
            lock.unlock();
        }
    }

    private static byte[] line(
            String receiver, Outcome outcome, Outbox.Waiting letter, String failure, long nowMillis) {
        ObjectNode line = JsonMapper.shared().createObjectNode();
        line.put("time", Events.instant(nowMillis))
                .put("receiver", receiver)
                .put("result", Events.lower(outcome))
                .put("attempts", letter.attempts())
                .put("failure", failure);
        line.set("event", JsonMapper.shared().readTree(letter.event().json()));
        return (line + "\n").getBytes(StandardCharsets.UTF_8);
    }

    @GuardedBy("lock")
    private void write(Path inside, byte[] line) {
        Path file = inside.resolve(NAME);
        try {
            Files.createDirectories(inside);
            if (Files.exists(file) && Files.size(file) + line.length > mostBytes) {
                Files.move(file, inside.resolve(OLDER), StandardCopyOption.REPLACE_EXISTING);
            }
            // Not by a channel: those are closed when the thread is told to stop.
            try (OutputStream out = new FileOutputStream(file.toFile(), true)) {
                out.write(line);
            }
            troubled = false;
        } catch (IOException e) {
            if (!troubled) {
                LOG.log(System.Logger.Level.WARNING, "events that did not arrive cannot be kept in " + file, e);
            }
            troubled = true;
        }
    }
}
