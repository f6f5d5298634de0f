package dev.penstock.server;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/// `penstock quality`.
@Command(
        name = "quality",
        description = "Tell how good the answers of a model of a running server are, as far as callers said so.",
        footer = {
            "",
            "Asks the admin API, as penstock models does. Answers have tokens where the server runs with",
            "--feedback-tokens true, or the model's configuration says so; callers say by them what was true:",
            "",
            "  curl localhost:8000/api/v1/feedback -d '[{\"token\":\"AQF...\",\"label\":2}]'",
            "  penstock quality digits                    the last hour",
            "  penstock quality digits --window 7d        what was answered in a week, whenever it was labelled",
            "",
            "Exit codes: 0 as good as it should be   1 no answer   2 wrong command line   5 too little is known",
            "  6 it is worse"
        })
final class QualityCommand extends VersionQuestion {
    @Option(
            names = "--window",
            paramLabel = "TIME",
            description = "What was answered in that time, 5m to 30d. Default: 1h, or as set")
    private String window = "";

    QualityCommand(ConfigFlags flags, Surroundings surroundings) {
        super(flags, surroundings, "quality");
    }

    @Override
    String window() {
        return window;
    }

    @Override
    String table(JsonNode answer) {
        return QualityTable.of(answer);
    }
}
