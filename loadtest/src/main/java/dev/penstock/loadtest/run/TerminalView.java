package dev.penstock.loadtest.run;

import dev.penstock.loadtest.engine.LoadWindow;
import dev.penstock.loadtest.result.StageResult;
import java.io.PrintWriter;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Shows a test on a terminal: one block, drawn anew over itself; a line stays of each stage that is over.
public final class TerminalView implements StageView {
    // Beginning of the line, and nothing below.
    private static final String CLEAR_DOWN = "\r\u001b[J";

    private static final String INDENT = "  ";
    private static final int USUAL = 80;

    private final PrintWriter out;
    private final int width;
    private PulseBlock pulse = new PulseBlock();
    private String name = "";
    private String phase = "";
    private int drawn;

    /// @param out the terminal; understands ANSI sequences
    /// @param columns of the terminal, as its environment has it (`COLUMNS`); 80 if it has not
    public TerminalView(PrintWriter out, @Nullable String columns) {
        this.out = out;
        // What fills a line to its end is broken by some terminals; then one line too few would be drawn over.
        this.width = TerminalWidth.of(columns).orElse(USUAL) - 1;
    }

    @Override
    public void began(String stage, String load) {
        name = stage + " (" + load + ")";
        phase = "";
    }

    @Override
    public void phase(String text) {
        pulse = new PulseBlock();
        phase = text;
        draw(List.of(name, INDENT + phase));
    }

    @Override
    public void window(LoadWindow window) {
        pulse.add(window);
        List<String> block = pulse.lines(width - INDENT.length());
        draw(Stream.concat(Stream.of(name + ": " + phase), block.stream().map(line -> INDENT + line))
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
        lines.stream()
                .map(line -> line.length() <= width ? line : line.substring(0, width))
                .forEach(out::println);
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
