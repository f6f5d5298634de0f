package dev.penstock.loadtest;

import dev.penstock.loadtest.flags.WithHelp;
import picocli.CommandLine.Option;

/// Flags of the commands that print one answer: in which form, and help.
final class OutputFlags extends WithHelp {
    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            defaultValue = "table",
            description = "table or json. Default: ${DEFAULT-VALUE}")
    private Format format = Format.TABLE;

    /// The form of an answer.
    enum Format {
        TABLE,
        JSON
    }

    Format format() {
        return format;
    }
}
