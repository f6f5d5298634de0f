package dev.penstock.loadtest.flags;

import picocli.CommandLine.Option;

/// A command, or a group of its flags, that has `--help`: the last of its flags, which a group may have as
/// well, unlike a mix-in.
public abstract class WithHelp {
    private static final int LAST = 1000;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            order = LAST,
            description = "Shows this text.")
    @SuppressWarnings("UnusedVariable") // That it is there is what counts.
    private boolean help;
}
