package dev.penstock.server;

import picocli.CommandLine.Option;

/// `--json` of a command that shows one answer of the admin API, and then prints it as it came.
final class AnswerFlag {
    @Option(names = "--json", description = "Print what the server says.")
    private boolean json;

    boolean isSet() {
        return json;
    }
}
