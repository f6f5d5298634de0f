package dev.penstock.server;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.penstock.server.config.ConfigException;
import dev.penstock.server.config.Key;
import dev.penstock.server.config.ModelKeys;
import dev.penstock.server.config.Nearest;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.UnmatchedArgumentException;

/// The command line: its commands, and how a mistake is answered.
final class Cli {
    private static final int HELP_COLUMNS = 110;

    /// Where the record is.
    private static final Predicate<Key<?>> PLACE = List.<Key<?>>of(ModelKeys.DATA_DIR, ModelKeys.STORE_URL)::contains;

    private final Surroundings surroundings;
    private final CommandLine root;

    Cli(Surroundings surroundings, Program program) {
        this.surroundings = surroundings;
        this.root = new CommandLine(new RootCommand(surroundings));
        addConfigured(_ -> true, flags -> new ServeCommand(flags, surroundings, program));
        addConfigured(_ -> false, flags -> new DemoCommand(flags, surroundings, program));
        root.addSubcommand(new CheckCommand(surroundings, program));
        addModels();
        addConfigured(_ -> false, flags -> new DriftCommand(flags, surroundings));
        addConfigured(_ -> false, flags -> new QualityCommand(flags, surroundings));
        addRollouts();
        addAlerts();
        addRoutes();
        addConfigured(_ -> false, flags -> new ApplyCommand(flags, surroundings));
        addRecord();
        addConfigured(_ -> false, flags -> new ConfigCommand(flags, surroundings));
        addConfigured(_ -> false, flags -> new HealthCommand(flags, surroundings));
        root.setOut(new PrintWriter(surroundings.out(), true, surroundings.out().charset()));
        root.setErr(new PrintWriter(surroundings.err(), true, surroundings.err().charset()));
        root.setUsageHelpWidth(HELP_COLUMNS);
        root.setCaseInsensitiveEnumValuesAllowed(true);
        root.setParameterExceptionHandler(this::explainWrongUse);
        root.setExecutionExceptionHandler(this::explainFailure);
        addHelp();
    }

    /// Runs one command to its end.
    ///
    /// @return an [ExitCode]
    int run(String... args) {
        return root.execute(args);
    }

    private void addModels() {
        CommandLine line = addConfigured(_ -> false, flags -> new ModelsCommand(flags, surroundings));
        for (ModelCommand command : ModelCommand.all()) {
            line.addSubcommand(command);
        }
    }

    private void addRollouts() {
        CommandLine line = addConfigured(_ -> false, flags -> new RolloutCommand.Root(flags, surroundings));
        for (RolloutCommand command : RolloutCommand.all()) {
            if (command instanceof RolloutCommand.Act act) {
                CommandLine one = new CommandLine(act);
                act.addTo(one.getCommandSpec());
                one.getCommandSpec()
                        .usageMessage()
                        .description(act.what())
                        .footer(
                                "",
                                "Example:",
                                "  penstock rollout " + act.verb() + " fraud-8-1f0c9a2e --reason \"...\"");
                line.addSubcommand(act.verb(), one);
            } else {
                line.addSubcommand(command);
            }
        }
    }

    private void addAlerts() {
        CommandLine line = addConfigured(_ -> false, flags -> new AlertsCommand(flags, surroundings));
        line.addSubcommand(new AlertsCommand.Approve());
        line.addSubcommand(new AlertsCommand.Dismiss());
    }

    private void addRoutes() {
        CommandLine line = addConfigured(_ -> false, flags -> new RoutesCommand(flags, surroundings));
        for (RouteCommand command : RouteCommand.all()) {
            line.addSubcommand(command);
        }
    }

    private void addRecord() {
        ConfigFlags flags = new ConfigFlags(surroundings, PLACE, ScopeType.INHERIT);
        CommandLine line = new CommandLine(new RecordCommands.Root(flags, surroundings));
        flags.addTo(line.getCommandSpec());
        line.addSubcommand(new RecordCommands.Status(flags, surroundings));
        line.addSubcommand(new RecordCommands.Backup(flags, surroundings));
        line.addSubcommand(new RecordCommands.Restore(flags, surroundings));
        line.addSubcommand(new RecordCommands.Upgrade(flags, surroundings));
        root.addSubcommand(line);
    }

    /// @param shown which settings the command's help lists
    @CanIgnoreReturnValue
    private CommandLine addConfigured(Predicate<Key<?>> shown, Function<ConfigFlags, Object> command) {
        ConfigFlags flags = new ConfigFlags(surroundings, shown, ScopeType.LOCAL);
        CommandLine line = new CommandLine(command.apply(flags));
        flags.addTo(line.getCommandSpec());
        root.addSubcommand(line);
        return line;
    }

    private void addHelp() {
        root.getCommandSpec().mixinStandardHelpOptions(true);
        root.getCommandSpec().usageMessage().sortOptions(false);
        for (CommandLine command : root.getSubcommands().values()) {
            command.getCommandSpec().mixinStandardHelpOptions(true);
            command.getCommandSpec().versionProvider(new RootCommand.VersionText());
            command.getCommandSpec().usageMessage().sortOptions(false).abbreviateSynopsis(true);
            // Versions are those of models there, so no option tells the program's own.
            command.getSubcommands().values().forEach(Cli::addHelpTo);
        }
    }

    private static void addHelpTo(CommandLine command) {
        command.getCommandSpec()
                .addOption(OptionSpec.builder("-h", "--help")
                        .usageHelp(true)
                        .description("Show this help message and exit.")
                        .build())
                .usageMessage()
                .sortOptions(false)
                .abbreviateSynopsis(true);
    }

    private int explainWrongUse(ParameterException mistake, String[] args) {
        CommandLine command = mistake.getCommandLine();
        String message = mistake instanceof UnmatchedArgumentException unmatched
                ? unknownWord(unmatched)
                : String.valueOf(mistake.getMessage());
        say(command, message);
        surroundings.err().println("see: " + path(command) + " --help");
        return ExitCode.USAGE;
    }

    /// What says how that is written which was wrong.
    private static String document(CommandLine command) {
        return command.getCommandName().equals("apply") ? "docs/routing.md, docs/rollouts.md" : "docs/configuration.md";
    }

    private static String unknownWord(UnmatchedArgumentException mistake) {
        String word = mistake.getUnmatched().getFirst();
        CommandLine command = mistake.getCommandLine();
        if (!word.startsWith("-")) {
            List<String> commands = new ArrayList<>(command.getSubcommands().keySet());
            return (commands.isEmpty() ? "unexpected argument " : "unknown command ")
                    + word
                    + Nearest.hint(word, commands);
        }
        String name = word.split("=", 2)[0];
        return "unknown option " + name
                + Nearest.hint(name, command.getCommandSpec().optionsMap().keySet());
    }

    private int explainFailure(Exception failure, CommandLine command, ParseResult parsed) {
        return switch (failure) {
            case ConfigException config -> {
                config.problems().forEach(problem -> say(command, problem));
                surroundings.err().println("see: " + path(command) + " --help, " + document(command));
                yield ExitCode.USAGE;
            }
            case CannotBindException bind -> {
                say(command, String.valueOf(bind.getMessage()));
                yield ExitCode.CANNOT_BIND;
            }
            default -> {
                say(command, "unexpected failure");
                failure.printStackTrace(surroundings.err());
                yield ExitCode.FAILED;
            }
        };
    }

    private void say(CommandLine command, String message) {
        surroundings.err().println(command.getCommandSpec().qualifiedName() + ": " + message);
    }

    private String path(CommandLine command) {
        String name = command.getCommandSpec().qualifiedName();
        return surroundings.command() + name.substring(root.getCommandName().length());
    }
}
