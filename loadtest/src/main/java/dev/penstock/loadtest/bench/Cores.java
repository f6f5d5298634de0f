package dev.penstock.loadtest.bench;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Keeps servers and the generator off each other's core, where there are two and `taskset` is installed.
///
/// @param allowed the processors that this process may use
/// @param taskset whether the program is there
public record Cores(List<Integer> allowed, boolean taskset) {
    public Cores {
        allowed = List.copyOf(allowed);
    }

    public static Cores ofThisMachine() {
        return new Cores(readAllowed(), isInstalled("taskset"));
    }

    public boolean pinned() {
        return taskset && allowed.size() >= 2;
    }

    /// For the report.
    public String description() {
        if (pinned()) {
            return "server on core " + allowed.get(0) + ", generator on core " + allowed.get(1);
        }
        return taskset
                ? "server and generator share the only core"
                : "server and generator are not pinned (taskset is not installed)";
    }

    /// The command, run on the servers' core.
    List<String> onServerCore(List<String> command) {
        return pinned() ? on(allowed.get(0).toString(), command) : command;
    }

    /// The command, run on both cores.
    List<String> onBoth(List<String> command) {
        return pinned() ? on(allowed.get(0) + "," + allowed.get(1), command) : command;
    }

    private static List<String> on(String cores, List<String> command) {
        List<String> pinned = new ArrayList<>(List.of("taskset", "-c", cores));
        pinned.addAll(command);
        return pinned;
    }

    /// Moves this process, all its threads, to the generator's core.
    public void moveToGeneratorCore() {
        if (pinned()) {
            move(allowed.get(1).toString());
        }
    }

    /// Lets this process use both cores.
    public void moveToBoth() {
        if (pinned()) {
            move(allowed.get(0) + "," + allowed.get(1));
        }
    }

    /// Lets a thread of this process run only when no other wants its core, so that a load in the background
    /// does not keep another waiting in the client. Does nothing where there is no `chrt`.
    static void putBehind(String threadName) {
        if (!isInstalled("chrt")) {
            return;
        }
        try (DirectoryStream<Path> tasks = Files.newDirectoryStream(Path.of("/proc/self/task"))) {
            for (Path task : tasks) {
                if (Files.readString(task.resolve("comm")).strip().equals(threadName)) {
                    call(List.of("chrt", "--idle", "-p", "0", task.getFileName().toString()));
                }
            }
        } catch (IOException e) {
            throw new BenchException("the threads of the generator cannot be listed: " + e.getMessage(), e);
        }
    }

    private static void move(String cores) {
        call(List.of(
                "taskset",
                "-a",
                "-c",
                "-p",
                cores,
                Long.toString(ProcessHandle.current().pid())));
    }

    private static void call(List<String> command) {
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            if (process.waitFor() != 0) {
                throw new BenchException(String.join(" ", command) + " failed");
            }
        } catch (IOException e) {
            throw new BenchException(command.getFirst() + " cannot be started: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BenchException("interrupted", e);
        }
    }

    private static List<Integer> readAllowed() {
        Path status = Path.of("/proc/self/status");
        if (Files.isReadable(status)) {
            try {
                Optional<String> list = Files.readAllLines(status).stream()
                        .filter(line -> line.startsWith("Cpus_allowed_list:"))
                        .findFirst();
                if (list.isPresent()) {
                    return parse(
                            list.get().substring(list.get().indexOf(':') + 1).strip());
                }
            } catch (IOException e) {
                // What follows is as good where there is no list.
            }
        }
        return parse("0-" + (Runtime.getRuntime().availableProcessors() - 1));
    }

    /// @param list as in `0-3,8`
    static List<Integer> parse(String list) {
        List<Integer> cores = new ArrayList<>();
        for (String range : list.split(",", -1)) {
            String[] ends = range.split("-", 2);
            int last = Integer.parseInt(ends[ends.length - 1]);
            for (int core = Integer.parseInt(ends[0]); core <= last; core++) {
                cores.add(core);
            }
        }
        return cores;
    }

    /// Whether a program is on the path.
    static boolean isInstalled(String program) {
        for (String folder : System.getenv().getOrDefault("PATH", "").split(":", -1)) {
            if (!folder.isEmpty() && Files.isExecutable(Path.of(folder, program))) {
                return true;
            }
        }
        return false;
    }
}
