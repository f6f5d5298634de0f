package dev.penstock.server;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;

/// `penstock` with no command: says how it is used.
@Command(
        name = "penstock",
        description = "Serves ONNX models over gRPC and REST (Open Inference Protocol, version 2).",
        synopsisSubcommandLabel = "COMMAND",
        versionProvider = RootCommand.VersionText.class,
        footer = {
            "",
            "Commands of the client, each with its own --help:",
            "  infer     Send one request to a running server.",
            "  loadtest  Put load on a server and report what it made of it.",
            "  replay    Send recorded requests again and compare the answers.",
            "  bench     Measure what serving costs on this machine.",
            "  soak      Exchange versions under load, and load a model beside a busy one.",
            "",
            "Commands of the launcher:",
            "  aot-cache Make a cache from which serve and demo start in half the time.",
            "",
            "Examples:",
            "  penstock demo                                    serve the example models, show how to ask",
            "  penstock serve --model-repository /srv/models    serve your own",
            "  penstock check /srv/models                       find out what would not load",
            "  penstock models                                  see what a running server has",
            "  penstock models register digits --file digits.onnx",
            "                                                   give it a new version; see penstock models --help",
            "  penstock drift digits                            whether it is asked what it used to be asked",
            "  penstock quality digits                          how good its answers turned out to be",
            "  penstock rollout start fraud --candidate fraud@8 a new version, as evidence allows; back by itself",
            "  penstock alerts                                  what is wrong, who was told, what waits for approval",
            "  penstock routes                                  which version answers which share of requests",
            "  penstock apply -f routes.yaml                    have routes and rollouts as files say",
            "  penstock record backup record.db                 keep what is recorded of models in a file",
            "",
            "Exit codes:",
            "  0 done   1 failed while running   2 wrong command line or configuration",
            "  3 cannot listen on a port   4 a model cannot be served (check, register, --exit-on-error)",
            "  5 too little is known, 6 a model has drifted (drift) or is worse (quality), or answers differ (replay)",
            "",
            "Environment:",
            "  PENSTOCK_HTTP_PORT and so on, one for each setting; PENSTOCK_CONFIG, the configuration file;",
            "  PENSTOCK_JAVA_OPTS, more options for the JVM; JAVA25_HOME, where the JDK 25 is"
        })
final class RootCommand implements Callable<Integer> {
    private final Surroundings surroundings;

    RootCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() {
        surroundings.err().println("penstock: a command is missing\nsee: " + surroundings.command() + " --help");
        return ExitCode.USAGE;
    }

    static final class VersionText implements IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {"penstock " + Version.TEXT + " (Java " + Runtime.version() + ")"};
        }
    }
}
