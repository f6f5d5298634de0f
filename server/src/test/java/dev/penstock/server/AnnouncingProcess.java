package dev.penstock.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.penstock.server.store.StoreSettings;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// An [AnnouncingServer] as its parent sees it: it may go on at each step but the one at which it is to be
/// killed.
final class AnnouncingProcess implements AutoCloseable {
    private static final int PATIENCE_SECONDS = 120;

    private final Process process;
    private final OutputStream turns;
    private final CompletableFuture<String[]> ports = new CompletableFuture<>();
    private final CompletableFuture<List<String>> stopped = new CompletableFuture<>();
    private final ReentrantLock lock = new ReentrantLock();

    private final Condition stepped = lock.newCondition();

    @GuardedBy("lock")
    private List<String> steps = new ArrayList<>();

    @GuardedBy("lock")
    private String end = "";

    /// Its JVM starts at once, the server only with [#start].
    AnnouncingProcess(Path repository, Path data, StoreSettings store) throws IOException {
        String url = store instanceof StoreSettings.Postgres postgres ? postgres.url() : "";
        ProcessBuilder builder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        // A third of the start is the verification of classes that the tests verify anyway.
                        "-XX:+UnlockDiagnosticVMOptions",
                        "-XX:-BytecodeVerificationRemote",
                        "-Xmx256m",
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow",
                        AnnouncingServer.class.getName(),
                        repository.toString(),
                        data.toString(),
                        url)
                .redirectError(ProcessBuilder.Redirect.INHERIT);
        // As an argument it would be too long for ONNX Runtime.
        builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
        if (store instanceof StoreSettings.Postgres postgres) {
            builder.environment().put(StoreSettings.USER_VARIABLE, postgres.user());
            builder.environment().put(StoreSettings.PASSWORD_VARIABLE, postgres.password());
        }
        process = builder.start();
        turns = process.getOutputStream();
        Thread.ofPlatform().daemon().name("steps").start(this::listen);
    }

    private void listen() {
        try (BufferedReader said = process.inputReader()) {
            for (String line = said.readLine(); line != null; line = said.readLine()) {
                if (line.startsWith(AnnouncingServer.STEP)) {
                    step(line.substring(AnnouncingServer.STEP.length()));
                } else if (line.startsWith(AnnouncingServer.READY)) {
                    ports.complete(line.split(" ", -1));
                }
            }
        } catch (IOException e) {
            // It was killed.
        }
        IOException over = new IOException("the server ended");
        ports.completeExceptionally(over);
        stopped.completeExceptionally(over);
    }

    private void step(String name) throws IOException {
        lock.lock();
        try {
            steps.add(name);
            stepped.signalAll();
            if (name.equals(end)) {
                stopped.complete(List.copyOf(steps));
                return;
            }
        } finally {
            lock.unlock();
        }
        turn();
    }

    private void turn() throws IOException {
        turns.write(1);
        turns.flush();
    }

    /// Forgets the steps there were, and stops at the next of that name.
    void stopAt(String step) {
        lock.lock();
        try {
            steps = new ArrayList<>();
            end = step;
        } finally {
            lock.unlock();
        }
    }

    /// Waits until it is where it is to stop.
    ///
    /// @return the steps until then, this one included
    List<String> awaitStop() {
        return stopped.orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS).join();
    }

    /// Waits until it has said a step, since [#stopAt].
    void awaitStep(String name) throws InterruptedException {
        lock.lock();
        try {
            long leftNanos = TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
            while (!steps.contains(name)) {
                assertThat(leftNanos).as("'%s' in %s", name, steps).isPositive();
                leftNanos = stepped.awaitNanos(leftNanos);
            }
        } finally {
            lock.unlock();
        }
    }

    /// Since [#stopAt].
    List<String> steps() {
        lock.lock();
        try {
            return List.copyOf(steps);
        } finally {
            lock.unlock();
        }
    }

    void start() throws IOException {
        turn();
    }

    void awaitReady() {
        ports.orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS).join();
    }

    /// Where it answers requests for inference.
    String rest(String path) {
        return "http://127.0.0.1:" + ports.join()[1] + path;
    }

    String admin(String path) {
        return "http://127.0.0.1:" + ports.join()[2] + path;
    }

    /// With SIGKILL: it gets no chance to do anything more.
    void kill() throws InterruptedException {
        // Of the process itself this would close the streams first.
        assertThat(process.toHandle().destroyForcibly()).isTrue();
        int _ = process.waitFor();
    }

    @Override
    public void close() {
        process.destroyForcibly();
        int _ = process.onExit().join().exitValue();
    }
}
