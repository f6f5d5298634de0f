package dev.penstock.loadtest;

import picocli.CommandLine.Option;

/// Flags of the commands that print one answer: in which form, and help.
final class OutputFlags {
    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            defaultValue = "table",
            description = "table or json. Default: ${DEFAULT-VALUE}")
    private Format format = Format.TABLE;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Shows this text.")
    @SuppressWarnings("UnusedVariable") // That it is there is what counts.
    private boolean help;

    /// The form of an answer.
    enum Format {
        TABLE,
        JSON
    }

    Format format() {
        return format;
    }
}
