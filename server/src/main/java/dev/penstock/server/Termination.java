package dev.penstock.server;

import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/// The wish of whoever started the process that it end. The second one is a command: the process is gone at once.
///
/// Signals are caught rather than left to shutdown hooks because hooks run side by side, and ONNX Runtime's own hook
/// would free what we are still draining.
final class Termination {
    private static final int EXIT_CODE_OF_A_SIGNAL = 128;

    private final CompletableFuture<Void> wished = new CompletableFuture<>();

    /// Only tests make their own; a process has one.
    Termination() {}

    /// Catches SIGTERM and SIGINT from now on.
    static Termination caught() {
        Termination termination = new Termination();
        termination.catchSignal("TERM", 15);
        termination.catchSignal("INT", 2);
        return termination;
    }

    // By reflection: the compiler warns of sun.misc.Signal, and there is no other way to hear of a signal.
    private void catchSignal(String name, int number) {
        Object identity = new Object();
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            Object listener = Proxy.newProxyInstance(
                    Termination.class.getClassLoader(), new Class<?>[] {handler}, (proxy, method, arguments) -> {
                        if (method.getDeclaringClass() == Object.class) {
                            return method.invoke(identity, arguments);
                        }
                        signalled(number);
                        return null;
                    });
            signal.getMethod("handle", signal, handler)
                    .invoke(null, signal.getConstructor(String.class).newInstance(name), listener);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("cannot catch SIG" + name, e);
        }
    }

    private void signalled(int number) {
        if (!wish()) {
            Runtime.getRuntime().halt(EXIT_CODE_OF_A_SIGNAL + number);
        }
    }

    /// @return whether it was the first time
    boolean wish() {
        return wished.complete(null);
    }

    /// Waits for it.
    void await() {
        wished.join();
    }

    /// Waits until it is wished or `other` is done.
    ///
    /// @return whether it was wished
    boolean comesBefore(CompletableFuture<Void> other) {
        CompletableFuture.anyOf(wished, other).join();
        return wished.isDone();
    }

    /// Lets time pass. Who is told to hurry does not return from it at all.
    void pause(Duration time) {
        new CompletableFuture<Void>()
                .completeOnTimeout(null, time.toNanos(), TimeUnit.NANOSECONDS)
                .join();
    }

    /// Ends the process after that time whatever still runs: a model that does not come back must not keep it, and
    /// halting is the one way to end that does not free what native code still uses.
    void endAfter(Duration patience, int exitCode) {
        Thread.ofPlatform().daemon().name("last-resort").start(() -> {
            pause(patience);
            System.getLogger(Termination.class.getName())
                    .log(System.Logger.Level.ERROR, "still not closed after {0}: ending at once", patience);
            Runtime.getRuntime().halt(exitCode);
        });
    }
}
