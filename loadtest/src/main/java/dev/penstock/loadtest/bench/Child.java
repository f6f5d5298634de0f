package dev.penstock.loadtest.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/// A program that this one started. What it prints is kept in a log and can be read line by line; its
/// standard input stays open until [#close], which ends it. One thread asks, a thread of its own reads.
public final class Child implements AutoCloseable {
    private static final Duration PATIENCE_AT_THE_END = Duration.ofSeconds(10);
    /// No program started here prints more lines that nobody reads.
    private static final int MAX_LINES = 10_000;
    private static final String END = "\0end";

    /// No exit code.
    public static final int STILL_THERE = -1;

    private final String name;
    private final Path log;
    private final Process process;
    private final PrintWriter in;
    private final BlockingQueue<String> lines = new LinkedBlockingQueue<>(MAX_LINES);

    private Child(String name, Path log, Process process) {
        this.name = name;
        this.log = log;
        this.process = process;
        this.in = new PrintWriter(process.outputWriter(StandardCharsets.UTF_8), true);
    }

    /// @param name for messages, and of its log in `folder`
    static Child start(String name, Path folder, List<String> command, Map<String, String> environment) {
        Path log = folder.resolve(name + ".log");
        try {
            Files.createDirectories(folder);
            ProcessBuilder builder = new ProcessBuilder(command).redirectError(log.toFile());
            builder.environment().putAll(environment);
            Child child = new Child(name, log, builder.start());
            Thread.ofPlatform().daemon().name("reads " + name).start(child::readAll);
            return child;
        } catch (IOException e) {
            throw new BenchException(name + " cannot be started: " + e.getMessage(), e);
        }
    }

    private void readAll() {
        try (BufferedReader reader = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                // A program that prints more than anybody reads loses the rest.
                boolean kept = lines.offer(line);
                if (!kept) {
                    lines.clear();
                }
            }
        } catch (IOException e) {
            // The program has ended, which is what the last line says.
        } finally {
            // The last line matters more than those before it.
            lines.clear();
            lines.add(END);
        }
    }

    /// @throws BenchException if the program ends first or takes longer
    String awaitLine(Duration patience) {
        try {
            String line = lines.poll(patience.toNanos(), TimeUnit.NANOSECONDS);
            if (line == null) {
                throw new BenchException(name + " says nothing for " + patience.toSeconds() + " s; see " + log);
            }
            if (line.equals(END)) {
                throw new BenchException(name + " has ended; see " + log + lastWords());
            }
            return line;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BenchException("interrupted", e);
        }
    }

    private String lastWords() {
        try {
            List<String> all = Files.readAllLines(log);
            return all.isEmpty() ? "" : ", whose last line is: " + all.get(all.size() - 1);
        } catch (IOException e) {
            return "";
        }
    }

    /// Gives the program a line to read.
    void tell(String line) {
        in.println(line);
    }

    public ProcessHandle process() {
        return process.toHandle();
    }

    /// What the program ended with; [#STILL_THERE] if it has not.
    public int exitCode() {
        return process.isAlive() ? STILL_THERE : process.exitValue();
    }

    /// Ends the program, by force if it does not end itself. Blocks until it has, or the system does not end it
    /// in time either. Closing twice does nothing.
    @Override
    public void close() {
        in.close();
        process.destroy();
        try {
            if (!ended()) {
                process.destroyForcibly();
                boolean _ = ended();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    private boolean ended() throws InterruptedException {
        return process.waitFor(PATIENCE_AT_THE_END.toNanos(), TimeUnit.NANOSECONDS);
    }
}
