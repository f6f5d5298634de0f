package dev.penstock.loadtest;

import dev.penstock.loadtest.bench.BenchCommand;
import dev.penstock.loadtest.soak.SoakCommand;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.function.LongSupplier;
import java.util.logging.Level;
import java.util.logging.Logger;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/// The client program's entry.
public final class Main {
    @Command(name = "penstock", description = "Asks a model server.")
    private static final class Root {}

    /// What goes wrong is the program's to say, once.
    private static final Logger GRPC_LOG = Logger.getLogger("io.grpc");

    static {
        GRPC_LOG.setLevel(Level.SEVERE);
    }

    private Main() {}

    public static void main(String[] args) {
        PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
        PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
        System.exit(run(args, System.in, out, err, System::nanoTime));
    }

    /// @param args the subcommand first
    /// @param nanoClock what latencies are measured with
    /// @return the exit code: see [ExitCode]
    public static int run(String[] args, InputStream in, PrintWriter out, PrintWriter err, LongSupplier nanoClock) {
        CommandLine commandLine = new CommandLine(new Root())
                .addSubcommand("infer", new InferCommand(in, nanoClock))
                .addSubcommand(
                        "loadtest",
                        new CommandLine(new LoadtestCommand(nanoClock, Clock.systemUTC()))
                                .addSubcommand("compare", new CompareCommand()))
                .addSubcommand("replay", new ReplayCommand(nanoClock))
                .addSubcommand("bench", new BenchCommand(System.getenv(), nanoClock))
                .addSubcommand("soak", new SoakCommand(System.getenv(), nanoClock))
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setOut(out)
                .setErr(err);
        if (args.length == 0) {
            commandLine.usage(err);
            return ExitCode.USAGE;
        }
        return commandLine.execute(args);
    }
}
