package dev.penstock.server.registry;

import dev.penstock.core.ServingException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// Looks at the repository now and then. Owns one thread, `repository-watch`.
final class RepositoryWatch implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(RepositoryWatch.class.getName());

    private final Runnable look;
    private final Duration every;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread thread;

    RepositoryWatch(Runnable look, Duration every) {
        this.look = look;
        this.every = every;
        this.thread = Thread.ofPlatform().name("repository-watch").unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    private void run() {
        try {
            while (!closed.await(every.toNanos(), TimeUnit.NANOSECONDS)) {
                look();
            }
        } catch (InterruptedException e) {
            // Nobody but close() has anything to say to it.
        }
    }

    private void look() {
        try {
            look.run();
        } catch (ServingException e) {
            LOG.log(System.Logger.Level.DEBUG, "the model repository was not looked at: {0}", e.reason());
        } catch (RuntimeException | LinkageError | OutOfMemoryError | StackOverflowError e) {
            LOG.log(System.Logger.Level.ERROR, "looking at the model repository failed", e);
        }
    }

    @Override
    public void close() {
        closed.countDown();
        thread.interrupt();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
