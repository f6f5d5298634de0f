package dev.penstock.server;

import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.util.Locale;

/// Tells the person at the terminal where the server is and when it is ready.
final class Announcer implements Progress {
    private final PrintStream out;

    Announcer(PrintStream out) {
        this.out = out;
    }

    @Override
    public void listening(Addresses addresses) {
        out.printf("Penstock %s%n", Version.TEXT);
        out.printf("  REST     http://%s%n", addresses.http());
        out.printf("  gRPC     %s%n", addresses.grpc());
        out.printf("  metrics  http://%s/metrics%n", addresses.metrics());
        out.printf("  admin    http://%s/api/v1/models%n", addresses.admin());
        out.flush();
    }

    @Override
    public void loaded(int loaded, int failed) {
        // The uptime counts from the start of the JVM, which is what a person waits for.
        double seconds = ManagementFactory.getRuntimeMXBean().getUptime() / 1000.0;
        out.printf(Locale.ROOT, "%d model versions ready after %.1f s%s%n", loaded, seconds, failures(failed));
        out.flush();
    }

    private static String failures(int failed) {
        return failed == 0 ? "" : "; " + failed + " failed, see `penstock models`";
    }
}
