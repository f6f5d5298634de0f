package dev.penstock.server;

import picocli.CommandLine.Option;

/// `--json` of a command that prints for people else.
final class JsonFlag {
    @Option(names = "--json", description = "Print JSON instead of text.")
    private boolean json;

    boolean isSet() {
        return json;
    }
}
