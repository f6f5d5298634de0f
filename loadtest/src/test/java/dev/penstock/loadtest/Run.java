package dev.penstock.loadtest;

import java.io.ByteArrayInputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/// One run of the program, whose clock goes on by 1.5 ms at every look unless it measures.
record Run(int exitCode, String out, String err) {
    private static final long TICK_NANOS = 1_500_000;

    static Run of(String... args) {
        return withInput("", args);
    }

    static Run withInput(String in, String... args) {
        AtomicLong nanos = new AtomicLong();
        return with(in, () -> nanos.addAndGet(TICK_NANOS), args);
    }

    /// `penstock loadtest`, by the real clock.
    ///
    /// @param results the folder for them
    static Run loadtest(Path results, String... args) {
        List<String> all = new ArrayList<>(List.of("loadtest"));
        all.addAll(List.of(args));
        all.addAll(List.of("--output", results.toString()));
        return with("", System::nanoTime, all.toArray(String[]::new));
    }

    private static Run with(String in, LongSupplier nanoClock, String... args) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int exitCode = Main.run(
                args,
                new ByteArrayInputStream(in.getBytes(StandardCharsets.UTF_8)),
                new PrintWriter(out, true),
                new PrintWriter(err, true),
                nanoClock);
        return new Run(exitCode, out.toString(), err.toString());
    }
}
