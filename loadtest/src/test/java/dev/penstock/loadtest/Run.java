package dev.penstock.loadtest;

import java.io.ByteArrayInputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/// One run of the program. Its clock goes on by 1.5 ms at every look.
record Run(int exitCode, String out, String err) {
    private static final long TICK_NANOS = 1_500_000;

    static Run of(String... args) {
        return withInput("", args);
    }

    static Run withInput(String in, String... args) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        AtomicLong nanos = new AtomicLong();
        int exitCode = Main.run(
                args,
                new ByteArrayInputStream(in.getBytes(StandardCharsets.UTF_8)),
                new PrintWriter(out, true),
                new PrintWriter(err, true),
                () -> nanos.addAndGet(TICK_NANOS));
        return new Run(exitCode, out.toString(), err.toString());
    }

    /// A load test by the real clock.
    ///
    /// @param output where its results go
    static Run loadtest(Path output, String... args) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        List<String> all = new ArrayList<>(List.of("loadtest"));
        all.addAll(List.of(args));
        all.addAll(List.of("--output", output.toString()));
        int exitCode = Main.run(
                all.toArray(String[]::new),
                new ByteArrayInputStream(new byte[0]),
                new PrintWriter(out, true),
                new PrintWriter(err, true),
                System::nanoTime);
        return new Run(exitCode, out.toString(), err.toString());
    }
}
