package dev.penstock.server;

/// Where the program starts.
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        // Before anything logs: the JDK reads it once.
        System.setProperty("java.util.logging.manager", LastingLogManager.class.getName());
        System.exit(new Cli(Surroundings.ofThisProcess(), new Gateway()).run(args));
    }
}
