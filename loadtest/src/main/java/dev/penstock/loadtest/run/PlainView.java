package dev.penstock.loadtest.run;

import dev.penstock.loadtest.engine.LoadWindow;
import dev.penstock.loadtest.result.StageResult;
import java.io.PrintWriter;

/// Shows a test as lines, for files and for terminals that cannot do more.
public final class PlainView implements StageView {
    private static final long EVERY_NANOS = 5_000_000_000L;

    private final PrintWriter out;
    private Pulse pulse = new Pulse();
    private long shownNanos;

    public PlainView(PrintWriter out) {
        this.out = out;
    }

    @Override
    public void began(String name, String load) {
        out.println(name + ": " + load);
        out.flush();
    }

    @Override
    public void phase(String text) {
        pulse = new Pulse();
        shownNanos = 0;
        out.println("  " + text);
        out.flush();
    }

    @Override
    public void window(LoadWindow window) {
        pulse.add(window);
        if (pulse.nanos() - shownNanos >= EVERY_NANOS) {
            shownNanos = pulse.nanos();
            out.println("  " + pulse.line());
            out.flush();
        }
    }

    @Override
    public void ended(StageResult stage) {
        out.println("  " + Pulse.line(stage));
        stage.validity().reasons().forEach(reason -> out.println("  INVALID: " + reason));
        out.flush();
    }

    @Override
    public void say(String line) {
        out.println(line);
        out.flush();
    }
}
