package dev.penstock.server.store;

import static java.util.Objects.requireNonNull;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A real PostgreSQL, unpacked and started once for all tests of a JVM, and gone with it. It refuses to run as
/// root; if that is who runs the tests, it runs as `nobody`.
public final class TestPostgres {
    static final String USER = "penstock";
    static final String PASSWORD = "p'ass word";

    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final AtomicInteger SCHEMAS = new AtomicInteger();
    private static @Nullable TestPostgres shared;

    private final Path folder;
    private final boolean asNobody;
    private final int port;
    private @Nullable Process process;

    private TestPostgres() throws IOException {
        folder = Files.createTempDirectory("penstock-postgres");
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        asNobody = Files.getOwner(folder).getName().equals("root");
        port = freePort();
        Runtime.getRuntime().addShutdownHook(new Thread(this::remove));
    }

    public static synchronized TestPostgres shared() {
        if (shared == null) {
            try {
                TestPostgres first = new TestPostgres();
                first.install();
                first.start();
                shared = first;
            } catch (IOException e) {
                throw new IllegalStateException("PostgreSQL for tests", e);
            }
        }
        return shared;
    }

    /// An empty schema, for one test.
    public StoreSettings.Postgres newSchema() {
        String schema = "test_" + SCHEMAS.incrementAndGet();
        String url = "jdbc:postgresql://127.0.0.1:%d/postgres?currentSchema=%s".formatted(port, schema);
        return new StoreSettings.Postgres(url, USER, PASSWORD);
    }

    /// Returns when no server has the record open: the database knows of the end of connections a moment later.
    public static void awaitNobody(StoreSettings settings) throws InterruptedException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!Stores.users(settings).isEmpty()) {
            if (System.nanoTime() - end > 0) {
                throw new AssertionError(settings + " is still in use by " + Stores.users(settings));
            }
            Thread.sleep(10);
        }
    }

    /// Returns when it takes connections.
    public void start() throws IOException {
        List<String> command = List.of(
                folder.resolve("bin/postgres").toString(),
                "-D",
                data().toString(),
                "-p",
                Integer.toString(port),
                "-c",
                "listen_addresses=127.0.0.1",
                "-c",
                "unix_socket_directories=",
                "-c",
                "shared_buffers=16MB",
                // Survives the end of every process, and tests end no machine.
                "-c",
                "fsync=off");
        Process started = command(command).start();
        process = started;
        BufferedReader log = started.errorReader();
        StringBuilder seen = new StringBuilder();
        for (String line = log.readLine(); ; line = log.readLine()) {
            if (line == null) {
                throw new IOException("PostgreSQL did not start:\n" + seen);
            }
            seen.append(line).append('\n');
            if (line.contains("ready to accept connections")) {
                break;
            }
        }
        Thread.ofPlatform()
                .name("postgres-log")
                .daemon()
                .start(() -> log.lines().forEach(_ -> {}));
    }

    /// At once, as if the machine had failed; what was committed is there after the next start.
    public void stop() {
        Process running = process;
        if (running != null) {
            try {
                // The signal of an immediate shutdown: the processes that it started end, too.
                int _ = new ProcessBuilder("kill", "-QUIT", Long.toString(running.pid()))
                        .start()
                        .waitFor();
                int _ = running.waitFor();
            } catch (IOException e) {
                throw new IllegalStateException(e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            process = null;
        }
    }

    private void install() throws IOException {
        String arch = System.getProperty("os.arch").equals("amd64") ? "x86_64" : "arm_64";
        String archive = "/postgres-linux-%s.txz".formatted(arch);
        try (InputStream xz = requireNonNull(TestPostgres.class.getResourceAsStream(archive), archive)) {
            TarFile.unpack(xz, folder);
        }
        Path password = folder.resolve("password");
        Files.writeString(password, PASSWORD);
        Files.createDirectory(data());
        if (asNobody) {
            Files.setOwner(
                    data(),
                    folder.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName("nobody"));
        }
        Process initdb = command(List.of(
                        folder.resolve("bin/initdb").toString(),
                        "-D",
                        data().toString(),
                        "-U",
                        USER,
                        "--pwfile=" + password,
                        "-A",
                        "scram-sha-256",
                        "-E",
                        "UTF8",
                        "--locale=C",
                        "--no-sync"))
                .start();
        String said = new String(initdb.getErrorStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        try {
            if (initdb.waitFor() != 0) {
                throw new IOException("initdb: " + said);
            }
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    private ProcessBuilder command(List<String> command) {
        List<String> whole = new ArrayList<>(asNobody ? droppingRoot() : List.of());
        whole.addAll(command);
        // A folder that anybody may be in.
        return new ProcessBuilder(whole).directory(folder.toFile()).redirectOutput(ProcessBuilder.Redirect.DISCARD);
    }

    /// All of them become the program, so that signals reach it.
    private static List<String> droppingRoot() {
        if (isInstalled("setpriv")) {
            return List.of("setpriv", "--reuid=nobody", "--regid=65534", "--clear-groups", "--");
        }
        if (isInstalled("chroot")) {
            return List.of("chroot", "--userspec=nobody:65534", "--skip-chdir", "/");
        }
        throw new IllegalStateException("to run PostgreSQL as nobody, root needs setpriv (util-linux) or chroot");
    }

    private static boolean isInstalled(String program) {
        return Arrays.stream(System.getenv()
                        .getOrDefault("PATH", "/usr/bin:/usr/sbin")
                        .split(":"))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
    }

    private Path data() {
        return folder.resolve("data");
    }

    /// Below those that the kernel gives to clients and to who asks for any, so that nobody has it in between.
    private static int freePort() throws IOException {
        for (int i = 0; ; i++) {
            int port = ThreadLocalRandom.current().nextInt(20_000, 30_000);
            try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                return socket.getLocalPort();
            } catch (IOException e) {
                if (i == 100) {
                    throw e;
                }
            }
        }
    }

    private void remove() {
        stop();
        try (Stream<Path> paths = Files.walk(folder)) {
            paths.sorted(Comparator.reverseOrder())
                    .forEach(path -> path.toFile().delete());
        } catch (IOException _) {
            // The folder for what is temporary is cleared by the system.
        }
    }
}
