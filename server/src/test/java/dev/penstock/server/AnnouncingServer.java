package dev.penstock.server;

import dev.penstock.core.NanoClock;
import dev.penstock.server.admin.GrpcTransport;
import dev.penstock.server.config.LogLevel;
import dev.penstock.server.rollout.Rollouts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;

/// A process with a whole server that says each step of what it does with registered models on its standard
/// output, and takes it only when a byte comes for it on its standard input. It lives until it is killed, or
/// until nobody is there any more.
final class AnnouncingServer {
    static final String STEP = "step ";
    static final String READY = "ready ";

    private static final ReentrantLock TURN = new ReentrantLock();

    private AnnouncingServer() {}

    /// @param args the repository, the data folder, and the URL of the record or ""
    public static void main(String[] args) throws IOException {
        Logging.start(LogLevel.ERROR);
        // The start is a step, too: the process may wait for its turn.
        await();
        try (RunningGateway gateway = RunningGateway.start(
                TestGateways.recordedConfig(Path.of(args[0]), Path.of(args[1]), args[2], GrpcTransport.NETTY_DOOR),
                NanoClock.SYSTEM,
                parts -> AnnouncedParts.of(parts, AnnouncingServer::pass),
                Rollouts.TICK)) {
            gateway.initialLoad().join();
            Addresses addresses = gateway.addresses();
            say(READY + addresses.http().port() + " " + addresses.admin().port());
            new CompletableFuture<Void>().join();
        }
    }

    private static void pass(String step) {
        TURN.lock();
        try {
            say(STEP + step);
            await();
        } finally {
            TURN.unlock();
        }
    }

    /// One write, so that a line is there as a whole or not at all.
    private static void say(String line) {
        System.out.print(line + "\n");
        System.out.flush();
    }

    private static void await() {
        try {
            if (System.in.read() < 0) {
                Runtime.getRuntime().halt(1);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
