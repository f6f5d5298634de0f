package dev.penstock.loadtest.run;

import dev.penstock.loadtest.engine.LoadWindow;
import dev.penstock.loadtest.result.StageResult;
import java.io.PrintWriter;
import java.util.List;
import java.util.stream.Stream;

/// Shows a test on a terminal: one block, drawn anew over itself; a line stays of each stage that is over.
public final class TerminalView implements StageView {
    // Beginning of the line, and nothing below.
    private static final String CLEAR_DOWN = "\r\u001b[J";

    private final PrintWriter out;
    private Pulse pulse = new Pulse();
    private String name = "";
    private String phase = "";
    private int drawn;

    /// @param out the terminal; understands ANSI sequences
    public TerminalView(PrintWriter out) {
        this.out = out;
    }

    @Override
    public void began(String stage, String load) {
        name = stage + " (" + load + ")";
        phase = "";
    }

    @Override
    public void phase(String text) {
        pulse = new Pulse();
        phase = text;
        draw(List.of(name, "  " + phase));
    }

    @Override
    public void window(LoadWindow window) {
        pulse.add(window);
        List<String> block = pulse.block();
        draw(Stream.concat(Stream.of(name + ": " + phase), block.stream().map(line -> "  " + line))
                .toList());
    }

    @Override
    public void ended(StageResult stage) {
        erase();
        out.println(stage.name() + ": " + Pulse.line(stage));
        stage.validity().reasons().forEach(reason -> out.println("  INVALID: " + reason));
        out.flush();
    }

    @Override
    public void say(String line) {
        erase();
        out.println(line);
        out.flush();
    }

    private void draw(List<String> lines) {
        erase();
        lines.forEach(out::println);
        drawn = lines.size();
        out.flush();
    }

    private void erase() {
        if (drawn > 0) {
            out.print("\u001b[" + drawn + "A" + CLEAR_DOWN);
            drawn = 0;
        }
    }
}
